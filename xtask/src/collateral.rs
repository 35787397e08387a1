//! Today's collateral for the page that is served: fetched where Intel's service can be reached, and gone on without where not.

use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::Result;

use crate::shell::{self, program, say};
use crate::workspace::Workspace;
use crate::{install, page};

/// Intel issues collateral anew about once a month, and says at once when a key is revoked.
const FRESH: Duration = Duration::from_secs(20 * 60 * 60);
/// The smallest thing that the service gives. Asked for before prefetch is compiled, which would be in vain offline.
const SMALLEST: &str = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";

/// Fetches a bundle unless there is one of today. Nothing of it can fail a command: the page says how old its collateral is.
pub(crate) fn renew(workspace: &Workspace) -> Result<()> {
    let bundle = page::prefetched(workspace);
    if age(&bundle).is_some_and(|age| age < FRESH) {
        return Ok(());
    }
    install::node(workspace)?;
    say("is Intel's collateral service within reach? (ten seconds at most)");
    if let Err(reason) = reach(workspace) {
        say(&format!(
            "no ({reason}): going on with the collateral that is here. Verdicts as of its time are the same; the page says \
             how old it is"
        ));
        return Ok(());
    }
    say("yes: fetching today's collateral with prefetch, which is compiled once for that");
    let fetched = shell::run(
        shell::cargo(&workspace.root)
            .args(["run", "--locked", "--package", "prefetch", "--", "--out"])
            .arg(&bundle),
    );
    if let Err(error) = fetched {
        // It has said what it could not renew, which may be little.
        say(&format!("not all of it is of today: {error:#}"));
    }
    Ok(())
}

fn age(file: &Path) -> Option<Duration> {
    let modified = std::fs::metadata(file).ok()?.modified().ok()?;
    SystemTime::now().duration_since(modified).ok()
}

/// Asked by Node, which is needed anyway and speaks TLS.
fn reach(workspace: &Workspace) -> std::result::Result<(), String> {
    let asked = program("node", &workspace.root)
        .args(["--input-type=module", "--eval", ASK, SMALLEST])
        .env("NODE_USE_ENV_PROXY", "1")
        .env("NODE_NO_WARNINGS", "1")
        .output()
        .map_err(|error| error.to_string())?;
    if asked.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&asked.stderr).trim().to_owned())
    }
}

const ASK: &str = "\
    const said = await fetch(process.argv[1], { signal: AbortSignal.timeout(10_000) }).catch((error) => error);\n\
    if (said.ok) process.exit(0);\n\
    console.error(said.cause?.code ?? said.message ?? `status ${said.status}`);\n\
    process.exit(1);";

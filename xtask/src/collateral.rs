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
    if let Err(reason) = reach(SMALLEST, &workspace.root) {
        say(&format!(
            "no ({reason}): going on with the collateral that is here; the page says how old it is"
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

/// Why an address cannot be reached, if so. Asked by Node, which is needed anyway and speaks TLS.
fn reach(address: &str, folder: &Path) -> std::result::Result<(), String> {
    let asked = program("node", folder)
        .args(["--input-type=module", "--eval", ASK, address])
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

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::{Ipv4Addr, TcpListener};
    use std::path::Path;

    use super::{age, reach};

    /// An address that answers once, with this.
    fn answering(status: &'static str) -> anyhow::Result<String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = format!("http://{}/", listener.local_addr()?);
        std::thread::spawn(move || -> std::io::Result<()> {
            let (mut stream, _) = listener.accept()?;
            let mut lines = BufReader::new(stream.try_clone()?).lines();
            while lines
                .next()
                .transpose()?
                .is_some_and(|line| !line.is_empty())
            {}
            write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
        });
        Ok(address)
    }

    #[test]
    fn a_service_out_of_reach_is_said_to_be_with_the_reason() -> anyhow::Result<()> {
        let here = Path::new(".");
        assert_eq!(reach(&answering("200 OK")?, here), Ok(()));
        assert_eq!(
            reach(&answering("503 Service Unavailable")?, here),
            Err("status 503".to_owned())
        );
        let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        assert_eq!(
            reach(&format!("http://{nobody}/"), here),
            Err("ECONNREFUSED".to_owned())
        );
        Ok(())
    }

    #[test]
    fn a_bundle_that_is_not_there_has_no_age() {
        assert_eq!(age(Path::new("no such file")), None);
        assert!(age(Path::new(env!("CARGO_MANIFEST_DIR"))).is_some());
    }
}

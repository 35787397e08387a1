//! `stress`: genuine quotes, appraised in fresh instances of several engines, each answer compared with Node's.
//!
//! A verdict is worth what computes it: an engine that compiles wasm wrongly once in a while refuses a genuine quote once
//! in a while (docs/webkit.md). This counts how often. What is asked and how is in `tests/stress`, how an engine is driven
//! in `tests/engines`.

use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::shell::{self, program, say};
use crate::workspace::Workspace;
use crate::{install, pkg};

/// For each row of the table, unless told otherwise: what a run of all tests can spare.
const APPRAISALS: u32 = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Chromium,
    Firefox,
    WebKit,
    Jsc,
}

impl Engine {
    const ALL: [Self; 4] = [Self::Chromium, Self::Firefox, Self::WebKit, Self::Jsc];

    fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
            Self::Jsc => "jsc",
        }
    }

    /// What it takes beside Chromium, which has rules of its own.
    fn programs(self) -> &'static [install::Program] {
        match self {
            Self::Chromium => &[],
            Self::Firefox => &[install::FIREFOX],
            Self::WebKit => &[install::WEBKIT_DRIVER, install::XVFB],
            Self::Jsc => &[install::JSC],
        }
    }

    /// Whether it is here; Chromium is fetched wherever it is not, since all tests of the page need it.
    fn is_here(self, workspace: &Workspace) -> bool {
        self.programs()
            .iter()
            .all(|program| install::find(workspace, program).is_some())
    }

    /// Tells the script where its programs are; what is lacking is installed.
    fn add_to(self, workspace: &Workspace, command: &mut Command) -> Result<()> {
        if self == Self::Chromium {
            command.env("CW_CHROMIUM", install::chromium(workspace)?);
        }
        for program in self.programs() {
            let path = install::debian_program(workspace, program)
                .with_context(|| format!("{} needs {}", self.name(), program.what))?;
            command.env(program.told_as, path);
        }
        command.arg(self.name());
        Ok(())
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// None: those that are here.
    engines: Vec<Engine>,
    appraisals: u32,
    /// None: one at a time, then two.
    workers: Option<u32>,
    /// What must never be accepted, instead of what must.
    damaged: bool,
}

/// `[ENGINE…] [--appraisals N] [--workers N] [--damaged]`
pub(crate) fn plan(arguments: &[&str]) -> Result<Plan> {
    let mut plan = Plan {
        engines: Vec::new(),
        appraisals: APPRAISALS,
        workers: None,
        damaged: false,
    };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match *word {
            "--appraisals" => plan.appraisals = number(word, words.next())?,
            "--workers" => plan.workers = Some(number(word, words.next())?),
            "--damaged" => plan.damaged = true,
            name => {
                let engine = Engine::ALL
                    .into_iter()
                    .find(|engine| engine.name() == name)
                    .with_context(|| {
                        let names: Vec<_> = Engine::ALL.into_iter().map(Engine::name).collect();
                        format!("no engine {name}; there are: {}", names.join(", "))
                    })?;
                ensure!(!plan.engines.contains(&engine), "{name} is named twice");
                plan.engines.push(engine);
            }
        }
    }
    Ok(plan)
}

fn number(option: &str, word: Option<&&str>) -> Result<u32> {
    let word = word.with_context(|| format!("{option} takes a number"))?;
    match word.parse() {
        Ok(0) | Err(_) => bail!("not a number above 0: {word}"),
        Ok(number) => Ok(number),
    }
}

pub(crate) fn run(workspace: &Workspace, plan: &Plan) -> Result<()> {
    pkg::run(workspace)?;
    shell::run(&mut command(workspace, plan)?)
}

/// The short run that belongs to `test`: the package is built.
pub(crate) fn short(workspace: &Workspace) -> Result<Command> {
    command(
        workspace,
        &Plan {
            engines: Vec::new(),
            appraisals: APPRAISALS,
            // The second row of every engine says little more, in twice the time.
            workers: Some(2),
            damaged: false,
        },
    )
}

/// The tests of what counts, and of what drives the engines that are here.
pub(crate) fn tests(workspace: &Workspace) -> Result<Command> {
    let mut tests = program("node", &workspace.root);
    tests
        .args(["--test", "--test-concurrency=1"])
        .args([
            "tests/engines/engines.test.mjs",
            "tests/stress/stress.test.mjs",
        ])
        .env("CW_CHROMIUM", install::chromium(workspace)?);
    for program in Engine::ALL.into_iter().flat_map(Engine::programs) {
        if let Some(path) = install::find(workspace, program) {
            tests.env(program.told_as, path);
        }
    }
    Ok(tests)
}

fn command(workspace: &Workspace, plan: &Plan) -> Result<Command> {
    install::node(workspace)?;
    // Playwright, which drives two of the browsers, is the page's.
    install::npm_packages(&workspace.www())?;
    let mut command = program("node", &workspace.root);
    command
        .arg("tests/stress/stress.mjs")
        .args(["--appraisals", &plan.appraisals.to_string()])
        .env("CW_PKG_DIR", workspace.pkg())
        .env("DCAP_QVL_SAMPLES", &workspace.samples);
    if let Some(workers) = plan.workers {
        command.args(["--workers", &workers.to_string()]);
    }
    if plan.damaged {
        command.arg("--damaged");
    }
    let engines = if plan.engines.is_empty() {
        here(workspace)
    } else {
        plan.engines.clone()
    };
    for engine in engines {
        engine.add_to(workspace, &mut command)?;
    }
    Ok(command)
}

fn here(workspace: &Workspace) -> Vec<Engine> {
    let (here, lacking): (Vec<_>, Vec<_>) = Engine::ALL
        .into_iter()
        .partition(|engine| engine.is_here(workspace));
    for engine in lacking {
        say(&format!(
            "{0} is not here, so nothing is asked of it; `cargo xtask stress {0}` installs it",
            engine.name()
        ));
    }
    here
}

#[cfg(test)]
mod tests {
    use super::{APPRAISALS, Engine, Plan, plan};

    #[test]
    fn engines_and_numbers_are_taken_in_any_order() {
        let asked = |words: &[&str]| plan(words).ok();
        assert_eq!(
            asked(&[]),
            Some(Plan {
                engines: vec![],
                appraisals: APPRAISALS,
                workers: None,
                damaged: false
            })
        );
        let wanted = Some(Plan {
            engines: vec![Engine::WebKit, Engine::Jsc],
            appraisals: 20_000,
            workers: Some(2),
            damaged: true,
        });
        assert_eq!(
            asked(&[
                "webkit",
                "jsc",
                "--appraisals",
                "20000",
                "--workers",
                "2",
                "--damaged"
            ]),
            wanted
        );
        assert_eq!(
            asked(&[
                "--damaged",
                "--workers",
                "2",
                "webkit",
                "--appraisals",
                "20000",
                "jsc"
            ]),
            wanted
        );
    }

    #[test]
    fn what_would_ask_nothing_is_refused() {
        for words in [
            &["safari"][..],
            &["webkit", "webkit"],
            &["--appraisals"],
            &["--appraisals", "0"],
            &["--appraisals", "-1"],
            &["--appraisals", "many"],
            &["--workers", "0"],
            &["--no-net"],
        ] {
            assert!(plan(words).is_err(), "{words:?}");
        }
    }
}

//! Running other programs, and saying so.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// One plain line about what happens now.
pub(crate) fn say(line: &str) {
    eprintln!("xtask: {line}");
}

/// Nothing is silent for longer: the last link of the wasm, say, takes a minute in which cargo has nothing new to show.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);

/// Says what a step is for, runs it, says now and then that it goes on, and how long it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(&format!("{what} …"));
    let start = Instant::now();
    let made = saying_now_and_then(LONGEST_SILENCE, work, || {
        say(&format!("{what}: {} s so far", start.elapsed().as_secs()));
    });
    let made = made.with_context(|| what.to_owned())?;
    say(&format!(
        "{what}: done in {:.1} s",
        start.elapsed().as_secs_f64()
    ));
    Ok(made)
}

/// Does the work, and says something each time that this long has passed.
fn saying_now_and_then<T>(each: Duration, work: impl FnOnce() -> T, say: impl Fn() + Send) -> T {
    let (working, waiting) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while waiting.recv_timeout(each) == Err(RecvTimeoutError::Timeout) {
                say();
            }
        });
        let made = work();
        drop(working);
        made
    })
}

/// The cargo that runs us, so that one toolchain builds everything.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    command
}

/// `npm` or `npx`; on Windows these are scripts that only start under their full name.
pub(crate) fn npm(program: &str, folder: &Path) -> Command {
    let mut command = if cfg!(windows) {
        Command::new(format!("{program}.cmd"))
    } else {
        Command::new(program)
    };
    command.current_dir(folder);
    command
}

pub(crate) fn program(name: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(name);
    command.current_dir(folder);
    command
}

/// Runs a program whose output the user should see; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = describe(command);
    let status = command
        .status()
        .with_context(|| format!("`{line}` could not be started"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Runs a program and returns what it printed on standard output.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let line = describe(command);
    let output = command
        .output()
        .with_context(|| format!("`{line}` could not be started"))?;
    if !output.status.success() {
        bail!(
            "`{line}` ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` printed no UTF-8"))
}

fn describe(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::saying_now_and_then;

    #[test]
    fn what_takes_long_is_not_silent_and_what_does_not_is() {
        let said = AtomicU32::new(0);
        let say = || {
            said.fetch_add(1, Ordering::Relaxed);
        };
        let long = || {
            while said.load(Ordering::Relaxed) < 3 {
                std::thread::sleep(Duration::from_millis(1));
            }
            "made"
        };
        assert_eq!(
            saying_now_and_then(Duration::from_millis(5), long, say),
            "made"
        );
        let before = said.load(Ordering::Relaxed);
        saying_now_and_then(Duration::from_secs(3600), || (), say);
        assert_eq!(said.load(Ordering::Relaxed), before);
    }
}

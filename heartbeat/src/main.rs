//! `cloud-witness-heartbeat`: arguments in, a log out. Signals end it with a signature.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::channel;
use std::time::Duration;

use heartbeat::key::RecorderKey;
use heartbeat::plan::{About, Endpoint, Login, Plan, Trust};
use heartbeat::record::{Event, record};
use heartbeat::redfish::require_private;
use lexopt::prelude::*;

const HELP: &str = "\
cloud-witness-heartbeat --log FILE --key FILE --endpoint URL --system PATH --machine KEY --name NAME [options]
    Polls a machine's management controller over Redfish, and appends what it answers to a signed log, which the
    page and `cloud-witness` check. A log of the same settings is gone on with. SIGTERM and ctrl-C end it cleanly.

    --log FILE           the log (JSON Lines)
    --key FILE           the recorder's private key; made when there is none. Keep it, and give out its public key
    --endpoint URL       https://HOST[:PORT] of the controller; http:// only on this computer
    --system PATH        for example /redfish/v1/Systems/1
    --power PATH         for example /redfish/v1/Chassis/1/PowerSubsystem, or …/Power
    --machine KEY        the machine: intel:sgx:ppid:… or intel:tdx:ppid:…
    --name NAME          what the endpoint is called in the log
    --interval SECONDS   from poll to poll (default 10)
    --max-gap SECONDS    longest time without a good answer that the owner declares (default 60)
    --sign-every POLLS   from signature to signature (default 360: an hour)
    --timeout SECONDS    for one request (default 8)
    --pin SHA256         the controller's certificate, by the SHA-256 of its DER: 64 hexadecimal digits
    --ca-file FILE       PEM of the CA that issued it (default: the public CAs)
    --login-file FILE    user:password for HTTP Basic; or the variable CLOUD_WITNESS_BMC_LOGIN
    --token-file FILE    a session's token (X-Auth-Token); or the variable CLOUD_WITNESS_BMC_TOKEN

cloud-witness-heartbeat --key FILE --public
    Prints the recorder's public key.

A password or token is never taken from the command line, where others on the computer could read it.
Exit status: 0 stopped as told, 1 the log could not be written or gone on with, 2 wrong usage.
";

const STATUS_FAILED: u8 = 1;
const STATUS_USAGE: u8 = 2;

enum Task {
    Help,
    Public(PathBuf),
    Record(PathBuf, Box<Plan>),
}

fn main() -> ExitCode {
    match read(std::env::args_os().skip(1)) {
        Ok(Task::Help) => {
            // Nobody to read it is no failure.
            let _ = std::io::stdout().write_all(HELP.as_bytes());
            ExitCode::SUCCESS
        }
        Ok(Task::Public(key)) => match RecorderKey::read_or_make(&key) {
            Ok(key) => match key.public() {
                Some(public) if writeln!(std::io::stdout(), "{}", public.line()).is_ok() => {
                    ExitCode::SUCCESS
                }
                _ => ExitCode::from(STATUS_FAILED),
            },
            Err(error) => failed(&error),
        },
        Ok(Task::Record(key, plan)) => run(&key, &plan),
        Err(problem) => {
            eprintln!(
                "cloud-witness-heartbeat: {problem}\nRun `cloud-witness-heartbeat --help` for what it takes."
            );
            ExitCode::from(STATUS_USAGE)
        }
    }
}

fn run(key: &std::path::Path, plan: &Plan) -> ExitCode {
    let (stop, stopped) = channel();
    let handler = ctrlc::set_handler(move || {
        // A second signal while the first is served changes nothing.
        let _ = stop.send(());
    });
    if let Err(error) = handler {
        return failed(&error);
    }
    let key = match RecorderKey::read_or_make(key) {
        Ok(key) => key,
        Err(error) => return failed(&error),
    };
    // One message when the state changes, not one a poll.
    let mut was_good = None;
    let mut watch = |event: Event<'_>| match event {
        Event::Dropped(lines) => eprintln!(
            "Cut off after the log's last signature, since anyone may have written it: lines: {lines}. That time shows as \
             a gap."
        ),
        Event::Begun(line) => eprintln!("Recording. The recorder's public key is\n{line}"),
        Event::Answered => {
            if was_good.replace(true) != Some(true) {
                eprintln!("The endpoint answers.");
            }
        }
        Event::Failed(failure) => {
            if was_good.replace(false) != Some(false) {
                eprintln!("No good answer: {}. Going on.", failure.words);
            }
        }
    };
    match record(plan, key, &stopped, &mut watch) {
        Ok(()) => {
            eprintln!("Stopped; the log ends with a signature.");
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("cloud-witness-heartbeat: {error}");
    ExitCode::from(STATUS_FAILED)
}

fn read(words: impl Iterator<Item = OsString>) -> Result<Task, String> {
    let mut parser = lexopt::Parser::from_args(words);
    let (mut log, mut key, mut endpoint, mut system, mut power) = (None, None, None, None, None);
    let (mut machine, mut name, mut interval, mut max_gap) = (None, None, None, None);
    let (mut sign_every, mut timeout, mut pin, mut ca) = (None, None, None, None);
    let (mut login_file, mut token_file, mut public) = (None, None, false);
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            Long("help") | Short('h') => return Ok(Task::Help),
            Long("public") => public = true,
            Long("log") => once(&mut log, "--log", PathBuf::from(value(&mut parser)?))?,
            Long("key") => once(&mut key, "--key", PathBuf::from(value(&mut parser)?))?,
            Long("endpoint") => once(&mut endpoint, "--endpoint", url(text(&mut parser)?)?)?,
            Long("system") => once(&mut system, "--system", text(&mut parser)?)?,
            Long("power") => once(&mut power, "--power", text(&mut parser)?)?,
            Long("machine") => once(&mut machine, "--machine", text(&mut parser)?)?,
            Long("name") => once(&mut name, "--name", text(&mut parser)?)?,
            Long("interval") => once(&mut interval, "--interval", number(&mut parser)?)?,
            Long("max-gap") => once(&mut max_gap, "--max-gap", number(&mut parser)?)?,
            Long("sign-every") => once(&mut sign_every, "--sign-every", number(&mut parser)?)?,
            Long("timeout") => once(&mut timeout, "--timeout", number(&mut parser)?)?,
            Long("pin") => once(&mut pin, "--pin", digest(&text(&mut parser)?)?)?,
            Long("ca-file") => {
                let file = PathBuf::from(value(&mut parser)?);
                let pem =
                    std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
                once(&mut ca, "--ca-file", pem)?;
            }
            Long("login-file") => {
                once(
                    &mut login_file,
                    "--login-file",
                    PathBuf::from(value(&mut parser)?),
                )?;
            }
            Long("token-file") => {
                once(
                    &mut token_file,
                    "--token-file",
                    PathBuf::from(value(&mut parser)?),
                )?;
            }
            other => return Err(other.unexpected().to_string()),
        }
    }
    let key = key.ok_or("--key FILE is missing")?;
    if public {
        return Ok(Task::Public(key));
    }
    let trust = match (pin, ca) {
        (Some(_), Some(_)) => return Err("--pin and --ca-file exclude each other".to_owned()),
        (Some(sha256), None) => Trust::Pin(sha256),
        (None, Some(pem)) => Trust::Ca(pem),
        (None, None) => Trust::Public,
    };
    let mut asked = vec![system.ok_or("--system PATH is missing")?];
    asked.extend(power);
    let about = About {
        machine: machine.ok_or("--machine KEY is missing")?,
        name: name.ok_or("--name NAME is missing")?,
        asked,
        interval: interval.unwrap_or(10),
        max_gap: max_gap.unwrap_or(60),
        sign_every: u32::try_from(sign_every.unwrap_or(360))
            .map_err(|_| "--sign-every is too large")?,
    };
    // What the first line cannot hold is wrong usage, whatever the key; any key of the right form shows it.
    about
        .header(0, SOME_KEY.to_owned())
        .checked()
        .map_err(|error| error.to_string())?;
    let plan = Plan {
        log: log.ok_or("--log FILE is missing")?,
        about,
        endpoint: Endpoint {
            url: endpoint.ok_or("--endpoint URL is missing")?,
            trust,
            login: login(login_file, token_file)?,
            timeout: Duration::from_secs(timeout.unwrap_or(8).clamp(1, 600)),
        },
    };
    require_private(&plan.endpoint).map_err(|error| error.to_string())?;
    Ok(Task::Record(key, Box::new(plan)))
}

/// The public key of RFC 8032, section 7.1, test 1.
const SOME_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq3e+jMFfw9m2OMyNLJmfE8Kp7wkIYjLYXK";

fn login(login_file: Option<PathBuf>, token_file: Option<PathBuf>) -> Result<Login, String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let ways = [
        login_file.map(Login::BasicFile),
        token_file.map(Login::TokenFile),
        variable("CLOUD_WITNESS_BMC_LOGIN").map(Login::Basic),
        variable("CLOUD_WITNESS_BMC_TOKEN").map(Login::Token),
    ];
    let mut given = ways.into_iter().flatten();
    match (given.next(), given.next()) {
        (None, _) => Ok(Login::None),
        (Some(login), None) => Ok(login),
        (Some(_), Some(_)) => Err("give one password or token, in one place".to_owned()),
    }
}

fn value(parser: &mut lexopt::Parser) -> Result<OsString, String> {
    parser.value().map_err(|error| error.to_string())
}

fn text(parser: &mut lexopt::Parser) -> Result<String, String> {
    value(parser)?
        .into_string()
        .map_err(|value| format!("{} is not text", value.display()))
}

fn number(parser: &mut lexopt::Parser) -> Result<u64, String> {
    let text = text(parser)?;
    text.parse()
        .map_err(|_| format!("{text:?} is no whole number"))
}

fn digest(text: &str) -> Result<[u8; 32], String> {
    // openssl prints a fingerprint with colons.
    let mut digest = [0; 32];
    hex::decode_to_slice(text.replace(':', ""), &mut digest)
        .map_err(|_| "--pin is a SHA-256: 64 hexadecimal digits".to_owned())?;
    Ok(digest)
}

/// Which of two values counts is not for this program to choose.
fn once<T>(slot: &mut Option<T>, option: &str, value: T) -> Result<(), String> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("{option} is given twice")),
    }
}

fn url(text: String) -> Result<String, String> {
    if text.starts_with("https://") || text.starts_with("http://") {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err(format!("--endpoint is a URL with https://, not {text}"))
    }
}

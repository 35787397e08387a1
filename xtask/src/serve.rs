//! `serve`: the site on this computer, as a static host would serve it.
//!
//! A few lines over the standard library: it answers GET and HEAD for files of one folder, to this
//! computer only, so a dependency would bring more than it saves.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::shell::say;
use crate::workspace::Workspace;
use crate::{collateral, site};

const DEFAULT_PORT: u16 = 8080;
/// GitHub Pages serves a project below its name; the page must work there too.
const SUB_PATH: &str = "/cloud-witness";
const LONGEST_REQUEST: u64 = 16 * 1024;

pub(crate) fn port(arguments: &[&str]) -> Result<u16> {
    match arguments {
        [] => Ok(DEFAULT_PORT),
        ["--port", number] => number
            .parse()
            .with_context(|| format!("{number:?} is no port (1 to 65535)")),
        _ => bail!("serve takes only --port N"),
    }
}

pub(crate) fn run(workspace: &Workspace, port: u16) -> Result<()> {
    collateral::renew(workspace)?;
    site::run(workspace)?;
    let folder = workspace.site().canonicalize()?;
    let listener = listen(port)?;
    let address = listener.local_addr()?;
    say(&format!(
        "serving http://{address}/ and http://{address}{SUB_PATH}/ (Ctrl+C ends it)"
    ));
    for connection in listener.incoming() {
        let folder = folder.clone();
        std::thread::spawn(move || {
            // A browser that hangs up in the middle is no concern of ours.
            let _ = connection.and_then(|stream| answer(stream, &folder));
        });
    }
    Ok(())
}

/// The wanted port, else the next free one.
fn listen(port: u16) -> Result<TcpListener> {
    for port in port..=port.saturating_add(99) {
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return Ok(listener);
        }
    }
    bail!("no free port from {port} on")
}

fn answer(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut request = BufReader::new((&stream).take(LONGEST_REQUEST));
    let mut first = String::new();
    request.read_line(&mut first)?;
    let mut header = String::new();
    while request.read_line(&mut header)? > 2 {
        header.clear();
    }
    let (status, kind, body) = respond(&first, folder);
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n{}\r\n",
        body.len(),
        if status == REDIRECT {
            format!("Location: {SUB_PATH}/\r\n")
        } else {
            String::new()
        },
    )?;
    if !first.starts_with("HEAD ") {
        stream.write_all(&body)?;
    }
    stream.flush()
}

const REDIRECT: &str = "308 Permanent Redirect";

fn respond(first: &str, folder: &Path) -> (&'static str, &'static str, Vec<u8>) {
    let text = |status: &'static str| (status, "text/plain; charset=utf-8", status.into());
    let mut words = first.split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return text("400 Bad Request");
    };
    if !matches!(method, "GET" | "HEAD") {
        return text("405 Method Not Allowed");
    }
    let path = target.split(['?', '#']).next().unwrap_or_default();
    if path == SUB_PATH {
        return text(REDIRECT);
    }
    let Some(file) = locate(path, folder) else {
        return text("404 Not Found");
    };
    match std::fs::read(&file) {
        Ok(body) => ("200 OK", content_type(&file), body),
        Err(_) => text("404 Not Found"),
    }
}

/// The file behind a URL's path, if it is one of the folder's own.
fn locate(path: &str, folder: &Path) -> Option<PathBuf> {
    let path = decode(path)?;
    let below = path
        .strip_prefix(SUB_PATH)
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(&path);
    let mut file = folder.to_owned();
    for part in below.split('/').filter(|part| !part.is_empty()) {
        if part == "." || part == ".." || part.contains(['\\', ':', '\0']) {
            return None;
        }
        file.push(part);
    }
    if file.is_dir() {
        file.push("index.html");
    }
    // Also after following links.
    file.canonicalize()
        .ok()
        .filter(|real| real.starts_with(folder) && real.is_file())
}

/// Undoes percent-encoding; `None` when it is broken or hides bytes that are no UTF-8.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.extend(hex::decode(digits).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") | None => "text/plain; charset=utf-8",
        Some(_) => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{locate, respond};

    fn folder() -> std::path::PathBuf {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        folder.canonicalize().unwrap_or(folder)
    }

    #[test]
    fn a_file_is_found_at_the_root_and_below_the_sub_path() {
        for path in ["/main.rs", "/cloud-witness/main.rs", "/%6dain.rs"] {
            assert_eq!(
                locate(path, &folder()),
                Some(folder().join("main.rs")),
                "{path}"
            );
        }
    }

    #[test]
    fn nothing_outside_of_the_folder_is_found() {
        for path in [
            "/../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "/..%2fCargo.toml",
            "/cloud-witness/../../Cargo.toml",
            "/..\\Cargo.toml",
            "//etc/passwd",
            "/%00",
            "/%",
            "/%ff",
            "/no-such-file",
            "/cloud-witnessmain.rs",
        ] {
            assert_eq!(locate(path, &folder()), None, "{path}");
        }
    }

    #[test]
    fn only_get_and_head_are_answered() {
        let status = |first: &str| respond(first, &folder()).0;
        assert_eq!(status("GET /main.rs?x HTTP/1.1\r\n"), "200 OK");
        assert_eq!(status("HEAD /main.rs HTTP/1.1\r\n"), "200 OK");
        assert_eq!(
            status("POST /main.rs HTTP/1.1\r\n"),
            "405 Method Not Allowed"
        );
        assert_eq!(
            status("GET /cloud-witness HTTP/1.1\r\n"),
            "308 Permanent Redirect"
        );
        assert_eq!(status("GET\r\n"), "400 Bad Request");
        assert_eq!(status(""), "400 Bad Request");
    }
}

//! `compare`: is what somebody serves what this source builds? Every file, byte for byte.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use ureq::ResponseExt;

/// The digests of a site's files, in the site.
const DIGESTS: &str = "SHA256SUMS";
const COLLATERAL: &str = "collateral.json";
/// Hosts that take this file keep it to themselves.
const NOT_SERVED: &str = "_headers";
/// What a visitor opens: a site's address itself, which need not be answered with `index.html`.
const OPENED: &str = "(the address itself)";
const PAGE: &str = "index.html";
const LARGEST: u64 = 64 * 1024 * 1024;
const MOST_FILES: usize = 100;

/// Takes a place's collateral into a file.
pub(crate) fn collateral(place: &str, file: &Path) -> Result<()> {
    let collateral = Place::of(place)
        .read(COLLATERAL)?
        .with_context(|| format!("{place} has no {COLLATERAL}, so it is no Cloud Witness"))?;
    std::fs::write(file, collateral).with_context(|| format!("writing {}", file.display()))
}

/// `source` says which source `ours` was built from.
pub(crate) fn run(ours: &Path, place: &str, source: &str) -> Result<()> {
    let findings = compare(ours, &Place::of(place))?;
    for finding in &findings {
        println!("{}", finding.line());
    }
    let same = findings
        .iter()
        .filter(|each| each.is_same() && each.name != OPENED)
        .count();
    let others: Vec<&str> = findings
        .iter()
        .filter(|each| each.is_difference())
        .map(|each| each.name.as_str())
        .collect();
    if others.is_empty() {
        eprintln!("the same, byte for byte: {same} files");
        return Ok(());
    }
    bail!(
        "{place} is not what this source builds: {}. {source} The foot of the page names its commit: check that one out and \
         compare again. If it then still differs, do not rely on that page, and report it (SECURITY.md)",
        others.join(", "),
    )
}

/// What is to be compared: a site, or a folder such as an unpacked release.
enum Place {
    Site(String),
    Folder(PathBuf),
}

impl Place {
    /// An address may be copied from the browser, with what stands behind the folder.
    fn of(place: &str) -> Self {
        if !place.starts_with("https://") && !place.starts_with("http://") {
            return Self::Folder(PathBuf::from(place));
        }
        let address = place.split(['#', '?']).next().unwrap_or_default();
        let address = address.strip_suffix(PAGE).unwrap_or(address);
        Self::Site(format!("{}/", address.trim_end_matches('/')))
    }

    /// `None` when there is no such file.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Folder(folder) => match std::fs::read(folder.join(name)) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && folder.is_dir() => {
                    Ok(None)
                }
                Err(error) => {
                    Err(error).with_context(|| format!("reading {name} in {}", folder.display()))
                }
            },
            Self::Site(address) => fetch(address, name),
        }
    }
}

/// One file of a site. A redirect may lead to another name in the same folder, as with hosts that turn `index.html` into
/// the folder: anywhere else, other files than those compared would stand beside it.
fn fetch(address: &str, name: &str) -> Result<Option<Vec<u8>>> {
    let url = format!("{address}{name}");
    let mut response = ureq::get(&url)
        .config()
        .http_status_as_error(false)
        .save_redirect_history(true)
        .build()
        .call()
        .with_context(|| format!("fetching {url}"))?;
    for place in response.get_redirect_history().unwrap_or_default() {
        let place = place.to_string();
        let stays = place
            .strip_prefix(address)
            .is_some_and(|rest| !rest.contains(['/', '?']));
        ensure!(
            stays,
            "{url} leads elsewhere, to {place:?}: if that is the site which you mean, compare that address"
        );
    }
    match response.status().as_u16() {
        200 => {
            let body = response.body_mut().with_config().limit(LARGEST);
            let bytes = body
                .read_to_vec()
                .with_context(|| format!("reading {url}"))?;
            Ok(Some(bytes))
        }
        404 | 410 => Ok(None),
        status => bail!("fetching {url}: status {status}"),
    }
}

struct Finding {
    name: String,
    ours: Option<String>,
    theirs: Option<String>,
}

impl Finding {
    fn is_same(&self) -> bool {
        self.ours.is_some() && self.ours == self.theirs
    }

    fn is_difference(&self) -> bool {
        let is_kept_by_the_host = self.name == NOT_SERVED && self.theirs.is_none();
        !self.is_same() && !is_kept_by_the_host
    }

    fn line(&self) -> String {
        let name = &self.name;
        match (&self.ours, &self.theirs) {
            (Some(ours), Some(theirs)) if ours == theirs => format!("same       {ours}  {name}"),
            (Some(ours), Some(theirs)) => {
                format!("DIFFERENT  {ours}  {name} (ours)\n           {theirs}  {name} (theirs)")
            }
            (Some(_), None) if name == NOT_SERVED => {
                format!("not served {name} (a host that takes it keeps it)")
            }
            (Some(ours), None) => format!("LACKING    {ours}  {name} (only ours)"),
            (None, _) => format!("ADDED      {name} (only theirs)"),
        }
    }
}

/// Every file that either has, as far as the lists tell.
fn compare(ours: &Path, theirs: &Place) -> Result<Vec<Finding>> {
    let ours = Place::Folder(ours.to_owned());
    let digest = |bytes: &Vec<u8>| hex::encode(Sha256::digest(bytes));
    let (our_list, their_list) = (ours.read(DIGESTS)?, theirs.read(DIGESTS)?);
    let mut names = listed(our_list.as_deref().unwrap_or_default())?;
    // Without a list of theirs there is still ours.
    names.extend(listed(their_list.as_deref().unwrap_or_default())?);
    names.insert(DIGESTS.to_owned());
    let mut findings = Vec::new();
    if let Place::Site(_) = theirs {
        findings.push(Finding {
            ours: ours.read(PAGE)?.as_ref().map(digest),
            theirs: theirs.read("")?.as_ref().map(digest),
            name: OPENED.to_owned(),
        });
    }
    for name in names {
        findings.push(Finding {
            ours: ours.read(&name)?.as_ref().map(digest),
            theirs: theirs.read(&name)?.as_ref().map(digest),
            name,
        });
    }
    Ok(findings)
}

/// The names in a `SHA256SUMS`. They become parts of paths, so they may be nothing but plain names.
fn listed(text: &[u8]) -> Result<BTreeSet<String>> {
    let text = std::str::from_utf8(text).context("SHA256SUMS is no text")?;
    let names = text
        .lines()
        .map(|line| {
            let (_, name) = line.split_once("  ").unwrap_or_default();
            let is_plain = name
                .chars()
                .all(|each| each.is_ascii_alphanumeric() || "._-".contains(each));
            ensure!(
                is_plain && !name.is_empty() && !name.starts_with('.'),
                "a line of SHA256SUMS is not one of ours: {line:?}"
            );
            Ok(name.to_owned())
        })
        .collect::<Result<BTreeSet<_>>>()?;
    ensure!(names.len() <= MOST_FILES, "SHA256SUMS lists too many files");
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::{BufRead, BufReader, Write};
    use std::net::{Ipv4Addr, TcpListener};
    use std::path::{Path, PathBuf};

    use sha2::{Digest as _, Sha256};

    use super::{DIGESTS, Finding, Place, compare, listed};
    /// As `sha256sum` would write them.
    fn write_digests(folder: &Path) -> anyhow::Result<()> {
        let mut lines = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let file = entry?.path();
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let digest = hex::encode(Sha256::digest(std::fs::read(&file)?));
            lines.push(format!("{digest}  {name}\n"));
        }
        lines.sort();
        Ok(std::fs::write(folder.join(DIGESTS), lines.concat())?)
    }

    fn folder(name: &str, files: &[(&str, &str)]) -> anyhow::Result<PathBuf> {
        let folder = std::env::temp_dir().join(format!(
            "cloud-witness-compare-{}-{name}",
            std::process::id()
        ));
        std::fs::create_dir_all(&folder)?;
        for (file, text) in files {
            std::fs::write(folder.join(file), text)?;
        }
        write_digests(&folder)?;
        Ok(folder)
    }

    fn differences(ours: &Path, theirs: &Path) -> anyhow::Result<Vec<String>> {
        differences_from(ours, &Place::Folder(theirs.to_owned()))
    }

    fn differences_from(ours: &Path, theirs: &Place) -> anyhow::Result<Vec<String>> {
        Ok(compare(ours, theirs)?
            .into_iter()
            .filter(Finding::is_difference)
            .map(|each| each.name)
            .collect())
    }

    #[test]
    fn the_same_files_are_the_same_also_where_the_host_keeps_headers() -> anyhow::Result<()> {
        let files = [("index.html", "page"), ("_headers", "headers")];
        let ours = folder("same-ours", &files)?;
        let theirs = folder("same-theirs", &files)?;
        std::fs::remove_file(theirs.join("_headers"))?;
        assert_eq!(differences(&ours, &theirs)?, [""; 0]);
        std::fs::remove_dir_all(ours)?;
        Ok(std::fs::remove_dir_all(theirs)?)
    }

    #[test]
    fn a_changed_a_lacking_and_an_added_file_are_named() -> anyhow::Result<()> {
        let ours = folder("ours", &[("app.js", "1"), ("sw.js", "2"), ("z", "3")])?;
        let theirs = folder("theirs", &[("app.js", "x"), ("more.js", "4"), ("z", "3")])?;
        assert_eq!(
            differences(&ours, &theirs)?,
            ["SHA256SUMS", "app.js", "more.js", "sw.js"]
        );
        std::fs::remove_dir_all(ours)?;
        Ok(std::fs::remove_dir_all(theirs)?)
    }

    /// A site below `/a/` that serves a folder, but answers some paths in its own way: with a text, or by leading on.
    fn site(folder: &Path, own: &[(&str, Answer)]) -> anyhow::Result<String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = format!("http://{}", listener.local_addr()?);
        let folder = folder.to_owned();
        let own: BTreeMap<String, Answer> = own
            .iter()
            .map(|(path, answer)| ((*path).to_owned(), *answer))
            .collect();
        std::thread::spawn(move || -> std::io::Result<()> {
            for stream in listener.incoming() {
                let mut stream = stream?;
                let mut lines = BufReader::new(&stream).lines();
                let first = lines.next().transpose()?.unwrap_or_default();
                while lines
                    .next()
                    .transpose()?
                    .is_some_and(|line| !line.is_empty())
                {}
                let path = first.split(' ').nth(1).unwrap_or_default();
                let name = path.strip_prefix("/a/").unwrap_or("none");
                let name = if name.is_empty() { "index.html" } else { name };
                let (status, location, body) = match own.get(path) {
                    Some(Answer::Text(text)) => ("200 OK", "", text.as_bytes().to_vec()),
                    Some(Answer::To(place)) => ("308 Permanent Redirect", *place, Vec::new()),
                    None => match std::fs::read(folder.join(name)) {
                        Ok(body) => ("200 OK", "", body),
                        Err(_) => ("404 Not Found", "", Vec::new()),
                    },
                };
                let head = format!(
                    "HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                // In one piece: who has read a redirect's Location may hang up before the rest.
                stream.write_all(&[head.into_bytes(), body].concat())?;
            }
            Ok(())
        });
        Ok(address)
    }

    #[derive(Clone, Copy)]
    enum Answer {
        Text(&'static str),
        To(&'static str),
    }

    #[test]
    fn what_opens_at_a_sites_address_is_compared_too() -> anyhow::Result<()> {
        let ours = folder("opened", &[("index.html", "page"), ("app.js", "1")])?;
        let of = |own: &[(&str, Answer)]| {
            differences_from(&ours, &Place::of(&format!("{}/a", site(&ours, own)?)))
        };
        assert_eq!(of(&[])?, [""; 0]);
        assert_eq!(
            of(&[("/a/", Answer::Text("another page"))])?,
            ["(the address itself)"]
        );
        // A host that turns the file into the folder.
        assert_eq!(of(&[("/a/index.html", Answer::To("/a/"))])?, [""; 0]);
        Ok(std::fs::remove_dir_all(ours)?)
    }

    #[test]
    fn a_redirect_out_of_the_folder_is_not_taken_for_the_site() -> anyhow::Result<()> {
        let ours = folder("redirected", &[("index.html", "page"), ("app.js", "1")])?;
        let elsewhere = site(&ours, &[])?;
        let place: &'static str = format!("{elsewhere}/a/").leak();
        let script: &'static str = format!("{elsewhere}/a/app.js").leak();
        for (path, to) in [
            ("/a/", place),
            ("/a/app.js", script),
            ("/a/", "/a/b/"),
            ("/a/", "/b"),
            ("/a/index.html", "/a/?x"),
        ] {
            let own = [
                (path, Answer::To(to)),
                ("/a/b/", Answer::Text("page")),
                ("/b", Answer::Text("page")),
                ("/a/?x", Answer::Text("page")),
            ];
            let theirs = Place::of(&format!("{}/a/", site(&ours, &own)?));
            let answer = differences_from(&ours, &theirs).map_err(|error| error.to_string());
            assert!(
                matches!(&answer, Err(error) if error.contains(" leads elsewhere, to ")),
                "{path} to {to}: {answer:?}"
            );
        }
        Ok(std::fs::remove_dir_all(ours)?)
    }

    #[test]
    fn a_list_cannot_lead_out_of_its_folder() {
        for name in [
            "../x",
            "/etc/passwd",
            "a/b",
            "..",
            "",
            ".git",
            "a\\b",
            "a%2fb",
        ] {
            assert!(
                listed(format!("00  {name}\n").as_bytes()).is_err(),
                "{name}"
            );
        }
    }

    #[test]
    fn an_address_may_come_from_the_browser() {
        for address in [
            "https://example.org/a",
            "https://example.org/a/",
            "https://example.org/a/#/about",
            "https://example.org/a/index.html#/about",
        ] {
            assert!(
                matches!(Place::of(address), Place::Site(url) if url == "https://example.org/a/"),
                "{address}"
            );
        }
        assert!(matches!(Place::of("target/site"), Place::Folder(_)));
    }
}

//! A sample registry: its folder before and after a forged machine is added, and what can be wrong with that.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use cloud_witness::builds::AttesterBuilds;
use cloud_witness::ceremony::signers::Signers;
use cloud_witness::registry::check::{Against, Change, EnrolmentReport, Proposed, check};
use cloud_witness::registry::enrol::{Ask, EnrolError, Enrolment, enrol};
use cloud_witness::registry::patch::Author;
use cloud_witness::registry::{self, ATTESTERS, KNOWN, REVOKED, SIGNERS};

use crate::ceremony::{Ceremony, attesters, signers, verifier};

/// Where the forged call was recorded.
pub const RECORDING: &str = "https://video.example/ceremony-4711";
/// Who proposes, with a name that is not ASCII.
pub const AUTHOR: Author<'_> = Author {
    name: "Wálter Witneß, Jr.",
    email: "walter@first.example",
};
/// The list of known machines before.
pub const LIST: &str = "# Known machines: id,label\n\
    11111111111111111111111111111111,machine1\n\
    22222222222222222222222222222222,machine2\n";

/// A folder: path and content.
pub type Folder = BTreeMap<String, Vec<u8>>;

/// A signed record with a recording.
pub fn record() -> Vec<u8> {
    recorded(Ceremony::good()).signed()
}

/// The same ceremony with a recording.
pub fn recorded(ceremony: Ceremony) -> Ceremony {
    ceremony.with(|ceremony| ceremony.entered.recording = Some(RECORDING.to_owned()))
}

/// The registry before.
pub fn base() -> Folder {
    [
        (KNOWN, LIST.to_owned()),
        (REVOKED, "# Revoked machines: id,reason\n".to_owned()),
        (SIGNERS, signers()),
        (ATTESTERS, attesters()),
        ("README.md", "The sample registry.\n".to_owned()),
        (".github/workflows/check.yml", "name: check\n".to_owned()),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text.into_bytes()))
    .collect()
}

/// Proposes a record to a registry.
pub fn proposed(record: &[u8], base: &Folder) -> Result<Enrolment, EnrolError> {
    let revoked = registry::load(&verifier(), &[&base[REVOKED]], None).unwrap();
    let signers = Signers::from_json(std::str::from_utf8(&base[SIGNERS]).unwrap()).unwrap();
    let attesters =
        AttesterBuilds::from_json(std::str::from_utf8(&base[ATTESTERS]).unwrap()).unwrap();
    enrol(
        &verifier(),
        &Ask {
            record,
            known: &base[KNOWN],
            revoked: Some(&revoked),
            signers: Some(&signers),
            attesters: Some(&attesters),
            author: AUTHOR,
            at: forge::AT + 3600,
        },
    )
}

/// The registry after a good enrolment.
pub fn head(record: &[u8], base: &Folder) -> Folder {
    let enrolment = proposed(record, base).unwrap().proposal;
    let mut head = base.clone();
    head.get_mut(KNOWN)
        .unwrap()
        .extend(format!("{}\n", enrolment.line).into_bytes());
    head.insert(enrolment.entry_path, enrolment.entry.into_bytes());
    head.insert(enrolment.record_path, record.to_vec());
    head
}

/// Checks one folder against another, as the workflow does.
pub fn check_folders(base: &Folder, head: &Folder) -> EnrolmentReport {
    let paths: std::collections::BTreeSet<&String> = base.keys().chain(head.keys()).collect();
    let changes: Vec<Change<'_>> = paths
        .into_iter()
        .filter(|path| base.get(*path) != head.get(*path))
        .map(|path| Change {
            path,
            before: base.get(path).map(Vec::as_slice),
            after: head.get(path).map(Vec::as_slice),
            is_plain: true,
        })
        .collect();
    against(base, |against| {
        check(&verifier(), Proposed::Changes(&changes), against)
    })
}

/// Checks a patch against a folder.
pub fn check_patch(base: &Folder, patch: &[u8], own: Option<&[u8]>) -> EnrolmentReport {
    let files: Vec<(&str, &[u8])> = base
        .iter()
        .map(|(path, content)| (path.as_str(), content.as_slice()))
        .collect();
    against(base, |against| {
        let against = Against {
            record: own,
            ..*against
        };
        check(&verifier(), Proposed::Patch(patch, Some(&files)), &against)
    })
}

fn against(base: &Folder, act: impl FnOnce(&Against<'_>) -> EnrolmentReport) -> EnrolmentReport {
    let revoked = registry::load(&verifier(), &[&base[REVOKED]], None).unwrap();
    let signers = Signers::from_json(std::str::from_utf8(&base[SIGNERS]).unwrap()).unwrap();
    let attesters =
        AttesterBuilds::from_json(std::str::from_utf8(&base[ATTESTERS]).unwrap()).unwrap();
    act(&Against {
        record: None,
        known: Some(&base[KNOWN]),
        revoked: Some(&revoked),
        signers: Some(&signers),
        attesters: Some(&attesters),
        earlier: &[],
    })
}

/// Writes a folder.
pub fn write(folder: &Folder, to: &Path) {
    for (path, content) in folder {
        let path = to.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

/// A git repository of its own with a registry in it, removed when it is dropped.
pub struct Repository(pub PathBuf);

impl Repository {
    /// One commit with this folder.
    pub fn of(folder: &Folder) -> Self {
        static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!(
            "cloud-witness-registry-{}-{number}",
            std::process::id()
        ));
        std::fs::create_dir_all(&path).unwrap();
        let repository = Self(path);
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        write(folder, &repository.0);
        repository.git(&["add", "--all"]);
        repository.git(&["commit", "--quiet", "--message=The registry"]);
        repository
    }

    /// Runs git, without the user's own settings, and hands out what it says.
    pub fn git(&self, words: &[&str]) -> String {
        let (worked, said) = self.tried(words);
        assert!(worked, "git {words:?}: {said}");
        said
    }

    /// The same, whether it works or not.
    pub fn tried(&self, words: &[&str]) -> (bool, String) {
        let output = Command::new("git")
            .current_dir(&self.0)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("GIT_COMMITTER_NAME", "The test")
            .env("GIT_COMMITTER_EMAIL", "test@example.org")
            .env("GIT_AUTHOR_NAME", "The test")
            .env("GIT_AUTHOR_EMAIL", "test@example.org")
            .args(words)
            .output()
            .expect("git");
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    }

    /// A file.
    pub fn read(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.0.join(path)).unwrap()
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

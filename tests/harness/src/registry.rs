//! A sample registry: its folder before and after a forged machine is added, and what can be wrong with that.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use cloud_witness::builds::AttesterBuilds;
use cloud_witness::ceremony::record::Role;
use cloud_witness::ceremony::signers::Signers;
use cloud_witness::registry::check::{Against, Change, EnrolmentReport, Proposed, check};
use cloud_witness::registry::enrol::{Ask, EnrolError, Enrolment, enrol};
use cloud_witness::registry::patch::Author;
use cloud_witness::registry::{self, ATTESTERS, Code, KNOWN, REVOKED, SIGNERS};

use crate::ceremony::{Ceremony, PEOPLE, attesters, key, key_line, sign_raw, signers, verifier};

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

/// What is done to a registry after a good enrolment, and the code that names it.
pub type Tamper = (&'static str, fn(&mut Folder, &mut Folder), Code);

/// Changes a file's text, which must come out changed.
pub fn text(folder: &mut Folder, path: &str, change: impl FnOnce(String) -> String) {
    let content = String::from_utf8(folder[path].clone()).unwrap();
    let changed = change(content.clone());
    assert_ne!(content, changed, "{path}");
    folder.insert(path.to_owned(), changed.into_bytes());
}

fn path_of(folder: &Folder, start: &str) -> String {
    folder
        .keys()
        .find(|path| path.starts_with(start))
        .unwrap()
        .clone()
}

fn put_record(head: &mut Folder, record: &[u8]) {
    let path = path_of(head, "records/");
    head.insert(path, record.to_vec());
}

/// Each is given base and head of a good enrolment.
pub const TAMPERED: &[Tamper] = &[
    (
        "another ID in the list",
        |_, head| text(head, KNOWN, |list| list.replace("\ne8a3", "\nf8a3")),
        Code::LineDiffers,
    ),
    (
        "another label than the record gives",
        |_, head| {
            text(head, KNOWN, |list| {
                list.replace("Example Compute", "Honest Compute")
            })
        },
        Code::LineDiffers,
    ),
    (
        "a formula before the label",
        |_, head| {
            text(head, KNOWN, |list| {
                list.replace(",Example Compute", ",=Example Compute")
            })
        },
        Code::LineDiffers,
    ),
    (
        "a second line in the list",
        |_, head| {
            text(head, KNOWN, |list| {
                list + "33333333333333333333333333333333,mine\n"
            })
        },
        Code::LineDiffers,
    ),
    (
        "the line of another machine removed",
        |_, head| {
            text(head, KNOWN, |list| {
                list.replace("22222222222222222222222222222222,machine2\n", "")
            })
        },
        Code::LinesOther,
    ),
    (
        "the label of another machine changed",
        |_, head| text(head, KNOWN, |list| list.replace("machine1", "machine9")),
        Code::LinesOther,
    ),
    (
        "the line first and not last",
        |_, head| {
            text(head, KNOWN, |list| {
                let (rest, line) = list.trim_end().rsplit_once('\n').unwrap();
                format!("{line}\n{rest}\n")
            })
        },
        Code::LinesOther,
    ),
    (
        "no line in the list",
        |base, head| {
            head.insert(KNOWN.to_owned(), base[KNOWN].clone());
        },
        Code::FileMissing,
    ),
    (
        "an entry of another machine",
        |_, head| {
            let path = path_of(head, "machines/");
            text(head, &path, |entry| entry.replace("ppid:e8a3", "ppid:f8a3"))
        },
        Code::EntryDiffers,
    ),
    (
        "an entry with another timestamp",
        |_, head| {
            let path = path_of(head, "machines/");
            text(head, &path, |entry| {
                entry.replace("\"timestamp\": \"2040", "\"timestamp\": \"2041")
            })
        },
        Code::EntryDiffers,
    ),
    (
        "an entry of a higher level",
        |_, head| {
            let path = path_of(head, "machines/");
            text(head, &path, |entry| {
                entry.replace("\"level\": 1", "\"level\": 3")
            })
        },
        Code::EntryDiffers,
    ),
    (
        "an entry with another recording",
        |_, head| {
            let path = path_of(head, "machines/");
            text(head, &path, |entry| {
                entry.replace(RECORDING, "https://video.example/another")
            })
        },
        Code::EntryDiffers,
    ),
    (
        "an entry in another layout",
        |_, head| {
            let path = path_of(head, "machines/");
            text(head, &path, |entry| entry.replace("  ", " "))
        },
        Code::EntryDiffers,
    ),
    (
        "no entry",
        |_, head| {
            let path = path_of(head, "machines/");
            head.remove(&path);
        },
        Code::FileMissing,
    ),
    (
        "an entry named after another machine",
        |_, head| {
            let path = path_of(head, "machines/");
            let entry = head.remove(&path).unwrap();
            head.insert(path.replace("e8a3", "f8a3"), entry);
        },
        Code::FileName,
    ),
    (
        "a record named after another machine",
        |_, head| {
            let path = path_of(head, "records/");
            let record = head.remove(&path).unwrap();
            head.insert(path.replace("e8a3", "f8a3"), record);
        },
        Code::FileName,
    ),
    (
        "no record",
        |_, head| {
            let path = path_of(head, "records/");
            head.remove(&path);
        },
        Code::FileMissing,
    ),
    (
        "a byte of the record changed",
        |_, head| {
            let path = path_of(head, "records/");
            head.get_mut(&path).unwrap()[5000] ^= 1;
        },
        Code::RecordRefused,
    ),
    (
        "a record that one witness has signed",
        |_, head| {
            let file = recorded(Ceremony::good()).make().unwrap().file;
            put_record(
                head,
                &sign_raw(&sign_raw(&file, &key(PEOPLE[0].0)), &key(PEOPLE[1].0)),
            )
        },
        Code::RecordRefused,
    ),
    (
        "a second witness of the prover's project",
        |_, head| put_record(head, &silent_third()),
        Code::RecordRefused,
    ),
    (
        "a record without a recording",
        |_, head| put_record(head, &Ceremony::good().signed()),
        Code::RecordingMissing,
    ),
    (
        "a second record",
        |_, head| {
            head.insert("records/00.dsse.json".to_owned(), record());
        },
        Code::FileOther,
    ),
    (
        "signers that only the head has",
        |base, _| {
            text(base, SIGNERS, |list| {
                let mut entries: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
                entries.pop();
                serde_json::to_string(&entries).unwrap()
            });
        },
        Code::WitnessesMissing,
    ),
    (
        "a witness of one listed project with another's key",
        |base, head| {
            text(base, SIGNERS, |list| {
                list.replace("Second Project", "Third Project")
            });
            head.insert(SIGNERS.to_owned(), base[SIGNERS].clone());
        },
        Code::RecordRefused,
    ),
    (
        "the workflow touched too",
        |_, head| {
            text(head, ".github/workflows/check.yml", |text| {
                text + "on: push\n"
            })
        },
        Code::FileOther,
    ),
    (
        "the revoked list touched too",
        |_, head| text(head, REVOKED, |text| text + "# nothing\n"),
        Code::FileOther,
    ),
    (
        "a file beside",
        |_, head| {
            head.insert("machines/.gitattributes".to_owned(), Vec::new());
        },
        Code::FileOther,
    ),
    (
        "a machine that is revoked",
        |base, head| {
            for folder in [base, head] {
                text(folder, REVOKED, |text| {
                    text + "e8a3f02ba44268956272bc8f295e0027,stolen\n"
                });
            }
        },
        Code::EnrolRevoked,
    ),
    (
        "a revoked list with a bad line",
        |base, head| {
            for folder in [base, head] {
                text(folder, REVOKED, |text| {
                    text + "e8a3f02ba44268956272bc8f295e002,stolen\n"
                });
            }
        },
        Code::RevokedLines,
    ),
    (
        "a revoked list with the machine inside a label",
        |base, head| {
            for folder in [base, head] {
                text(folder, REVOKED, |text| {
                    text + "11111111111111111111111111111111,lost: e8a3f02ba44268956272bc8f295e0027\n"
                });
            }
        },
        Code::RevokedLines,
    ),
    (
        "a machine that is known already",
        |base, head| {
            for folder in [base, head] {
                text(folder, KNOWN, |text| {
                    text.replace(
                        "22222222222222222222222222222222,",
                        "e8a3f02ba44268956272bc8f295e0027,",
                    )
                });
            }
        },
        Code::EnrolTwice,
    ),
    (
        "a list with a bad line, where nobody knows who is new",
        |base, head| {
            for folder in [base, head] {
                text(folder, KNOWN, |text| {
                    text.replace(
                        "22222222222222222222222222222222,",
                        "2222222222222222222222222222222,",
                    )
                });
            }
        },
        Code::ListLines,
    ),
    (
        "an entry that was there before",
        |base, head| {
            let path = path_of(head, "machines/");
            base.insert(path, b"{}".to_vec());
        },
        Code::FileNotNew,
    ),
    (
        "another machine's record removed",
        |base, _| {
            base.insert(
                "records/11111111111111111111111111111111.dsse.json".to_owned(),
                b"{}".to_vec(),
            );
        },
        Code::FileNotNew,
    ),
];

/// A third person of the prover's project signs in the place of the second witness.
pub fn silent_third() -> Vec<u8> {
    let ceremony = recorded(Ceremony::good()).with(|ceremony| {
        let mut third = ceremony.entered.participants[2].clone();
        third.name = "Theo Third".to_owned();
        third.project = PEOPLE[0].1.to_owned();
        third.key = Some(key_line(&key("Theo Third")));
        third.role = Role::Witness;
        ceremony.entered.participants.push(third);
        ceremony.entered.file.noted_by = Some(1);
    });
    let mut file = ceremony.make().unwrap().file;
    for name in [PEOPLE[0].0, PEOPLE[1].0, "Theo Third"] {
        file = sign_raw(&file, &key(name));
    }
    file
}

/// Writes the sample: the record, a good enrolment, and each tampered one in a folder of its own.
pub fn write_sample(to: &Path) -> std::io::Result<()> {
    let (file, base) = (record(), base());
    std::fs::create_dir_all(to)?;
    std::fs::write(to.join("ceremony.dsse.json"), &file)?;
    // Another ceremony, by its entries, that used the same challenge.
    let other = recorded(Ceremony::good()).with(|ceremony| {
        ceremony.entered.times.challenge -= 1;
        ceremony.entered.notes = Some("Another ceremony.".to_owned());
    });
    std::fs::write(to.join("other.dsse.json"), other.signed())?;
    write(&base, &to.join("good/base"));
    write(&head(&file, &base), &to.join("good/head"));
    let mut index = Vec::new();
    for (number, (what, tamper, code)) in (1..).zip(TAMPERED) {
        let mut before = base.clone();
        let mut after = head(&file, &base);
        tamper(&mut before, &mut after);
        let name = format!("tampered-{number}");
        write(&before, &to.join(&name).join("base"));
        write(&after, &to.join(&name).join("head"));
        index.push(serde_json::json!({ "name": name, "what": what, "code": code }));
    }
    let index = serde_json::Value::from(index).to_string();
    std::fs::write(to.join("index.json"), index)
}

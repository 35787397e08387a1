//! One vector: its inputs, made, and its expectation.

use std::path::{Path, PathBuf};

use cloud_witness::builds::AttesterBuilds;
use cloud_witness::collateral::Source;
use cloud_witness::policy::Policy;
use cloud_witness::{Given, Moment, Report, Request, Verifier};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::evidence::{Edit, EvidenceSpec};
use crate::expect::Expectation;

/// A case as written in `tests/vectors/NNN-name/case.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What is tried, in words.
    pub title: String,
    /// Where the expectation comes from: an obligation, a section of a document.
    pub source: String,
    pub evidence: EvidenceSpec,
    /// Left out: the collateral that belongs to the quote.
    #[serde(default)]
    pub collateral: CollateralSpec,
    /// `this` lists the quote's own MRENCLAVE; otherwise the list's JSON text.
    #[serde(default)]
    pub attesters: Option<String>,
    /// Files of the list of known machines. In each, `{ppid}`, `{ppid:16}` (its first digits), `{extensions}`,
    /// `{charter}` stand for the quote's own, and the whole text `{record}` for a signed record of its machine.
    #[serde(default)]
    pub registry: Option<Vec<String>>,
    /// The same of the list of revoked machines.
    #[serde(default)]
    pub revoked: Option<Vec<String>>,
    #[serde(default)]
    pub request: RequestSpec,
    pub expect: Expectation,
}

/// Another collateral than the quote's own, or changes to it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CollateralSpec {
    /// No collateral at all.
    pub absent: bool,
    /// That of a sample quote.
    pub sample: Option<String>,
    /// That of another forged ceremony.
    pub forge: Option<forge::ForgeSpec>,
    /// This text.
    pub text: Option<String>,
    /// In a bundle, beside the pieces of these other ceremonies.
    pub bundle: Option<Vec<forge::ForgeSpec>>,
    /// One piece alone, as Intel's service gives it: `tcb_info`, `qe_identity`, or `pck_crl`.
    pub piece: Option<String>,
    /// Made to the finished text, in order.
    pub edits: Vec<Edit>,
}

/// The request's other fields, in the names of the npm package.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct RequestSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_issued_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_minutes: Option<u32>,
    /// `right` stands for the input's whole digest, `right:N` for its first N digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collateral_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// A case with its inputs made.
pub struct Made {
    pub name: String,
    /// `forged` or `production`.
    pub root: &'static str,
    pub evidence: Vec<u8>,
    pub collateral: Option<String>,
    pub attesters: Option<String>,
    pub registry: Option<Vec<String>>,
    pub revoked: Option<Vec<String>>,
    pub request: RequestSpec,
    pub expect: Expectation,
}

/// Every case, in the order of its folder's name.
pub fn all() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("tests/vectors")
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
        .into_iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let json = std::fs::read_to_string(path.join("case.json"))
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            let case =
                serde_json::from_str(&json).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, case)
        })
        .collect()
}

impl Case {
    /// Makes the inputs.
    pub fn make(&self, name: &str) -> Made {
        let evidence = self.evidence.make();
        let mut request = self.request.clone();
        if let Some(digest) = &mut request.sha256
            && digest.starts_with("right")
        {
            let whole = hex::encode(sha2::Sha256::digest(&evidence));
            let digits = digest
                .strip_prefix("right:")
                .map_or(whole.len(), |digits| digits.parse().unwrap());
            *digest = whole[..digits].to_owned();
        }
        Made {
            name: name.to_owned(),
            root: if self.evidence.forge.is_some() {
                "forged"
            } else {
                "production"
            },
            collateral: self.collateral.make(&self.evidence),
            attesters: self.attesters.as_ref().map(|list| match list.as_str() {
                "this" => serde_json::json!([{
                    "mr_enclave": self.evidence.mr_enclave(),
                    "image": "example.org/attester@sha256:00",
                    "source": "made for this test",
                    "added_by": "the test",
                }])
                .to_string(),
                json => json.to_owned(),
            }),
            registry: self.registry.as_ref().map(|files| self.lists(files)),
            revoked: self.revoked.as_ref().map(|files| self.lists(files)),
            evidence,
            request,
            expect: self.expect.clone(),
        }
    }
}

impl Case {
    fn lists(&self, files: &[String]) -> Vec<String> {
        let ids = self.evidence.machine_ids();
        files.iter().map(|text| list(text, &ids)).collect()
    }
}

/// A list's text with the machine's IDs put in.
fn list(text: &str, [ppid, extensions, charter]: &[String; 3]) -> String {
    if text == "{record}" {
        return String::from_utf8(crate::ceremony::Ceremony::good().signed()).unwrap();
    }
    let mut text = text
        .replace("{ppid}", ppid)
        .replace("{extensions}", extensions)
        .replace("{charter}", charter);
    for (name, id) in [("ppid", ppid), ("extensions", extensions)] {
        for digits in (1..id.len()).rev() {
            text = text.replace(&format!("{{{name}:{digits}}}"), &id[..digits]);
        }
    }
    text
}

impl CollateralSpec {
    fn make(&self, evidence: &EvidenceSpec) -> Option<String> {
        if self.absent {
            return None;
        }
        let mut collateral = match (&self.sample, &self.forge, &self.text) {
            (Some(name), None, None) => crate::samples::collateral(name),
            (None, Some(spec), None) => spec.build().collateral_json,
            (None, None, Some(text)) => text.clone(),
            (None, None, None) => evidence.collateral()?,
            _ => panic!("collateral has at most one of sample, forge, text"),
        };
        if let Some(others) = &self.bundle {
            let others = others.iter().map(|spec| spec.build().collateral_json);
            let documents: Vec<String> = std::iter::once(collateral).chain(others).collect();
            collateral = crate::bundle::of(&documents);
        }
        if let Some(piece) = &self.piece {
            collateral = crate::bundle::response(&collateral, piece);
        }
        for edit in &self.edits {
            collateral = String::from_utf8(edit.apply(collateral.into_bytes())).unwrap();
        }
        Some(collateral)
    }
}

impl Made {
    /// Runs the case natively.
    pub fn appraise(&self) -> Report {
        self.appraise_with(
            self.collateral
                .as_deref()
                .map(|json| json.as_bytes().into()),
        )
    }

    /// The same with other collateral.
    pub fn appraise_with(&self, collateral: Option<Given<'_>>) -> Report {
        let verifier = match self.root {
            "forged" => Verifier::with_root(&forge::root_der()).unwrap(),
            _ => Verifier::production(),
        };
        let at = self.request.at.unwrap_or(match self.root {
            "forged" => forge::AT,
            _ => crate::samples::AT,
        });
        let moment = match self.request.time.as_deref() {
            Some("now") => Moment::now(at),
            None | Some("as_of") => Moment::as_of(at),
            Some(other) => panic!("unknown time {other}"),
        };
        let mut request = Request::new(&self.evidence, moment);
        request.collateral = collateral;
        if let Some(source) = &self.request.collateral_from {
            request.collateral_from = Source::parse(source).expect("a source");
        }
        request.challenge = self.request.challenge.as_deref();
        request.challenge_issued_at = self.request.challenge_issued_at;
        if let Some(minutes) = self.request.challenge_minutes {
            request.challenge_minutes = minutes;
        }
        request.noted_sha256 = self.request.sha256.as_deref();
        if let Some(policy) = &self.request.policy {
            request.policy = Policy::parse(policy).expect("a policy");
        }
        if let Some(attesters) = &self.attesters {
            request.attesters = AttesterBuilds::from_json(attesters).expect("a list");
        }
        let read = |files: &Option<Vec<String>>| {
            let files = files.as_ref()?;
            let files: Vec<&[u8]> = files.iter().map(|file| file.as_bytes()).collect();
            Some(cloud_witness::registry::load(&verifier, &files, None).expect("a list"))
        };
        let (registry, revoked) = (read(&self.registry), read(&self.revoked));
        request.registry = registry.as_ref();
        request.revoked = revoked.as_ref();
        verifier.appraise(&request)
    }

    /// Compares a Report with the expectation: one line a difference.
    pub fn differences(&self, report: &Report) -> Vec<String> {
        let report = serde_json::to_value(report).unwrap();
        let mut differences = Vec::new();
        let mut compare = |what: &str, expected: &str, actual: &str| {
            if expected != actual {
                differences.push(format!("{what}: expected {expected}, got {actual}"));
            }
        };
        compare(
            "verdict",
            &self.expect.verdict,
            report["verdict"].as_str().unwrap(),
        );
        for ((name, row), check) in self
            .expect
            .all_rows()
            .iter()
            .zip(report["checks"].as_array().unwrap())
        {
            compare("row", name, check["id"].as_str().unwrap());
            compare(
                name,
                &format!("{} {}", row.outcome, row.code.as_deref().unwrap_or("-")),
                &format!(
                    "{} {}",
                    check["outcome"].as_str().unwrap(),
                    check["code"].as_str().unwrap_or("-")
                ),
            );
        }
        compare(
            "ppid",
            self.expect.ppid.as_deref().unwrap_or("none"),
            report["identity"]["ppid"].as_str().unwrap_or("none"),
        );
        differences
    }

    /// Writes the made inputs for the runners in Node and in the browser.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("evidence.bin"), &self.evidence)?;
        for (file, text) in [
            ("collateral.json", &self.collateral),
            ("attesters.json", &self.attesters),
        ] {
            if let Some(text) = text {
                std::fs::write(folder.join(file), text)?;
            }
        }
        for (name, files) in [("registry", &self.registry), ("revoked", &self.revoked)] {
            for (number, text) in (1..).zip(files.iter().flatten()) {
                std::fs::write(folder.join(format!("{name}-{number}.txt")), text)?;
            }
        }
        let mut request = self.request.clone();
        request.at.get_or_insert(match self.root {
            "forged" => forge::AT,
            _ => crate::samples::AT,
        });
        request.time.get_or_insert("as_of".to_owned());
        let case = serde_json::json!({
            "name": self.name,
            "root": self.root,
            "request": request,
            "expect": {
                "verdict": self.expect.verdict,
                "rows": self.expect.all_rows().into_iter()
                    .map(|(name, row)| (name, serde_json::to_value(row).unwrap()))
                    .collect::<serde_json::Map<_, _>>(),
                "ppid": self.expect.ppid,
            },
        });
        std::fs::write(folder.join("case.json"), case.to_string())
    }
}

//! A forged ceremony: three participants with keys made from labels, one record, and their signatures.

use cloud_witness::Verifier;
use cloud_witness::ceremony::envelope::Signed;
use cloud_witness::ceremony::keys::{Key, NAMESPACE};
use cloud_witness::ceremony::make::{Colocated, Input, Made, RecordError};
use cloud_witness::ceremony::record::{
    ChallengeEntered, Colocation, ColocationAnswer, Console, Entered, FileNoted, Kind, Origin,
    Participant, Role, Times,
};
use cloud_witness::ceremony::{Earlier, bytes_to_sign, record, sign};
use cloud_witness::collateral::Source;
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::Digest as _;
use ssh_key::public::{Ed25519PublicKey, KeyData};
use ssh_key::{Algorithm, HashAlg, Signature, SshSig};

use crate::colocation::Evidence;
use crate::evidence::attester_text;

/// The challenge that forged quotes answer unless told otherwise.
pub const CHALLENGE: &str = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
/// Name, project and role of those who take part.
pub const PEOPLE: [(&str, &str, Role); 3] = [
    ("Paula Prover", "Example Compute", Role::Prover),
    ("Walter Witness", "First Project", Role::Witness),
    ("Vera Verifier", "Second Project", Role::Witness),
];

/// A ceremony whose parts can be changed before the record is made.
#[derive(Debug, Clone)]
pub struct Ceremony {
    pub entered: Entered,
    pub evidence: Vec<u8>,
    pub collateral: String,
    pub collateral_from: Source,
    pub policy: String,
    pub attesters: Option<String>,
    pub earlier: Vec<Earlier>,
    pub colocation: Option<Evidence>,
}

/// The verifier that trusts the forge.
pub fn verifier() -> Verifier {
    Verifier::with_root(&forge::root_der()).unwrap()
}

/// A key made from a label.
pub fn key(label: &str) -> SigningKey {
    SigningKey::from_bytes(&sha2::Sha256::digest(format!("key of {label}")).into())
}

/// Its OpenSSH line.
pub fn key_line(key: &SigningKey) -> String {
    Key::from_ed25519(key.verifying_key().to_bytes())
        .unwrap()
        .line()
}

impl Ceremony {
    /// Everything right: ends affirming.
    pub fn good() -> Self {
        Self::over(&forge::ForgeSpec::default())
    }

    /// The same machine in colocation, with evidence of it: ends affirming.
    pub fn in_colocation() -> Self {
        Self::good().with(|ceremony| {
            ceremony.entered.kind = Kind::Colocation;
            ceremony.entered.colocation = Colocation {
                answer: ColocationAnswer::InColocation,
                how: "It stands in a rack of the owner's.".to_owned(),
            };
            ceremony.entered.console.provider = "Data Centre Example".to_owned();
            ceremony.colocation = Some(Evidence::good());
        })
    }

    /// A ceremony over a forged machine; everything else is right.
    pub fn over(spec: &forge::ForgeSpec) -> Self {
        let forged = spec.build();
        let evidence = attester_text(&forged.quote, "2026-02-15", "OK").into_bytes();
        let at = forge::AT;
        Self {
            entered: Entered {
                kind: Kind::BareMetal,
                participants: PEOPLE
                    .into_iter()
                    .map(|(name, project, role)| Participant {
                        name: name.to_owned(),
                        project: project.to_owned(),
                        role,
                        key: Some(key_line(&key(name))),
                    })
                    .collect(),
                colocation: Colocation {
                    answer: ColocationAnswer::NotOffered,
                    how: "The provider's price list has no colocation.".to_owned(),
                },
                console: Console {
                    provider: "Example Cloud".to_owned(),
                    product: "bare-metal.xlarge".to_owned(),
                    region: "north-1".to_owned(),
                    console_type: "IPMI".to_owned(),
                    machine: "server 4711".to_owned(),
                },
                times: Times {
                    participants: at - 900,
                    colocation: at - 840,
                    console: at - 720,
                    challenge: at - 600,
                    command: Some(at - 500),
                    hash: Some(at - 60),
                    file: at,
                    appraisal: at + 30,
                    outcome: at + 60,
                },
                challenge: ChallengeEntered {
                    hex: hex::encode(forged.report_data)
                        .trim_end_matches('0')
                        .to_owned(),
                    minutes: 15,
                    made_by: 1,
                    origin: Origin::Random,
                },
                file: FileNoted {
                    name: "attester.txt".to_owned(),
                    noted_sha256: Some(hex::encode(sha2::Sha256::digest(&evidence))),
                    noted_by: Some(2),
                },
                warning_reason: None,
                notes: None,
                recording: None,
            },
            attesters: Some(attesters_of(&forged.quote)),
            evidence,
            collateral: forged.collateral_json,
            collateral_from: Source::Site,
            policy: "ceremony".to_owned(),
            earlier: Vec::new(),
            colocation: None,
        }
        .with_whole_challenge()
    }

    /// The default challenge ends in the digits 20, of which trimming zeros takes one.
    fn with_whole_challenge(mut self) -> Self {
        let digits = &mut self.entered.challenge.hex;
        if digits.len() % 2 == 1 {
            digits.push('0');
        }
        self
    }

    /// The same, changed.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Makes the record.
    pub fn make(&self) -> Result<Made, RecordError> {
        record(
            &verifier(),
            Input {
                entered: self.entered.clone(),
                evidence: &self.evidence,
                collateral: &self.collateral,
                collateral_from: self.collateral_from,
                policy: &self.policy,
                attesters: self.attesters.as_deref(),
                wasm_sha256: None,
                earlier: &self.earlier,
                colocation: self.colocation.as_ref().map(|evidence| Colocated {
                    items: &evidence.items,
                    contents: &evidence.contents,
                }),
            },
        )
    }

    /// The record with everyone's signature: the last witness signs by ssh.
    pub fn signed(&self) -> Vec<u8> {
        let mut file = self.make().unwrap().file;
        for (index, (name, ..)) in PEOPLE.into_iter().enumerate() {
            file = if index == 2 {
                sign_ssh(&file, &key(name))
            } else {
                sign_raw(&file, &key(name))
            };
        }
        file
    }
}

/// Adds a raw signature.
pub fn sign_raw(file: &[u8], key: &SigningKey) -> Vec<u8> {
    let to_sign = bytes_to_sign(file).unwrap();
    let signature = key.sign(to_sign.pae.as_bytes()).to_bytes();
    sign(
        &verifier(),
        file,
        Signed::Raw {
            key: &key_line(key),
            signature: &signature,
        },
    )
    .unwrap()
}

/// Adds an SSH signature.
pub fn sign_ssh(file: &[u8], key: &SigningKey) -> Vec<u8> {
    let to_sign = bytes_to_sign(file).unwrap();
    let text = ssh_signature(key, NAMESPACE, to_sign.payload.as_bytes());
    sign(&verifier(), file, Signed::Ssh(&text)).unwrap()
}

/// What `ssh-keygen -Y sign` would write.
pub fn ssh_signature(key: &SigningKey, namespace: &str, message: &[u8]) -> String {
    let signed = SshSig::signed_data(namespace, HashAlg::Sha512, message).unwrap();
    let signature =
        Signature::new(Algorithm::Ed25519, key.sign(&signed).to_bytes().to_vec()).unwrap();
    let public = KeyData::Ed25519(Ed25519PublicKey(key.verifying_key().to_bytes()));
    SshSig::new(public, namespace, HashAlg::Sha512, signature)
        .unwrap()
        .to_pem(ssh_key::LineEnding::LF)
        .unwrap()
}

/// The list of attester builds on which a good ceremony's stands.
pub fn attesters() -> String {
    attesters_of(&forge::ForgeSpec::default().build().quote)
}

fn attesters_of(quote: &[u8]) -> String {
    serde_json::json!([{
        "mr_enclave": hex::encode(&quote[112..144]),
        "image": "example.org/attester@sha256:00",
        "source": "made for this test",
        "added_by": "the test",
    }])
    .to_string()
}

/// The list on which all of them stand.
pub fn signers() -> String {
    let entries: Vec<serde_json::Value> = PEOPLE
        .into_iter()
        .map(|(name, project, _)| {
            serde_json::json!({
                "project": project,
                "key": format!("{} {name}", key_line(&key(name))),
                "source": "made for this test",
                "added_by": "the test",
            })
        })
        .collect();
    serde_json::to_string_pretty(&entries).unwrap()
}

//! Which machine: the PCK certificate chain of a quote and Intel's SGX extensions in its leaf.
//!
//! Source: Intel, "SGX PCK Certificate and Certificate Revocation List Profile Specification", section 1.3.5.
//! What is read here is shown and relied on only after the chain was verified (O10).

use const_oid::ObjectIdentifier;
use der::asn1::{Any, AnyRef, OctetStringRef};
use der::{Decode as _, Sequence, Tag, Tagged as _};

use crate::code::Code;
use crate::quote::Tee;
use crate::report::{Finding, IdentityView, MachineId};
use crate::text::{count, sha256_hex};
use crate::x509::{Certificate, PLATFORM_CA, PROCESSOR_CA};

const SGX_EXTENSIONS: ObjectIdentifier = oid("1.2.840.113741.1.13.1");
const PPID: ObjectIdentifier = oid("1.2.840.113741.1.13.1.1");
const TCB: ObjectIdentifier = oid("1.2.840.113741.1.13.1.2");
const PCE_SVN: ObjectIdentifier = oid("1.2.840.113741.1.13.1.2.17");
const CPU_SVN: ObjectIdentifier = oid("1.2.840.113741.1.13.1.2.18");
const PCE_ID: ObjectIdentifier = oid("1.2.840.113741.1.13.1.3");
const FMSPC: ObjectIdentifier = oid("1.2.840.113741.1.13.1.4");
const SGX_TYPE: ObjectIdentifier = oid("1.2.840.113741.1.13.1.5");
const PLATFORM_INSTANCE_ID: ObjectIdentifier = oid("1.2.840.113741.1.13.1.6");
const CONFIGURATION: ObjectIdentifier = oid("1.2.840.113741.1.13.1.7");
const DYNAMIC_PLATFORM: ObjectIdentifier = oid("1.2.840.113741.1.13.1.7.1");
const CACHED_KEYS: ObjectIdentifier = oid("1.2.840.113741.1.13.1.7.2");
const SMT_ENABLED: ObjectIdentifier = oid("1.2.840.113741.1.13.1.7.3");

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// Which of Intel's two CAs issued a PCK certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PckCa {
    /// Single-package platforms.
    Processor,
    /// Multi-package platforms.
    Platform,
}

impl PckCa {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Processor, Self::Platform];

    /// The issuer of `pck`, when it is exactly one of the two (O8).
    pub fn of(pck: &Certificate) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|ca| pck.is_issued_by(ca.common_name()))
    }

    /// The CA's common name.
    pub const fn common_name(self) -> &'static str {
        match self {
            Self::Processor => PROCESSOR_CA,
            Self::Platform => PLATFORM_CA,
        }
    }

    /// As Intel's service spells it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Processor => "processor",
            Self::Platform => "platform",
        }
    }
}

/// The chain in a quote, leaf first, read from clean PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PckChain {
    /// The PCK certificate.
    pub pck: Certificate,
    /// Everything after it, its issuer first: the PCK CA and the root, when the chain is as it must be.
    pub issuers: Vec<Certificate>,
}

impl PckChain {
    /// Reads the chain as a quote carries it: PEM blocks one after the other, lines of 64 or 76 characters, LF
    /// or CRLF, at most one line end after each block, at most one NUL at the end. Anything else between, before
    /// or after the blocks is refused, because nothing signs it (O7).
    ///
    /// # Errors
    /// A finding with code [`Code::PckChainMalformed`] that says what is wrong.
    pub fn parse(text: &[u8]) -> Result<Self, Finding> {
        let malformed = |what: String| Finding::fail(Code::PckChainMalformed, what);
        let without_nul = text.strip_suffix(b"\0").unwrap_or(text);
        let text = std::str::from_utf8(without_nul)
            .ok()
            .filter(|text| text.is_ascii())
            .ok_or_else(|| malformed("The PCK certificate chain is not ASCII text.".to_owned()))?
            .replace("\r\n", "\n");
        let blocks = pem::parse_many(&text)
            .map_err(|_| malformed("The PCK certificate chain is not PEM.".to_owned()))?;
        if !is_clean(&text, &blocks) {
            return Err(malformed(
                "The PCK certificate chain has text besides its certificates, or is not clean PEM."
                    .to_owned(),
            ));
        }
        let mut certificates = blocks
            .iter()
            .map(|block| Certificate::from_der(block.contents()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| malformed(format!("A certificate of the PCK chain is {error}.")))?
            .into_iter();
        let pck = certificates
            .next()
            .ok_or_else(|| malformed("The PCK certificate chain is empty.".to_owned()))?;
        let mut issuers: Vec<Certificate> = certificates.collect();
        // Some of Intel's older quotes have the root before the PCK CA.
        issuers.sort_by_key(|issuer| issuer.subject != pck.issuer);
        Ok(Self { pck, issuers })
    }
}

/// Whether `text` is just these blocks as PEM writes them, each followed by at most one line end.
///
/// Intel's older quotes wrap the first certificate at 76 characters, with no line end after it.
fn is_clean(text: &str, blocks: &[pem::Pem]) -> bool {
    let mut rest = text;
    for block in blocks {
        let after = [64, 76].into_iter().find_map(|width| {
            let config = pem::EncodeConfig::new()
                .set_line_ending(pem::LineEnding::LF)
                .set_line_wrap(width);
            let block = pem::Pem::new("CERTIFICATE", block.contents());
            rest.strip_prefix(pem::encode_config(&block, config).trim_end_matches('\n'))
        });
        let Some(after) = after else {
            return false;
        };
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    rest.is_empty()
}

/// What Intel's SGX extensions say of the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PckIdentity {
    /// Platform Provisioning ID.
    pub ppid: [u8; 16],
    /// Security version numbers of the CPU.
    pub cpu_svn: [u8; 16],
    /// Security version number of the PCE.
    pub pce_svn: u16,
    /// PCE ID, in the certificate's byte order.
    pub pce_id: [u8; 2],
    /// Family, model, stepping, platform type and custom SKU.
    pub fmspc: [u8; 6],
    /// Platform CA only; can change with a firmware update (O11).
    pub platform_instance_id: Option<[u8; 16]>,
    /// Platform CA only.
    pub dynamic_platform: Option<bool>,
    /// Platform CA only.
    pub cached_keys: Option<bool>,
    /// Platform CA only.
    pub smt_enabled: Option<bool>,
    /// The extension's whole value: what the attester prints as `PPID:` (O12).
    pub sgx_extensions: Vec<u8>,
}

/// One `SEQUENCE { OID, value }` of the SGX extensions.
#[derive(Sequence)]
struct Entry {
    id: ObjectIdentifier,
    value: Any,
}

impl PckIdentity {
    /// Reads the SGX extensions of a PCK certificate.
    ///
    /// # Errors
    /// A finding that names what is missing, doubled, or of the wrong type or length.
    pub fn parse(pck: &Certificate) -> Result<Self, Finding> {
        let raw = pck
            .extension(SGX_EXTENSIONS)
            .ok_or_else(|| invalid("The certificate does not have exactly one SGX extension."))?;
        Self::from_extensions(raw)
    }

    /// The same from the extension's value.
    ///
    /// # Errors
    /// As [`PckIdentity::parse`].
    pub fn from_extensions(raw: &[u8]) -> Result<Self, Finding> {
        let entries = Vec::<Entry>::from_der(raw)
            .map_err(|_| invalid("The SGX extensions are not a list of OIDs and values."))?;
        let tcb: Vec<Entry> = one(&entries, TCB)
            .and_then(|value| value.decode_as().ok())
            .ok_or_else(|| invalid("The SGX extensions have no TCB list."))?;
        let cpu_svn = octets(&tcb, CPU_SVN)
            .ok_or_else(|| invalid("CPUSVN is not one OCTET STRING of 16 bytes."))?;
        let components = (1..=16)
            .map(|n| {
                TCB.push_arc(n)
                    .ok()
                    .and_then(|id| one(&tcb, id))
                    .and_then(|value| value.decode_as::<u8>().ok())
            })
            .collect::<Option<Vec<u8>>>()
            .ok_or_else(|| invalid("The TCB list does not have sixteen components."))?;
        if components != cpu_svn {
            return Err(Finding::fail(
                Code::CpuSvnMismatch,
                format!(
                    "CPUSVN is {}, but its components are {}.",
                    hex::encode(cpu_svn),
                    hex::encode(components)
                ),
            ));
        }
        if one(&entries, SGX_TYPE).is_none_or(|value| value.tag() != Tag::Enumerated) {
            return Err(invalid("The SGX type is not one ENUMERATED."));
        }
        let configuration: Vec<Entry> = match of(&entries, CONFIGURATION).as_slice() {
            [] => Vec::new(),
            [entry] => entry
                .value
                .decode_as()
                .map_err(|_| invalid("The configuration is not a list."))?,
            _ => return Err(invalid("The configuration stands there twice.")),
        };
        Ok(Self {
            ppid: ppid(&entries)?,
            cpu_svn,
            pce_svn: one(&tcb, PCE_SVN)
                .and_then(|value| value.decode_as::<u16>().ok())
                .ok_or_else(|| invalid("PCESVN is not one INTEGER of 16 bits."))?,
            pce_id: octets(&entries, PCE_ID)
                .ok_or_else(|| invalid("PCEID is not one OCTET STRING of 2 bytes."))?,
            fmspc: octets(&entries, FMSPC)
                .ok_or_else(|| invalid("FMSPC is not one OCTET STRING of 6 bytes."))?,
            platform_instance_id: if of(&entries, PLATFORM_INSTANCE_ID).is_empty() {
                None
            } else {
                Some(octets(&entries, PLATFORM_INSTANCE_ID).ok_or_else(|| {
                    invalid("The platform instance ID is not one OCTET STRING of 16 bytes.")
                })?)
            },
            dynamic_platform: flag(&configuration, DYNAMIC_PLATFORM)?,
            cached_keys: flag(&configuration, CACHED_KEYS)?,
            smt_enabled: flag(&configuration, SMT_ENABLED)?,
            sgx_extensions: raw.to_vec(),
        })
    }

    /// The identity as the Report shows it.
    pub fn view(&self, ca: PckCa, tee: Tee) -> IdentityView {
        let ppid = hex::encode(self.ppid);
        IdentityView {
            pce_id: hex::encode(self.pce_id),
            fmspc: hex::encode(self.fmspc),
            pck_ca: ca.id(),
            platform_instance_id: self.platform_instance_id.map(hex::encode),
            machine_ids: vec![
                MachineId {
                    scheme: "ppid",
                    id: ppid.clone(),
                },
                MachineId {
                    scheme: "sgx_extensions_sha256",
                    id: sha256_hex(&self.sgx_extensions),
                },
                MachineId {
                    scheme: "charter",
                    id: format!("intel:{}:ppid:{ppid}", tee.id().to_ascii_lowercase()),
                },
            ],
            ppid,
            dynamic_platform: self.dynamic_platform,
            cached_keys: self.cached_keys,
            smt_enabled: self.smt_enabled,
        }
    }
}

/// FMSPC alone, so that collateral can be looked up even where the rest of the extensions is malformed.
pub fn fmspc(pck: &Certificate) -> Option<[u8; 6]> {
    let entries = Vec::<Entry>::from_der(pck.extension(SGX_EXTENSIONS)?).ok()?;
    octets(&entries, FMSPC)
}

/// Exactly one OCTET STRING of 16 bytes that are not all zero (O10).
fn ppid(entries: &[Entry]) -> Result<[u8; 16], Finding> {
    let wrong = |what: String| Finding::fail(Code::PpidInvalid, what);
    let [entry] = of(entries, PPID)[..] else {
        return Err(wrong(format!(
            "The certificate has {} instead of one.",
            count(of(entries, PPID).len(), "PPID")
        )));
    };
    if entry.value.tag() != Tag::OctetString {
        return Err(wrong(format!(
            "The PPID is of type {}, not an OCTET STRING.",
            entry.value.tag()
        )));
    }
    match <[u8; 16]>::try_from(entry.value.value()) {
        Err(_) => Err(wrong(format!(
            "The PPID has {} instead of 16.",
            count(entry.value.value().len(), "byte")
        ))),
        Ok([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) => {
            Err(wrong("The PPID is zero.".to_owned()))
        }
        Ok(ppid) => Ok(ppid),
    }
}

fn of(entries: &[Entry], id: ObjectIdentifier) -> Vec<&Entry> {
    entries.iter().filter(|entry| entry.id == id).collect()
}

fn one(entries: &[Entry], id: ObjectIdentifier) -> Option<&Any> {
    match of(entries, id)[..] {
        [entry] => Some(&entry.value),
        _ => None,
    }
}

fn octets<const N: usize>(entries: &[Entry], id: ObjectIdentifier) -> Option<[u8; N]> {
    let value = AnyRef::from(one(entries, id)?);
    let octets: &OctetStringRef = value.decode_as().ok()?;
    octets.as_bytes().try_into().ok()
}

fn flag(configuration: &[Entry], id: ObjectIdentifier) -> Result<Option<bool>, Finding> {
    match of(configuration, id)[..] {
        [] => Ok(None),
        [entry] => entry
            .value
            .decode_as()
            .map(Some)
            .map_err(|_| invalid("A configuration flag is not a BOOLEAN.")),
        _ => Err(invalid("A configuration flag stands there twice.")),
    }
}

fn invalid(what: &str) -> Finding {
    Finding::fail(Code::SgxExtensionsInvalid, what)
}

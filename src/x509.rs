//! Certificates and CRLs, as far as an appraisal needs them.
//!
//! The `x509-cert` crate reads them (RFC 5280, DER); this module keeps the exact signed bytes beside the
//! fields, so that a signature can be claimed over just what was signed. Nothing here checks a signature.

use std::cell::RefCell;
use std::collections::HashSet;

use const_oid::ObjectIdentifier;
use der::{Decode as _, Encode as _, Reader as _, SliceReader};
use x509_cert::ext::Extension;

use crate::memory::Recent;
use crate::text::sha256;

/// Intel's names, as RFC 4514 writes them, up to the common name, which is all that differs in them.
const INTEL_NAME: &str = "C=US,ST=CA,L=Santa Clara,O=Intel Corporation,CN=";

/// Common name of Intel's root.
pub const ROOT_CA: &str = "Intel SGX Root CA";
/// Common name of the CA for single-package platforms.
pub const PROCESSOR_CA: &str = "Intel SGX PCK Processor CA";
/// Common name of the CA for multi-package platforms.
pub const PLATFORM_CA: &str = "Intel SGX PCK Platform CA";
/// Common name of a PCK certificate.
pub const PCK: &str = "Intel SGX PCK Certificate";
/// Common name of the certificate that signs TCB info and QE identity.
pub const TCB_SIGNING: &str = "Intel SGX TCB Signing";

const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");
const DELTA_CRL_INDICATOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.27");
const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
const CERTIFICATE_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.29");
const NAME_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.30");
const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");

/// Longest CRL number, in bytes (RFC 5280, section 5.2.3).
const LONGEST_CRL_NUMBER: usize = 20;

/// First and last second of a validity period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First second, Unix time.
    pub from: u64,
    /// Last second, Unix time.
    pub to: u64,
}

impl Window {
    /// Whether `at` lies in it, both ends included.
    pub const fn holds(self, at: u64) -> bool {
        self.from <= at && at <= self.to
    }
}

/// Bytes, and the signature over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The exact bytes that were signed.
    pub message: Vec<u8>,
    /// DER `ECDSA-Sig-Value` (RFC 5480).
    pub signature: Vec<u8>,
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The whole certificate.
    pub der: Vec<u8>,
    /// To-be-signed part and signature.
    pub signed: Signed,
    /// Distinguished name, RFC 4514.
    pub subject: String,
    /// Distinguished name of the issuer, RFC 4514.
    pub issuer: String,
    /// Serial number, big endian.
    pub serial: Vec<u8>,
    /// When it is valid.
    pub window: Window,
    /// The public key's bits: a SEC1 point for the keys that Intel uses.
    pub key: Vec<u8>,
    extensions: Vec<(ObjectIdentifier, Vec<u8>)>,
    fault: Option<Fault>,
}

/// What a certificate is used for here. It has to allow that (RFC 5280, sections 4.2.1.3, 4.2.1.9 and 6.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Its key signs data: a report, a document.
    Data,
    /// Its key signs certificates.
    Certificates,
    /// Its key signs revocation lists.
    Crls,
}

/// Why a certificate or revocation list cannot be relied on, whoever signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The algorithm that is signed is not the one of the signature.
    Algorithms,
    /// An extension stands there more than once: nobody knows which of them counts.
    Twice(ObjectIdentifier),
    /// A critical extension that is not processed here.
    Critical(ObjectIdentifier),
    /// An extension that limits the certificate in a way that is not processed here, critical or not.
    Limited(ObjectIdentifier),
    /// An extension that cannot be read.
    Malformed(ObjectIdentifier),
    /// Key usage does not allow what the key is used for.
    Usage(Purpose),
    /// It signs certificates, but is no CA's.
    NotAuthority,
    /// It is a CA's where an end entity's belongs.
    Authority,
    /// The list has no CRL number, or one that is not a number of at most 20 bytes.
    CrlNumber,
    /// The list has only changes to another.
    Delta,
    /// The list covers only a part of what its issuer issued.
    Part,
    /// The list has another issuer's certificates in it.
    Indirect,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Algorithms => write!(
                f,
                "names one signature algorithm in its signed part and another beside its signature"
            ),
            Self::Twice(id) => write!(f, "has the extension {id} more than once"),
            Self::Critical(id) => write!(
                f,
                "has the critical extension {id}, which this verifier does not process"
            ),
            Self::Limited(id) => write!(
                f,
                "is limited by the extension {id}, which this verifier does not process"
            ),
            Self::Malformed(id) => write!(f, "has an extension {id} that cannot be read"),
            Self::Usage(Purpose::Data) => write!(
                f,
                "does not allow its key to sign data (keyUsage without digitalSignature)"
            ),
            Self::Usage(Purpose::Certificates) => write!(
                f,
                "does not allow its key to sign certificates (keyUsage without keyCertSign)"
            ),
            Self::Usage(Purpose::Crls) => write!(
                f,
                "does not allow its key to sign revocation lists (keyUsage without cRLSign)"
            ),
            Self::NotAuthority => write!(f, "is not a CA's (basicConstraints)"),
            Self::Authority => write!(
                f,
                "is a CA's (basicConstraints), which signs no data in Intel's profile"
            ),
            Self::CrlNumber => write!(
                f,
                "has no CRL number, or one that is not a number of at most {LONGEST_CRL_NUMBER} bytes"
            ),
            Self::Delta => write!(
                f,
                "has only the changes to another list (deltaCRLIndicator)"
            ),
            Self::Part => write!(
                f,
                "says that it covers only a part of the certificates (issuingDistributionPoint)"
            ),
            Self::Indirect => write!(
                f,
                "has entries of another issuer's certificates (certificateIssuer)"
            ),
        }
    }
}

/// Something is not DER, or not X.509.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MalformedX509 {
    /// Byte offset in the DER, where it is known.
    pub at: Option<usize>,
}

impl std::fmt::Display for MalformedX509 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.at {
            Some(at) => write!(f, "not X.509 in DER, see its byte {at}"),
            None => write!(f, "not X.509 in DER"),
        }
    }
}

impl std::error::Error for MalformedX509 {}

impl From<der::Error> for MalformedX509 {
    fn from(error: der::Error) -> Self {
        Self {
            at: error
                .position()
                .and_then(|position| usize::try_from(position).ok()),
        }
    }
}

impl Certificate {
    /// Reads one certificate.
    ///
    /// # Errors
    /// [`MalformedX509`] with the offset where the DER breaks.
    pub fn from_der(der: &[u8]) -> Result<Self, MalformedX509> {
        let known = SIGNERS.with(|signers| signers.borrow().recall(|known| known == der));
        known.map_or_else(|| Self::parse(der), Ok)
    }

    fn parse(der: &[u8]) -> Result<Self, MalformedX509> {
        let certificate = x509_cert::Certificate::from_der(der)?;
        let tbs = certificate.tbs_certificate();
        let extensions = tbs.extensions().map_or(&[][..], Vec::as_slice);
        Ok(Self {
            signed: Signed {
                message: first_element(der)?,
                signature: certificate.signature().raw_bytes().to_vec(),
            },
            subject: text_of(tbs.subject()),
            issuer: text_of(tbs.issuer()),
            serial: tbs.serial_number().as_bytes().to_vec(),
            window: Window {
                from: tbs.validity().not_before.to_unix_duration().as_secs(),
                to: tbs.validity().not_after.to_unix_duration().as_secs(),
            },
            key: tbs
                .subject_public_key_info()
                .subject_public_key
                .raw_bytes()
                .to_vec(),
            fault: if tbs.signature() == certificate.signature_algorithm() {
                certificate_fault(extensions)
            } else {
                Some(Fault::Algorithms)
            },
            extensions: extensions
                .iter()
                .map(|e| (e.extn_id, e.extn_value.as_bytes().to_vec()))
                .collect(),
            der: der.to_vec(),
        })
    }

    /// Reads an issuer chain of collateral from PEM text. Its certificates are the same in all collateral, and the CAs
    /// among them in every quote as well, so they are kept as they were read.
    ///
    /// # Errors
    /// [`MalformedX509`] of the first certificate that cannot be read.
    pub fn chain_from_pem(text: &str) -> Result<Vec<Self>, MalformedX509> {
        pem::parse_many(text)
            .map_err(|_| MalformedX509 { at: None })?
            .iter()
            .map(|block| Self::signer_from_der(block.contents()))
            .collect()
    }

    fn signer_from_der(der: &[u8]) -> Result<Self, MalformedX509> {
        SIGNERS.with(|signers| {
            let known = signers.borrow().recall(|known| known == der);
            if let Some(known) = known {
                return Ok(known);
            }
            let read = Self::parse(der)?;
            if der.len() <= LARGEST_SIGNER {
                signers.borrow_mut().add(der.to_vec(), read.clone());
            }
            Ok(read)
        })
    }

    /// Whether the subject is Intel's, with this common name.
    pub fn is_named(&self, common_name: &str) -> bool {
        is_intels(&self.subject, common_name)
    }

    /// Whether the issuer is Intel's, with this common name.
    pub fn is_issued_by(&self, common_name: &str) -> bool {
        is_intels(&self.issuer, common_name)
    }

    /// SHA-256 of the public key's bits.
    pub fn key_sha256(&self) -> String {
        hex::encode(sha256(&self.key))
    }

    /// Why it cannot be relied on for this purpose, whoever signed it.
    ///
    /// A trust anchor is its name and its key (RFC 5280, section 6.1.1): nothing else that the root's certificate says is
    /// asked.
    pub fn fault(&self, purpose: Purpose) -> Option<Fault> {
        self.fault.or_else(|| self.unfit(purpose))
    }

    /// In Intel's profile every certificate has a key usage.
    fn unfit(&self, purpose: Purpose) -> Option<Fault> {
        let bit = match purpose {
            Purpose::Data => 0x80,
            Purpose::Certificates => 0x04,
            Purpose::Crls => 0x02,
        };
        let usage = match self
            .extension(KEY_USAGE)
            .map(der::asn1::BitStringRef::from_der)
        {
            Some(Ok(bits)) => bits.raw_bytes().first().copied().unwrap_or_default(),
            Some(Err(_)) => return Some(Fault::Malformed(KEY_USAGE)),
            None => 0,
        };
        if usage & bit == 0 {
            return Some(Fault::Usage(purpose));
        }
        let is_authority = match self
            .extension(BASIC_CONSTRAINTS)
            .map(x509_cert::ext::pkix::BasicConstraints::from_der)
        {
            Some(Ok(constraints)) => constraints.ca,
            Some(Err(_)) => return Some(Fault::Malformed(BASIC_CONSTRAINTS)),
            None => false,
        };
        match purpose {
            Purpose::Data if is_authority => Some(Fault::Authority),
            Purpose::Certificates if !is_authority => Some(Fault::NotAuthority),
            _ => None,
        }
    }

    /// The one extension with this OID: its OCTET STRING's content. `None` when there is none or several.
    pub fn extension(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        let mut found = self.extensions.iter().filter(|(id, _)| *id == oid);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

/// A certificate revocation list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crl {
    /// To-be-signed part and signature.
    pub signed: Signed,
    /// Distinguished name of the issuer, RFC 4514.
    pub issuer: String,
    /// When it is valid: thisUpdate to the last second before nextUpdate.
    pub window: Window,
    /// CRL number, big endian without leading zeros; `None` when the list has none (RFC 5280, section 5.2.3).
    pub number: Option<Vec<u8>>,
    /// Why it cannot be relied on, whoever signed it.
    pub fault: Option<Fault>,
    revoked: Vec<Vec<u8>>,
}

impl Crl {
    /// Reads one CRL.
    ///
    /// # Errors
    /// [`MalformedX509`] with the offset; a CRL without nextUpdate is refused too, as it could never expire.
    pub fn from_der(der: &[u8]) -> Result<Self, MalformedX509> {
        let list: x509_cert::crl::CertificateList = x509_cert::crl::CertificateList::from_der(der)?;
        let tbs = &list.tbs_cert_list;
        let number = tbs
            .crl_extensions
            .iter()
            .flatten()
            .find(|extension| extension.extn_id == CRL_NUMBER)
            .and_then(|extension| {
                der::asn1::UintRef::from_der(extension.extn_value.as_bytes()).ok()
            })
            .map(|number| number.as_bytes().to_vec());
        Ok(Self {
            signed: Signed {
                message: first_element(der)?,
                signature: list.signature.raw_bytes().to_vec(),
            },
            issuer: text_of(&tbs.issuer),
            window: Window {
                from: tbs.this_update.to_unix_duration().as_secs(),
                // The engine holds a CRL to be expired from the very second of nextUpdate on.
                to: tbs
                    .next_update
                    .ok_or(MalformedX509 { at: None })?
                    .to_unix_duration()
                    .as_secs()
                    .saturating_sub(1),
            },
            fault: if tbs.signature == list.signature_algorithm {
                crl_fault(tbs, number.as_deref())
            } else {
                Some(Fault::Algorithms)
            },
            number,
            revoked: tbs
                .revoked_certificates
                .iter()
                .flatten()
                .map(|entry| entry.serial_number.as_bytes().to_vec())
                .collect(),
        })
    }

    /// Whether the issuer is Intel's, with this common name.
    pub fn is_issued_by(&self, common_name: &str) -> bool {
        is_intels(&self.issuer, common_name)
    }

    /// How many certificates it lists.
    pub const fn revoked_count(&self) -> usize {
        self.revoked.len()
    }

    /// Whether it lists the certificate's serial number.
    pub fn revokes(&self, certificate: &Certificate) -> bool {
        self.revoked.contains(&certificate.serial)
    }
}

/// An extension that stands there more than once (RFC 5280, sections 4.2 and 5.2).
///
/// This is asked before any signature, so one pass has to do: a field has room for tens of thousands.
fn doubled(extensions: &[Extension]) -> Option<Fault> {
    let mut seen = HashSet::new();
    extensions
        .iter()
        .find(|extension| !seen.insert(extension.extn_id))
        .map(|extension| Fault::Twice(extension.extn_id))
}

/// A critical extension besides those that are processed (RFC 5280, sections 4.2 and 5.2).
fn critical(extensions: &[Extension], processed: &[ObjectIdentifier]) -> Option<Fault> {
    extensions
        .iter()
        .find(|extension| extension.critical && !processed.contains(&extension.extn_id))
        .map(|extension| Fault::Critical(extension.extn_id))
}

fn certificate_fault(extensions: &[Extension]) -> Option<Fault> {
    let limited = || {
        extensions
            .iter()
            .find(|extension| [NAME_CONSTRAINTS, EXTENDED_KEY_USAGE].contains(&extension.extn_id))
            .map(|extension| Fault::Limited(extension.extn_id))
    };
    doubled(extensions)
        .or_else(limited)
        .or_else(|| critical(extensions, &[KEY_USAGE, BASIC_CONSTRAINTS]))
}

fn crl_fault(tbs: &x509_cert::crl::TbsCertList, number: Option<&[u8]>) -> Option<Fault> {
    let extensions = tbs.crl_extensions.as_deref().unwrap_or_default();
    let has = |id| extensions.iter().any(|extension| extension.extn_id == id);
    if let Some(doubled) = doubled(extensions) {
        return Some(doubled);
    }
    if has(DELTA_CRL_INDICATOR) {
        return Some(Fault::Delta);
    }
    if has(ISSUING_DISTRIBUTION_POINT) {
        return Some(Fault::Part);
    }
    if number.is_none_or(|number| number.len() > LONGEST_CRL_NUMBER) {
        return Some(Fault::CrlNumber);
    }
    critical(extensions, &[CRL_NUMBER, AUTHORITY_KEY_IDENTIFIER]).or_else(|| {
        tbs.revoked_certificates
            .iter()
            .flatten()
            .find_map(|entry| entry_fault(entry.crl_entry_extensions.as_deref()?))
    })
}

fn entry_fault(extensions: &[Extension]) -> Option<Fault> {
    if extensions
        .iter()
        .any(|extension| extension.extn_id == CERTIFICATE_ISSUER)
    {
        return Some(Fault::Indirect);
    }
    doubled(extensions).or_else(|| critical(extensions, &[]))
}

thread_local! {
    /// Texts of names, by their DER.
    static NAMES: RefCell<Recent<Vec<u8>, String>> = const { RefCell::new(Recent::new(MOST_NAMES)) };
    /// Signers of collateral and CAs, by their DER.
    static SIGNERS: RefCell<Recent<Vec<u8>, Certificate>> = const { RefCell::new(Recent::new(MOST_SIGNERS)) };
}

/// All chains of Intel's have a handful of names; anyone's own could be without end.
const MOST_NAMES: usize = 64;

/// Largest name that is put into words, and kept: Intel's have 110 bytes. Of one with 60,000 parts that took half a second.
const LARGEST_NAME: usize = 1024;

/// The same of the certificates in Intel's issuer chains.
const MOST_SIGNERS: usize = 16;

/// Largest certificate that is kept: Intel's have 700 bytes.
const LARGEST_SIGNER: usize = 4 * 1024;

/// A name as RFC 4514 writes it.
///
/// The library looks each attribute up in a table of all that were ever registered, which took a third of a verification:
/// the same few names come again and again, so their texts are kept.
fn text_of(name: &x509_cert::name::Name) -> String {
    let Ok(der) = name.to_der() else {
        return name.to_string();
    };
    if der.len() > LARGEST_NAME {
        // Nobody reads such a name, and it is none of Intel's. It differs from every other one all the same.
        return format!(
            "a name of {} bytes with the SHA-256 {}",
            der.len(),
            hex::encode(sha256(&der))
        );
    }
    NAMES.with(|names| {
        let known = names.borrow().recall(|known| *known == der);
        known.unwrap_or_else(|| {
            let text = name.to_string();
            names.borrow_mut().add(der, text.clone());
            text
        })
    })
}

/// Whether a name is Intel's, with this common name.
fn is_intels(name: &str, common_name: &str) -> bool {
    name.strip_prefix(INTEL_NAME) == Some(common_name)
}

/// The first element of an outer SEQUENCE with its header: what X.509 signs.
fn first_element(der: &[u8]) -> Result<Vec<u8>, MalformedX509> {
    let mut outer = SliceReader::new(der)?;
    let header = der::Header::decode(&mut outer)?;
    let content = outer.read_slice(header.length())?;
    let mut inner = SliceReader::new(content)?;
    Ok(inner.tlv_bytes()?.to_vec())
}

/// DER `ECDSA-Sig-Value` of a raw signature `r ‖ s` of 64 bytes, as quotes and collateral carry it.
pub fn ecdsa_sig_value(raw: &[u8]) -> Vec<u8> {
    let (r, s) = raw.split_at_checked(32).unwrap_or((raw, &[]));
    let encode = || -> Result<Vec<u8>, der::Error> {
        let integers = [der::asn1::UintRef::new(r)?, der::asn1::UintRef::new(s)?];
        integers.to_vec().to_der()
    };
    // Two integers of at most 64 bytes always fit; an empty signature verifies under no key.
    encode().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raw_signature_is_encoded_with_minimal_integers() {
        let mut raw = [0; 64];
        raw[31] = 0x80;
        raw[63] = 0x01;
        assert_eq!(
            ecdsa_sig_value(&raw),
            [0x30, 7, 0x02, 2, 0x00, 0x80, 0x02, 1, 0x01]
        );
    }

    #[test]
    fn a_names_text_is_its_own_the_second_time_too_and_few_are_kept() {
        use std::str::FromStr as _;

        for round in 0..2 {
            for number in 0..MOST_NAMES + 9 {
                let text = format!("CN=name {number},O=somebody");
                let name = x509_cert::name::Name::from_str(&text).unwrap();
                assert_eq!(text_of(&name), text, "round {round}");
                assert_eq!(text_of(&name), name.to_string());
            }
        }
        assert_eq!(NAMES.with(|names| names.borrow().len()), MOST_NAMES);
    }

    #[test]
    fn a_name_longer_than_any_is_not_put_into_words() {
        use std::str::FromStr as _;

        let name = |parts: usize, last: &str| {
            let text = vec!["CN=x"; parts].join(",") + ",CN=" + last;
            text_of(&x509_cert::name::Name::from_str(&text).unwrap())
        };
        let long = name(1000, "a");
        assert!(long.starts_with("a name of ") && long.len() < 150, "{long}");
        assert_ne!(long, name(1000, "b"));
        assert_eq!(long, name(1000, "a"));
        assert!(name(10, "a").starts_with("CN=x,"));
    }

    #[test]
    fn a_signer_is_recalled_by_all_of_its_bytes_and_only_signers_of_collateral_are() {
        let kept = || SIGNERS.with(|signers| signers.borrow().len());
        let der = forge::root_der();
        let read = Certificate::from_der(&der).unwrap();
        assert_eq!(kept(), 0, "a certificate by itself may be a machine's");
        for round in 0..2 {
            assert_eq!(
                Certificate::signer_from_der(&der).unwrap(),
                read,
                "round {round}"
            );
            assert_eq!(Certificate::from_der(&der).unwrap(), read);
            assert_eq!(kept(), 1);
        }
        for at in 0..der.len() {
            let mut other = der.clone();
            other[at] ^= 1;
            assert_eq!(
                Certificate::from_der(&other),
                Certificate::parse(&other),
                "byte {at}"
            );
        }
    }

    #[test]
    fn extensions_without_number_are_told_apart_in_one_pass() {
        let extension = |number: u32| Extension {
            extn_id: ObjectIdentifier::new(&format!("1.2.{number}")).unwrap(),
            critical: false,
            extn_value: der::asn1::OctetString::new([]).unwrap(),
        };
        // As many as a field of a mebibyte holds.
        let mut extensions: Vec<Extension> = (0..60_000).map(extension).collect();
        // With every pair compared, this line takes a dozen seconds.
        assert_eq!(doubled(&extensions), None);
        extensions.push(extension(7));
        assert_eq!(
            doubled(&extensions),
            Some(Fault::Twice(extension(7).extn_id))
        );
    }

    #[test]
    fn a_window_includes_both_ends() {
        let window = Window { from: 10, to: 20 };
        assert!([10, 15, 20].into_iter().all(|at| window.holds(at)));
        assert!([9, 21].into_iter().all(|at| !window.holds(at)));
    }
}

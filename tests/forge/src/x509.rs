//! Certificates as Intel writes them: the same names, the same extensions in the same order.

use serde::Deserialize;

use crate::bytes::Hex;
use crate::der;
use crate::keys::{Key, Signing};
use crate::pki::CertificateName;

/// What one certificate says. `None` is: what is right for the certificate in this place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CertificateSpec {
    /// Start of validity, as `2040-01-01T00:00:00Z`.
    pub not_before: String,
    /// End of validity, likewise.
    pub not_after: String,
    /// The common name of the subject. What it issues names its issuer so.
    pub subject_cn: Option<String>,
    /// The common name of the issuer, whoever signed.
    pub issuer_cn: Option<String>,
    /// Who issues it: gives name, key identifier and signature.
    pub issuer: Option<CertificateName>,
    /// The serial number, big-endian.
    pub serial: Option<Hex>,
    /// The label of another key for the subject, with which it then signs too: a CA that was given a new key.
    pub key: Option<String>,
    /// basicConstraints' cA.
    pub ca: Option<bool>,
    /// basicConstraints' pathLenConstraint.
    pub path_len: Option<u8>,
    /// The octet of keyUsage: 0x06 is keyCertSign and cRLSign, 0xc0 digitalSignature and nonRepudiation.
    pub key_usage: Option<u8>,
    /// Dotted identifiers of the extensions to leave out.
    pub extensions_absent: Vec<String>,
    /// Extensions to add at the end.
    pub extensions_added: Vec<ExtensionSpec>,
    /// The dotted identifier of the algorithm that the signed part names.
    pub inner_algorithm: Option<String>,
}

/// An extension to add to a certificate or a CRL.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionSpec {
    /// The dotted identifier.
    pub oid: String,
    /// Whether a verifier that does not know it has to refuse.
    #[serde(default)]
    pub critical: bool,
    /// The DER inside the extension's OCTET STRING.
    pub value: Hex,
}

impl Default for CertificateSpec {
    fn default() -> Self {
        Self {
            not_before: "2020-01-01T00:00:00Z".to_owned(),
            not_after: "2049-12-31T23:59:59Z".to_owned(),
            subject_cn: None,
            issuer_cn: None,
            issuer: None,
            serial: None,
            key: None,
            ca: None,
            path_len: None,
            key_usage: None,
            extensions_absent: Vec::new(),
            extensions_added: Vec::new(),
            inner_algorithm: None,
        }
    }
}

/// Somebody with a name and a key.
pub(crate) struct Entity {
    pub(crate) cn: String,
    pub(crate) key: Key,
}

/// What the certificate's place in the PKI makes of it, where its specification says nothing.
pub(crate) struct Profile {
    /// pathLenConstraint of a CA; `None` for an end entity.
    pub(crate) ca_path_len: Option<u8>,
    pub(crate) crl_url: String,
    /// Values of the SGX extensions: one in a PCK certificate, none elsewhere, two if a test wants so.
    pub(crate) sgx_extensions: Vec<Vec<u8>>,
}

pub(crate) const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
const CRL_DISTRIBUTION_POINTS: &str = "2.5.29.31";
const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";
const KEY_USAGE: &str = "2.5.29.15";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const ECDSA_WITH_SHA256: &str = "1.2.840.10045.4.3.2";
const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const PRIME256V1: &str = "1.2.840.10045.3.1.7";

/// Makes and signs a certificate.
pub(crate) fn certificate(
    spec: &CertificateSpec,
    profile: &Profile,
    subject: &Entity,
    issuer: &Entity,
    signing: Signing,
) -> Vec<u8> {
    let to_be_signed = der::sequence([
        der::constructed(der::explicit(0), [der::integer(2)]),
        der::unsigned(&serial(spec, &subject.key)),
        algorithm(spec.inner_algorithm.as_deref()),
        name(spec.issuer_cn.as_ref().unwrap_or(&issuer.cn)),
        der::sequence([der::time(&spec.not_before), der::time(&spec.not_after)]),
        name(&subject.cn),
        public_key_info(&subject.key),
        der::constructed(
            der::explicit(3),
            [der::sequence(extensions(spec, profile, subject, issuer))],
        ),
    ]);
    signed(to_be_signed, &issuer.key, signing)
}

/// The serial number of the certificate that this specification makes for this key.
pub(crate) fn serial(spec: &CertificateSpec, key: &Key) -> Vec<u8> {
    match &spec.serial {
        Some(Hex(serial)) => serial.clone(),
        None => key.id().to_vec(),
    }
}

/// The sequence of what is signed, the algorithm, and the signature: a certificate or a CRL.
pub(crate) fn signed(to_be_signed: Vec<u8>, key: &Key, signing: Signing) -> Vec<u8> {
    let signature = der::ecdsa_signature(&key.sign(&to_be_signed, signing));
    der::sequence([to_be_signed, ecdsa_with_sha256(), der::bits(&signature)])
}

/// The AlgorithmIdentifier of every signature in Intel's PKI.
fn ecdsa_with_sha256() -> Vec<u8> {
    algorithm(None)
}

/// The AlgorithmIdentifier in what is signed: of the signature, or another.
pub(crate) fn algorithm(dotted: Option<&str>) -> Vec<u8> {
    der::sequence([der::oid(dotted.unwrap_or(ECDSA_WITH_SHA256))])
}

/// Intel's distinguished name, around a common name.
pub(crate) fn name(cn: &str) -> Vec<u8> {
    let attribute = |oid, tag, value: &str| {
        let pair = der::sequence([der::oid(oid), der::tlv(tag, value.as_bytes())]);
        der::constructed(der::SET, [pair])
    };
    der::sequence([
        attribute("2.5.4.3", der::UTF8_STRING, cn),
        attribute("2.5.4.10", der::UTF8_STRING, "Intel Corporation"),
        attribute("2.5.4.7", der::UTF8_STRING, "Santa Clara"),
        attribute("2.5.4.8", der::UTF8_STRING, "CA"),
        attribute("2.5.4.6", der::PRINTABLE_STRING, "US"),
    ])
}

/// An extension, with its criticality.
pub(crate) fn extension(oid: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    // critical is FALSE by default, and DER leaves defaults out.
    let flag = critical.then(|| der::boolean(true));
    let parts = [Some(der::oid(oid)), flag, Some(der::octets(value))];
    der::sequence(parts.into_iter().flatten())
}

/// The value of an authorityKeyIdentifier extension that names this key.
pub(crate) fn authority_key_identifier(key: &Key) -> Vec<u8> {
    der::sequence([der::tlv(der::implicit(0), &key.id())])
}

fn public_key_info(key: &Key) -> Vec<u8> {
    der::sequence([
        der::sequence([der::oid(EC_PUBLIC_KEY), der::oid(PRIME256V1)]),
        der::bits(&[&[4], &key.public()[..]].concat()),
    ])
}

fn extensions(
    spec: &CertificateSpec,
    profile: &Profile,
    subject: &Entity,
    issuer: &Entity,
) -> Vec<Vec<u8>> {
    let is_ca = spec.ca.unwrap_or(profile.ca_path_len.is_some());
    let usage = spec.key_usage.unwrap_or(if is_ca { 0x06 } else { 0xc0 });
    let mut list = vec![
        (
            AUTHORITY_KEY_IDENTIFIER,
            false,
            authority_key_identifier(&issuer.key),
        ),
        (
            CRL_DISTRIBUTION_POINTS,
            false,
            distribution_point(&profile.crl_url),
        ),
        (
            SUBJECT_KEY_IDENTIFIER,
            false,
            der::octets(&subject.key.id()),
        ),
        (KEY_USAGE, true, key_usage(usage)),
        (
            BASIC_CONSTRAINTS,
            true,
            basic_constraints(is_ca, spec.path_len.or(profile.ca_path_len)),
        ),
    ];
    for value in &profile.sgx_extensions {
        list.push((crate::pck::SGX_EXTENSIONS, false, value.clone()));
    }
    for added in &spec.extensions_added {
        list.push((&added.oid, added.critical, added.value.0.clone()));
    }
    list.into_iter()
        .filter(|(oid, ..)| !spec.extensions_absent.iter().any(|absent| absent == oid))
        .map(|(oid, critical, value)| extension(oid, critical, &value))
        .collect()
}

fn distribution_point(url: &str) -> Vec<u8> {
    let uri = der::tlv(der::implicit(6), url.as_bytes());
    let full_name = der::constructed(der::explicit(0), [uri]);
    let point = der::sequence([der::constructed(der::explicit(0), [full_name])]);
    der::sequence([point])
}

fn key_usage(octet: u8) -> Vec<u8> {
    let unused = octet.trailing_zeros().min(7) as u8;
    der::tlv(der::BIT_STRING, &[unused, octet])
}

fn basic_constraints(is_ca: bool, path_len: Option<u8>) -> Vec<u8> {
    // cA is FALSE by default, and DER leaves defaults out.
    let flag = is_ca.then(|| der::boolean(true));
    let path_len = path_len.map(|length| der::integer(length.into()));
    der::sequence(flag.into_iter().chain(path_len))
}

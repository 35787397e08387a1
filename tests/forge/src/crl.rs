//! Certificate revocation lists: the root's, over CAs and TCB signing, and the PCK CA's, over PCK certificates.

use serde::Deserialize;

use crate::bytes::Hex;
use crate::der;
use crate::keys::{Signing, derive};
use crate::pki::{CertificateName, Pki};
use crate::x509::{self, ExtensionSpec};

/// What one CRL says. `None` is: what is right for this CRL.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrlSpec {
    /// thisUpdate, as `2040-01-01T00:00:00Z`; the specification's `collateral_issued` by default.
    pub this_update: Option<String>,
    /// nextUpdate, likewise; `collateral_next_update` by default.
    pub next_update: Option<String>,
    /// There is no nextUpdate at all.
    pub next_update_absent: bool,
    /// CRL number. Intel's is always 1.
    pub number: u64,
    /// The same as big-endian bytes, for one that is longer.
    pub number_bytes: Option<Hex>,
    /// There is no CRL number at all.
    pub number_absent: bool,
    /// Extensions to add at the end.
    pub extensions_added: Vec<ExtensionSpec>,
    /// The same of every entry.
    pub entry_extensions_added: Vec<ExtensionSpec>,
    /// The dotted identifier of the algorithm that the signed part names.
    pub inner_algorithm: Option<String>,
    /// Who issues the CRL: gives name, key identifier and signature.
    pub issuer: Option<CertificateName>,
    /// The common name of the issuer, whoever signed.
    pub issuer_cn: Option<String>,
    /// Serial numbers that are revoked beside those of `revoked`, big-endian.
    pub revoked_serials: Vec<Hex>,
}

impl Default for CrlSpec {
    fn default() -> Self {
        Self {
            this_update: None,
            next_update: None,
            next_update_absent: false,
            number: 1,
            number_bytes: None,
            number_absent: false,
            extensions_added: Vec::new(),
            entry_extensions_added: Vec::new(),
            inner_algorithm: None,
            issuer: None,
            issuer_cn: None,
            revoked_serials: Vec::new(),
        }
    }
}

/// Both CRLs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Crls {
    /// The root CA's.
    pub root: CrlSpec,
    /// The PCK CA's.
    pub pck: CrlSpec,
}

/// What a CRL takes from the rest of the specification.
pub(crate) struct Context<'a> {
    pub(crate) pki: &'a Pki<'a>,
    pub(crate) issuer: CertificateName,
    pub(crate) revoked: Vec<CertificateName>,
    pub(crate) issued: &'a str,
    pub(crate) next_update: &'a str,
    pub(crate) signing: Signing,
}

const CRL_NUMBER: &str = "2.5.29.20";
const REASON_CODE: &str = "2.5.29.21";
const KEY_COMPROMISE: u8 = 1;

/// Serial numbers of strangers for the PCK CA's CRL, so that it has entries when nothing here is revoked.
pub(crate) fn strangers() -> [Hex; 2] {
    ["one stranger", "another stranger"].map(|label| Hex(derive::<20>(label).to_vec()))
}

/// Makes and signs a CRL.
pub(crate) fn crl(spec: &CrlSpec, context: &Context) -> Vec<u8> {
    let issuer = context.pki.entity(spec.issuer.unwrap_or(context.issuer));
    let this_update = spec.this_update.as_deref().unwrap_or(context.issued);
    let next_update = spec.next_update.as_deref().unwrap_or(context.next_update);
    let ours = context.revoked.iter().map(|name| context.pki.serial(*name));
    let others = spec.revoked_serials.iter().map(|serial| serial.0.clone());
    let entries: Vec<Vec<u8>> = ours
        .chain(others)
        .map(|serial| entry(&serial, this_update, &spec.entry_extensions_added))
        .collect();

    let mut fields = vec![
        der::integer(1),
        x509::algorithm(spec.inner_algorithm.as_deref()),
        x509::name(spec.issuer_cn.as_ref().unwrap_or(&issuer.cn)),
        der::time(this_update),
    ];
    if !spec.next_update_absent {
        fields.push(der::time(next_update));
    }
    // RFC 5280, 5.1.2.6: a list without entries is not there at all.
    if !entries.is_empty() {
        fields.push(der::sequence(entries));
    }
    let number = match &spec.number_bytes {
        Some(Hex(number)) => der::unsigned(number),
        None => der::integer(spec.number),
    };
    let number = (!spec.number_absent).then(|| x509::extension(CRL_NUMBER, false, &number));
    let key_identifier = x509::extension(
        x509::AUTHORITY_KEY_IDENTIFIER,
        false,
        &x509::authority_key_identifier(&issuer.key),
    );
    let extensions = number
        .into_iter()
        .chain([key_identifier])
        .chain(added(&spec.extensions_added));
    fields.push(der::constructed(
        der::explicit(0),
        [der::sequence(extensions)],
    ));
    x509::signed(der::sequence(fields), &issuer.key, context.signing)
}

fn entry(serial: &[u8], date: &str, extensions: &[ExtensionSpec]) -> Vec<u8> {
    let reason = der::tlv(der::ENUMERATED, &[KEY_COMPROMISE]);
    let reason = x509::extension(REASON_CODE, false, &reason);
    der::sequence([
        der::unsigned(serial),
        der::time(date),
        der::sequence([reason].into_iter().chain(added(extensions))),
    ])
}

fn added(extensions: &[ExtensionSpec]) -> impl Iterator<Item = Vec<u8>> {
    extensions
        .iter()
        .map(|added| x509::extension(&added.oid, added.critical, &added.value.0))
}

//! The specification of a forged ceremony: everything is right unless it says otherwise.

use serde::Deserialize;

use crate::body::{SgxBody, TdBody};
use crate::bytes::Bytes;
use crate::collateral::collateral;
use crate::crl::Crls;
use crate::json::Overrides;
use crate::keys::Signing;
use crate::pck::PckSpec;
use crate::pki::{CertificateName, Certificates, Chains, Pki};
use crate::qe::QeSpec;
use crate::qe_identity::QeIdentitySpec;
use crate::quote::{Header, Layout, quote};
use crate::tcb_info::TcbInfoSpec;

/// What to forge. In JSON, only what differs from the default is written: `{"tee":"tdx15","debug":true}`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForgeSpec {
    /// The kind of quote.
    pub tee: Tee,
    /// The TEE that TCB info and QE identity are for, if not that of the quote.
    pub collateral_tee: Option<Tee>,
    /// The label from which PPID, platform instance ID, QE ID, PCK and attestation key are made.
    pub machine: String,
    /// Which CA issued the PCK certificate.
    pub ca: Ca,
    /// Which root everything hangs from.
    pub root: RootChoice,
    /// `report_data`: the challenge, filled with zeros to 64 bytes. The bytes 01 to 20 by default.
    #[serde(alias = "report_data")]
    pub challenge: Bytes<64>,
    /// The enclave or the TD can be debugged.
    pub debug: bool,

    /// Status of the first TCB level, which the platform meets. Any text.
    pub tcb_status: String,
    /// Advisories of that level.
    pub advisories: Vec<String>,
    /// Every TCB level asks for more than the platform has.
    pub no_matching_level: bool,
    /// Status of the QE's first level, which the QE meets. Any text.
    pub qe_tcb_status: String,
    /// Advisories of that level.
    pub qe_advisories: Vec<String>,
    /// Status of the first level of both TDX module identities, which the TDX module meets. Any text.
    pub tdx_module_status: String,
    /// Advisories of that level.
    pub tdx_module_advisories: Vec<String>,

    /// When all of the collateral was issued, where its pieces don't say otherwise.
    pub collateral_issued: String,
    /// When all of the collateral ends, likewise.
    pub collateral_next_update: String,
    /// Certificates to list as revoked, in the CRL of their issuer.
    pub revoked: Vec<CertificateName>,
    /// How each signature is made.
    pub signatures: Signatures,

    /// The quote's header.
    pub header: Header,
    /// The report body of an enclave.
    pub sgx: SgxBody,
    /// The report body of a TD.
    pub td: TdBody,
    /// The quoting enclave.
    pub qe: QeSpec,
    /// The quote's layout.
    pub layout: Layout,
    /// What the PCK certificate says about the platform.
    pub pck: PckSpec,
    /// What certificates say otherwise.
    pub certificates: Certificates,
    /// Which certificates are handed out where.
    pub chains: Chains,
    /// The CRLs.
    pub crls: Crls,
    /// The TCB info.
    pub tcb_info: TcbInfoSpec,
    /// The QE identity.
    pub qe_identity: QeIdentitySpec,
    /// Members of the finished collateral file to replace, to add, or (with `null`) to take away.
    pub collateral_raw: Overrides,
}

/// A kind of quote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Tee {
    /// Version 3: an SGX enclave.
    #[default]
    #[serde(rename = "sgx")]
    Sgx,
    /// Version 4: a TD under TDX 1.0.
    #[serde(rename = "tdx10")]
    Tdx10,
    /// Version 5, body type 2: a TD under TDX 1.0.
    #[serde(rename = "tdx10v5")]
    Tdx10v5,
    /// Version 5, body type 3: a TD under TDX 1.5.
    #[serde(rename = "tdx15")]
    Tdx15,
    /// Version 5, body type 4: a TD under TDX 1.5, with the service TD and device fields.
    #[serde(rename = "tdx15ex")]
    Tdx15ex,
    /// Version 4: an SGX enclave. Sound, but DCAP verifiers commonly don't take it.
    #[serde(rename = "sgx_v4")]
    SgxV4,
    /// Version 5, body type 1: an SGX enclave. Likewise.
    #[serde(rename = "sgx_v5")]
    SgxV5,
    /// Version 2: an SGX enclave, and no DCAP quote: an EPID group's signature. The header's key type is its signature's type, 0
    /// or 1.
    #[serde(rename = "epid")]
    Epid,
}

/// A CA that issues PCK certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ca {
    /// For platforms of several packages: its certificates hold platform instance ID and configuration.
    #[default]
    Platform,
    /// For single processors.
    Processor,
}

/// A root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RootChoice {
    /// The one of [`crate::root_der`].
    #[default]
    Forged,
    /// One with the same name and another key.
    Other,
}

/// How each signature is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Signatures {
    /// The root certificate's own.
    pub root: Signing,
    /// The root's on the PCK CA's certificate.
    pub pck_ca: Signing,
    /// The PCK CA's on the PCK certificate.
    pub pck: Signing,
    /// The root's on the TCB signing certificate.
    pub tcb_signer: Signing,
    /// TCB signing's on the TCB info.
    pub tcb_info: Signing,
    /// TCB signing's on the QE identity.
    pub qe_identity: Signing,
    /// The root's on its CRL.
    pub root_crl: Signing,
    /// The PCK CA's on its CRL.
    pub pck_crl: Signing,
    /// The PCK's on the QE report.
    pub qe_report: Signing,
    /// The attestation key's on header and report body.
    pub quote: Signing,
}

impl Default for ForgeSpec {
    fn default() -> Self {
        Self {
            tee: Tee::Sgx,
            collateral_tee: None,
            machine: "machine 1".to_owned(),
            ca: Ca::Platform,
            root: RootChoice::Forged,
            challenge: Bytes::padded(&(1..=32).collect::<Vec<u8>>()),
            debug: false,
            tcb_status: "UpToDate".to_owned(),
            advisories: Vec::new(),
            no_matching_level: false,
            qe_tcb_status: "UpToDate".to_owned(),
            qe_advisories: Vec::new(),
            tdx_module_status: "UpToDate".to_owned(),
            tdx_module_advisories: Vec::new(),
            collateral_issued: "2040-01-01T00:00:00Z".to_owned(),
            collateral_next_update: "2040-01-31T00:00:00Z".to_owned(),
            revoked: Vec::new(),
            signatures: Signatures::default(),
            header: Header::default(),
            sgx: SgxBody::default(),
            td: TdBody::default(),
            qe: QeSpec::default(),
            layout: Layout::default(),
            pck: PckSpec::default(),
            certificates: Certificates::default(),
            chains: Chains::default(),
            crls: Crls::default(),
            tcb_info: TcbInfoSpec::default(),
            qe_identity: QeIdentitySpec::default(),
            collateral_raw: Overrides::new(),
        }
    }
}

/// What was forged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forged {
    /// The quote.
    pub quote: Vec<u8>,
    /// The collateral, as a file of dcap-qvl's.
    pub collateral_json: String,
    /// The root at the end of the chains. It is [`crate::root_der`] unless the specification touches the root.
    pub root_der: Vec<u8>,
    /// The PCK certificate.
    pub pck_leaf_der: Vec<u8>,
    /// The SGX extensions in it: the value of 1.2.840.113741.1.13.1, whose hash is an old machine ID.
    pub sgx_extensions_der: Vec<u8>,
    /// The PPID in those.
    pub ppid: Vec<u8>,
    /// `report_data` of the quote.
    pub report_data: [u8; 64],
}

impl ForgeSpec {
    /// Forges. The same specification gives the same bytes, everywhere and always.
    ///
    /// Panics if the specification makes no sense: a certificate's date that is none, a patch beyond the quote's end.
    pub fn build(&self) -> Forged {
        let pki = Pki::new(self);
        Forged {
            quote: quote(self, &pki),
            collateral_json: collateral(self, &pki),
            root_der: pki.der(CertificateName::Root),
            pck_leaf_der: pki.der(CertificateName::Pck),
            sgx_extensions_der: self.pck.sgx_extensions(self.ca, &self.machine),
            ppid: self.pck.ppid(&self.machine),
            report_data: self.challenge.0,
        }
    }

    pub(crate) fn collateral_tee(&self) -> Tee {
        self.collateral_tee.unwrap_or(self.tee)
    }

    pub(crate) fn issued<'a>(&'a self, own: &'a Option<String>) -> &'a str {
        own.as_deref().unwrap_or(&self.collateral_issued)
    }

    pub(crate) fn next_update<'a>(&'a self, own: &'a Option<String>) -> &'a str {
        own.as_deref().unwrap_or(&self.collateral_next_update)
    }
}

impl Tee {
    /// Whether it is a TD that the quote is about.
    pub fn is_tdx(self) -> bool {
        !matches!(self, Self::Sgx | Self::SgxV4 | Self::SgxV5 | Self::Epid)
    }
}

//! The certificates by name: who issues whom, with which key, in which order they are handed out.

use serde::Deserialize;

use crate::keys::{Key, Signing};
use crate::spec::{Ca, ForgeSpec, RootChoice};
use crate::x509::{self, CertificateSpec, Entity, Profile};

/// A certificate of the forged PKI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateName {
    /// The root of the specification.
    Root,
    /// A root with the same name and another key, which nobody trusts.
    OtherRoot,
    /// The CA that issues the PCK certificate: Platform or Processor, as the specification says.
    PckCa,
    /// The other of the two, sound.
    OtherPckCa,
    /// The PCK certificate.
    Pck,
    /// A sound PCK certificate of another machine, from the same CA and with the same FMSPC.
    OtherPck,
    /// The certificate that signs TCB info and QE identity.
    TcbSigner,
}

/// What each certificate says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Certificates {
    /// The root as it stands at the end of the chains; a verifier trusts [`crate::root_der`] all the same.
    pub root: CertificateSpec,
    /// The PCK Platform or Processor CA.
    pub pck_ca: CertificateSpec,
    /// The PCK certificate; what it says about the platform is in [`crate::PckSpec`].
    pub pck: CertificateSpec,
    /// The TCB signing certificate.
    pub tcb_signer: CertificateSpec,
    /// The root that nobody trusts.
    pub other_root: CertificateSpec,
}

/// Which certificates are handed out where, and in which order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chains {
    /// In the quote's certification data.
    pub quote: Vec<CertificateName>,
    /// `pck_crl_issuer_chain` of the collateral.
    pub pck_crl: Vec<CertificateName>,
    /// `tcb_info_issuer_chain` of the collateral.
    pub tcb_info: Vec<CertificateName>,
    /// `qe_identity_issuer_chain` of the collateral.
    pub qe_identity: Vec<CertificateName>,
    /// `pck_certificate_chain` of the collateral, which is not there by default.
    pub pck_certificate: Option<Vec<CertificateName>>,
}

impl Default for Chains {
    fn default() -> Self {
        use CertificateName::{Pck, PckCa, Root, TcbSigner};
        Self {
            quote: vec![Pck, PckCa, Root],
            pck_crl: vec![PckCa, Root],
            tcb_info: vec![TcbSigner, Root],
            qe_identity: vec![TcbSigner, Root],
            pck_certificate: None,
        }
    }
}

/// The PKI of one specification. Certificates are made when asked for.
pub(crate) struct Pki<'a> {
    spec: &'a ForgeSpec,
}

impl<'a> Pki<'a> {
    pub(crate) fn new(spec: &'a ForgeSpec) -> Self {
        Self { spec }
    }

    /// The label from which everything of the machine whose quote this is derives.
    pub(crate) fn machine(&self) -> &str {
        &self.spec.machine
    }

    /// Name and key of the subject of a certificate.
    pub(crate) fn entity(&self, name: CertificateName) -> Entity {
        use CertificateName::*;
        let ca = match name {
            OtherPckCa => self.spec.ca.other(),
            _ => self.spec.ca,
        };
        let is_other_root = match name {
            Root => self.spec.root == RootChoice::Other,
            _ => name == OtherRoot,
        };
        let (cn, key) = match name {
            Root | OtherRoot => (
                "Intel SGX Root CA",
                if is_other_root {
                    "another root"
                } else {
                    "the root"
                }
                .to_owned(),
            ),
            PckCa | OtherPckCa => (ca.common_name(), ca.common_name().to_owned()),
            Pck => (
                "Intel SGX PCK Certificate",
                format!("PCK of {}", self.machine()),
            ),
            OtherPck => (
                "Intel SGX PCK Certificate",
                format!("PCK of {}", self.other_machine()),
            ),
            TcbSigner => ("Intel SGX TCB Signing", "TCB signing".to_owned()),
        };
        let spec = self.certificate(name);
        Entity {
            cn: spec.subject_cn.unwrap_or(cn.to_owned()),
            key: Key::new(&spec.key.unwrap_or(key)),
        }
    }

    /// The certificate, as DER.
    pub(crate) fn der(&self, name: CertificateName) -> Vec<u8> {
        use CertificateName::*;
        let spec = self.certificate(name);
        let issuer = spec.issuer.unwrap_or(match name {
            Root | PckCa | OtherPckCa | TcbSigner => Root,
            OtherRoot => OtherRoot,
            Pck | OtherPck => PckCa,
        });
        x509::certificate(
            &spec,
            &self.profile(name),
            &self.entity(name),
            &self.entity(issuer),
            self.signing(name),
        )
    }

    /// The serial number of the certificate, big-endian.
    pub(crate) fn serial(&self, name: CertificateName) -> Vec<u8> {
        x509::serial(&self.certificate(name), &self.entity(name).key)
    }

    /// The certificates as PEM, one after the other, each ending with a line feed, as Intel hands them out.
    pub(crate) fn pem(&self, names: &[CertificateName]) -> String {
        let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
        let block = |name: &CertificateName| {
            pem::encode_config(&pem::Pem::new("CERTIFICATE", self.der(*name)), config)
        };
        names.iter().map(block).collect()
    }

    fn other_machine(&self) -> String {
        format!("not {}", self.machine())
    }

    fn certificate(&self, name: CertificateName) -> CertificateSpec {
        use CertificateName::*;
        let certificates = &self.spec.certificates;
        match name {
            Root => certificates.root.clone(),
            PckCa => certificates.pck_ca.clone(),
            Pck => certificates.pck.clone(),
            TcbSigner => certificates.tcb_signer.clone(),
            OtherRoot => certificates.other_root.clone(),
            OtherPckCa | OtherPck => CertificateSpec::default(),
        }
    }

    fn signing(&self, name: CertificateName) -> Signing {
        use CertificateName::*;
        let signatures = &self.spec.signatures;
        match name {
            Root => signatures.root,
            PckCa => signatures.pck_ca,
            Pck => signatures.pck,
            TcbSigner => signatures.tcb_signer,
            OtherRoot | OtherPckCa | OtherPck => Signing::Sound,
        }
    }

    fn profile(&self, name: CertificateName) -> Profile {
        use CertificateName::*;
        let (pck, ca) = (&self.spec.pck, self.spec.ca);
        let root_crl = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";
        let pck_crl = "https://api.trustedservices.intel.com/sgx/certification/v4/pckcrl";
        Profile {
            ca_path_len: match name {
                Root | OtherRoot => Some(1),
                PckCa | OtherPckCa => Some(0),
                Pck | OtherPck | TcbSigner => None,
            },
            crl_url: match name {
                Pck | OtherPck => format!("{pck_crl}?ca={}&encoding=der", ca.id()),
                _ => root_crl.to_owned(),
            },
            sgx_extensions: match name {
                Pck => vec![pck.sgx_extensions(ca, self.machine()); pck.extensions_count],
                OtherPck => {
                    let sound = crate::PckSpec {
                        fmspc: pck.fmspc.clone(),
                        ..Default::default()
                    };
                    vec![sound.sgx_extensions(ca, &self.other_machine())]
                }
                _ => Vec::new(),
            },
        }
    }
}

impl Ca {
    /// The common name of the CA.
    pub fn common_name(self) -> &'static str {
        match self {
            Self::Platform => "Intel SGX PCK Platform CA",
            Self::Processor => "Intel SGX PCK Processor CA",
        }
    }

    /// The name of the CA in Intel's addresses.
    pub fn id(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Processor => "processor",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Platform => Self::Processor,
            Self::Processor => Self::Platform,
        }
    }
}

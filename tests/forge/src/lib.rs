//! A forged Intel for tests: its own root, PCK certificates, TCB info, QE identity, CRLs and quotes.
//!
//! A verifier that trusts [`root_der`] accepts what [`ForgeSpec::default`] builds, at the moment [`AT`]. Every field of
//! [`ForgeSpec`] is a knob that makes one thing different, so that a test can ask what a verifier says to exactly that.
//! There is no randomness and no clock in here: keys come from labels, and the same specification always gives the same
//! bytes. Nothing is shared with a verifier: what both sides read wrong in the same way, no test would find.
//!
//! | module | what it forges |
//! |---|---|
//! | `spec` | the specification as a whole, and `build` |
//! | `quote`, `body`, `qe` | the quote: header and layout, report bodies, the quoting enclave |
//! | `pki`, `x509`, `pck`, `crl` | certificates by name, their encoding, the SGX extensions, revocation |
//! | `collateral`, `tcb_info`, `qe_identity` | the collateral file and the two signed texts in it |
//! | `keys`, `der`, `json`, `bytes` | keys and signatures, and the encodings below all that |
//!
//! To add a knob: a field in the specification of the module that writes the bytes (its default being what is right),
//! the line that heeds it, and a case in `tests/engine.rs` that shows what it does.

mod body;
mod bytes;
mod collateral;
mod crl;
mod der;
mod json;
mod keys;
mod pck;
mod pki;
mod qe;
mod qe_identity;
mod quote;
mod spec;
mod tcb_info;
mod x509;

pub use body::{SgxBody, TdBody};
pub use bytes::{Bytes, Hex};
pub use crl::{CrlSpec, Crls};
pub use json::Overrides;
pub use keys::Signing;
pub use pck::{CPU_SVN, FMSPC, PCE_SVN, PckSpec};
pub use pki::{CertificateName, Certificates, Chains};
pub use qe::{Binding, QeSpec};
pub use qe_identity::{QeIdentitySpec, QeLevel, default_qe_levels};
pub use quote::{Header, INTEL_QE_VENDOR_ID, Layout, Patch};
pub use spec::{Ca, ForgeSpec, Forged, RootChoice, Signatures, Tee};
pub use tcb_info::{EVALUATION_NUMBER, TcbInfoSpec, TcbLevel, default_levels};
pub use x509::{CertificateSpec, ExtensionSpec};

/// 2040-01-02T00:00:00Z in seconds since 1970: a moment at which everything that the default forges is valid.
pub const AT: u64 = 2_209_075_200;

/// The self-signed certificate of the forged root, as DER.
pub fn root_der() -> Vec<u8> {
    pki::Pki::new(&ForgeSpec::default()).der(CertificateName::Root)
}

//! The quoting enclave: its report, which the PCK key signs, and the attestation key that the report vouches for.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::body::SgxBody;
use crate::bytes::{Bytes, Hex};
use crate::keys::{Key, derive};
use crate::spec::{ForgeSpec, Tee};

/// What the QE report says. `None` is: what the QE identity asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QeSpec {
    /// MRSIGNER.
    pub mr_signer: Option<Bytes<32>>,
    /// MRENCLAVE.
    pub mr_enclave: Bytes<32>,
    /// ISVPRODID: 1 for SGX, 2 for TDX.
    pub isv_prod_id: Option<u16>,
    /// ISVSVN.
    pub isv_svn: u16,
    /// MISCSELECT.
    pub misc_select: u32,
    /// ATTRIBUTES.
    pub attributes: Bytes<16>,
    /// The QE is a debug enclave.
    pub debug: bool,
    /// CPUSVN.
    pub cpu_svn: Bytes<16>,
    /// QE authentication data: 32 bytes of Intel's QE, and any number in the format.
    pub auth_data: Hex,
    /// What the first 32 bytes of the QE's `report_data` are the hash of.
    pub binding: Binding,
    /// The last 32 bytes of the QE's `report_data`, which are zero.
    pub report_data_tail: Bytes<32>,
}

/// What the QE report vouches for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// The attestation key and the QE authentication data of this quote.
    #[default]
    Sound,
    /// Another attestation key.
    OtherKey,
    /// Other QE authentication data.
    OtherAuthData,
    /// The attestation key and 32 zeros, whatever the QE authentication data are.
    ZeroAuthData,
    /// Nothing: the bytes are zero.
    Zero,
}

impl Default for QeSpec {
    fn default() -> Self {
        Self {
            mr_signer: None,
            mr_enclave: Bytes(derive("MRENCLAVE of the QE")),
            isv_prod_id: None,
            isv_svn: 8,
            misc_select: 0,
            // INIT, MODE64BIT and PROVISION_KEY.
            attributes: Bytes::padded(&[0x15, 0, 0, 0, 0, 0, 0, 0, 0xe7]),
            debug: false,
            cpu_svn: Bytes(crate::pck::CPU_SVN),
            auth_data: Hex((0..32).collect()),
            binding: Binding::Sound,
            report_data_tail: Bytes::default(),
        }
    }
}

impl QeSpec {
    /// The QE report, 384 bytes.
    pub(crate) fn report(&self, spec: &ForgeSpec) -> Vec<u8> {
        let body = SgxBody {
            cpu_svn: self.cpu_svn,
            misc_select: self.misc_select,
            attributes: self.attributes,
            mr_enclave: self.mr_enclave,
            mr_signer: self.mr_signer.unwrap_or(Bytes(spec.tee.qe_signer())),
            isv_prod_id: self.isv_prod_id.unwrap_or(spec.tee.qe_product()),
            isv_svn: self.isv_svn,
            ..SgxBody::default()
        };
        let mut report_data = [0; 64];
        report_data[..32].copy_from_slice(&self.bound(spec));
        report_data[32..].copy_from_slice(&self.report_data_tail.0);
        body.encode(&report_data, self.debug)
    }

    fn bound(&self, spec: &ForgeSpec) -> [u8; 32] {
        let hash = |key: &Key, auth_data: &[u8]| -> [u8; 32] {
            Sha256::digest([&key.public()[..], auth_data].concat()).into()
        };
        let key = attestation_key(spec);
        match self.binding {
            Binding::Sound => hash(&key, &self.auth_data.0),
            Binding::OtherKey => hash(&Key::new("an unbound attestation key"), &self.auth_data.0),
            Binding::OtherAuthData => hash(&key, b"other QE authentication data"),
            Binding::ZeroAuthData => hash(&key, &[0; 32]),
            Binding::Zero => [0; 32],
        }
    }
}

/// The key that the QE made on this machine, and that signs quotes.
pub(crate) fn attestation_key(spec: &ForgeSpec) -> Key {
    Key::new(&format!("attestation on {}", spec.machine))
}

impl Tee {
    /// MRSIGNER of the forged Intel's QE for this TEE.
    pub(crate) fn qe_signer(self) -> [u8; 32] {
        derive(if self.is_tdx() {
            "MRSIGNER of the TD QE"
        } else {
            "MRSIGNER of the QE"
        })
    }

    /// ISVPRODID of that QE.
    pub(crate) fn qe_product(self) -> u16 {
        if self.is_tdx() { 2 } else { 1 }
    }
}

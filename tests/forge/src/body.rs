//! Report bodies: what the CPU says of an enclave (384 bytes) or of a TD (584, 648 or 885 bytes).

use serde::Deserialize;

use crate::bytes::Bytes;
use crate::keys::derive;

/// The report body of an SGX enclave, field by field in its order (Intel's `sgx_report_body_t`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SgxBody {
    /// CPUSVN of the platform as it runs now.
    pub cpu_svn: Bytes<16>,
    /// MISCSELECT.
    pub misc_select: u32,
    /// Reserved, zero.
    pub reserved1: Bytes<12>,
    /// ISVEXTPRODID.
    pub isv_ext_prod_id: Bytes<16>,
    /// ATTRIBUTES; see also `init` here and `debug` of the specification.
    pub attributes: Bytes<16>,
    /// `false` clears the INIT bit in ATTRIBUTES.
    pub init: bool,
    /// MRENCLAVE.
    pub mr_enclave: Bytes<32>,
    /// Reserved, zero.
    pub reserved2: Bytes<32>,
    /// MRSIGNER.
    pub mr_signer: Bytes<32>,
    /// Reserved, zero.
    pub reserved3: Bytes<32>,
    /// CONFIGID.
    pub config_id: Bytes<64>,
    /// ISVPRODID.
    pub isv_prod_id: u16,
    /// ISVSVN.
    pub isv_svn: u16,
    /// CONFIGSVN.
    pub config_svn: u16,
    /// Reserved, zero.
    pub reserved4: Bytes<42>,
    /// ISVFAMILYID.
    pub isv_family_id: Bytes<16>,
}

impl Default for SgxBody {
    fn default() -> Self {
        Self {
            cpu_svn: Bytes(crate::pck::CPU_SVN),
            misc_select: 0,
            reserved1: Bytes::default(),
            isv_ext_prod_id: Bytes::default(),
            // INIT and MODE64BIT; XFRM with x87, SSE, AVX, AVX-512.
            attributes: Bytes::padded(&[0x05, 0, 0, 0, 0, 0, 0, 0, 0xe7]),
            init: true,
            mr_enclave: Bytes(derive("MRENCLAVE")),
            reserved2: Bytes::default(),
            mr_signer: Bytes(derive("MRSIGNER")),
            reserved3: Bytes::default(),
            config_id: Bytes::default(),
            isv_prod_id: 0,
            isv_svn: 0,
            config_svn: 0,
            reserved4: Bytes::default(),
            isv_family_id: Bytes::default(),
        }
    }
}

impl SgxBody {
    const INIT: u8 = 1;
    const DEBUG: u8 = 1 << 1;

    pub(crate) fn encode(&self, report_data: &[u8; 64], debug: bool) -> Vec<u8> {
        let mut attributes = self.attributes.0;
        if !self.init {
            attributes[0] &= !Self::INIT;
        }
        if debug {
            attributes[0] |= Self::DEBUG;
        }
        [
            &self.cpu_svn.0[..],
            &self.misc_select.to_le_bytes(),
            &self.reserved1.0,
            &self.isv_ext_prod_id.0,
            &attributes,
            &self.mr_enclave.0,
            &self.reserved2.0,
            &self.mr_signer.0,
            &self.reserved3.0,
            &self.config_id.0,
            &self.isv_prod_id.to_le_bytes(),
            &self.isv_svn.to_le_bytes(),
            &self.config_svn.to_le_bytes(),
            &self.reserved4.0,
            &self.isv_family_id.0,
            report_data,
        ]
        .concat()
    }
}

/// The report body of a TD, field by field in its order (Intel's `sgx_report2_body_t`, and its longer forms).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TdBody {
    /// TEE_TCB_SVN: ISVSVN and version of the TDX module, microcode, …
    pub tee_tcb_svn: Bytes<16>,
    /// MRSEAM.
    pub mr_seam: Bytes<48>,
    /// MRSIGNERSEAM.
    pub mr_signer_seam: Bytes<48>,
    /// SEAMATTRIBUTES.
    pub seam_attributes: Bytes<8>,
    /// TDATTRIBUTES before the flags below, and `debug` of the specification, are worked in.
    pub td_attributes: Bytes<8>,
    /// Sets PERF_PROF (bit 5): the TD is profiled.
    pub profiling: bool,
    /// Sets SERVTD_EXT (bit 17): the report holds service TDs.
    pub servtd_ext: bool,
    /// Sets MIGRATABLE (bit 29).
    pub migratable: bool,
    /// `false` clears SEPT_VE_DISABLE (bit 28).
    pub sept_ve_disable: bool,
    /// Any bits of TDATTRIBUTES to flip, by number, 0 to 63. 1–3, 7–15, 23–26 and 32–61 are reserved.
    pub flip_attribute_bits: Vec<u8>,
    /// XFAM.
    pub xfam: Bytes<8>,
    /// MRTD.
    pub mr_td: Bytes<48>,
    /// MRCONFIGID.
    pub mr_config_id: Bytes<48>,
    /// MROWNER.
    pub mr_owner: Bytes<48>,
    /// MROWNERCONFIG.
    pub mr_owner_config: Bytes<48>,
    /// RTMR0 to RTMR3.
    pub rtmr: [Bytes<48>; 4],
    /// 1.5 and later: TEE_TCB_SVN2, the TCB now; TEE_TCB_SVN is that of the TD's launch.
    pub tee_tcb_svn2: Bytes<16>,
    /// 1.5 and later: MRSERVICETD.
    pub mr_service_td: Bytes<48>,
    /// 1.5ex: index of the VM.
    pub vmid: u8,
    /// 1.5ex: the TD's own number.
    pub td_id: Bytes<32>,
    /// 1.5ex: hash of the device information.
    pub dev_info: Bytes<48>,
    /// 1.5ex: hash of the service TDs bound at creation.
    pub init_service_td_hash: Bytes<48>,
    /// 1.5ex: attributes of the service TD bound at creation.
    pub init_service_td_attributes: Bytes<8>,
    /// 1.5ex: CPUSVN at creation.
    pub init_cpu_svn: Bytes<16>,
    /// 1.5ex: TEE_TCB_SVN at creation.
    pub init_tee_tcb_svn: Bytes<16>,
    /// 1.5ex: model of the platform at creation.
    pub init_tee_fmspc: Bytes<12>,
    /// 1.5ex: hash of the service TDs bound now.
    pub cur_service_td_hash: Bytes<48>,
    /// 1.5ex: attributes of the service TD bound now.
    pub cur_service_td_attributes: Bytes<8>,
}

/// TDX module of generation 1 at the ISVSVN of its newest level, microcode at that of the first TCB level.
const TEE_TCB_SVN: &[u8] = &[11, 1, 4];

impl Default for TdBody {
    fn default() -> Self {
        Self {
            tee_tcb_svn: Bytes::padded(TEE_TCB_SVN),
            mr_seam: Bytes(derive("MRSEAM")),
            mr_signer_seam: Bytes::default(),
            seam_attributes: Bytes::default(),
            td_attributes: Bytes::padded(&[0, 0, 0, 0x10]),
            profiling: false,
            servtd_ext: false,
            migratable: false,
            sept_ve_disable: true,
            flip_attribute_bits: Vec::new(),
            xfam: Bytes::padded(&[0xe7, 0x02, 0x06]),
            mr_td: Bytes(derive("MRTD")),
            mr_config_id: Bytes::default(),
            mr_owner: Bytes::default(),
            mr_owner_config: Bytes::default(),
            rtmr: ["RTMR0", "RTMR1", "RTMR2", "RTMR3"].map(|label| Bytes(derive(label))),
            tee_tcb_svn2: Bytes::padded(TEE_TCB_SVN),
            mr_service_td: Bytes::default(),
            vmid: 0,
            td_id: Bytes(derive("TD_ID")),
            dev_info: Bytes::default(),
            init_service_td_hash: Bytes::default(),
            init_service_td_attributes: Bytes::default(),
            init_cpu_svn: Bytes(crate::pck::CPU_SVN),
            init_tee_tcb_svn: Bytes::padded(TEE_TCB_SVN),
            init_tee_fmspc: Bytes::padded(&crate::pck::FMSPC),
            cur_service_td_hash: Bytes::default(),
            cur_service_td_attributes: Bytes::default(),
        }
    }
}

impl TdBody {
    fn attributes(&self, debug: bool) -> u64 {
        let mut bits = u64::from_le_bytes(self.td_attributes.0);
        bits |= u64::from(debug);
        bits |= u64::from(self.profiling) << 5;
        bits |= u64::from(self.servtd_ext) << 17;
        bits |= u64::from(self.migratable) << 29;
        if !self.sept_ve_disable {
            bits &= !(1 << 28);
        }
        for bit in &self.flip_attribute_bits {
            bits ^= 1 << bit;
        }
        bits
    }

    /// The 584 bytes of TDX 1.0, with which the longer forms begin.
    pub(crate) fn encode_10(&self, report_data: &[u8; 64], debug: bool) -> Vec<u8> {
        [
            &self.tee_tcb_svn.0[..],
            &self.mr_seam.0,
            &self.mr_signer_seam.0,
            &self.seam_attributes.0,
            &self.attributes(debug).to_le_bytes(),
            &self.xfam.0,
            &self.mr_td.0,
            &self.mr_config_id.0,
            &self.mr_owner.0,
            &self.mr_owner_config.0,
            &self.rtmr.map(|rtmr| rtmr.0).concat(),
            report_data,
        ]
        .concat()
    }

    /// The 64 bytes that TDX 1.5 adds.
    pub(crate) fn encode_15(&self) -> Vec<u8> {
        [&self.tee_tcb_svn2.0[..], &self.mr_service_td.0].concat()
    }

    /// The 237 bytes that TDX 1.5ex adds to those.
    pub(crate) fn encode_15ex(&self) -> Vec<u8> {
        [
            &[self.vmid][..],
            &self.td_id.0,
            &self.dev_info.0,
            &self.init_service_td_hash.0,
            &self.init_service_td_attributes.0,
            &self.init_cpu_svn.0,
            &self.init_tee_tcb_svn.0,
            &self.init_tee_fmspc.0,
            &self.cur_service_td_hash.0,
            &self.cur_service_td_attributes.0,
        ]
        .concat()
    }
}

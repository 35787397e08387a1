//! The SGX extensions of a PCK certificate (Intel's "SGX PCK Certificate and CRL Profile Specification").

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::bytes::{Bytes, Hex};
use crate::der;
use crate::keys::derive;
use crate::spec::Ca;

pub(crate) const SGX_EXTENSIONS: &str = "1.2.840.113741.1.13.1";

/// The CPUSVN of the forged platform: exactly what the first TCB level asks for.
pub const CPU_SVN: [u8; 16] = [4, 4, 2, 2, 4, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0];
/// The PCESVN of the forged platform, likewise.
pub const PCE_SVN: u64 = 13;
/// The FMSPC of the forged platform. No two bytes are the same, so that a wrong order shows.
pub const FMSPC: [u8; 6] = [0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5];

/// What the PCK certificate says about the platform.
///
/// An entry is named by the end of its identifier, after `1.2.840.113741.1.13.1.`: `"1"` is the PPID, `"2.18"` the
/// CPUSVN, `"7.3"` the SMT flag.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PckSpec {
    /// PPID, of any length; made from the machine's label by default.
    pub ppid: Option<Hex>,
    /// CPUSVN (entry 2.18).
    pub cpu_svn: Bytes<16>,
    /// The TCB components (entries 2.1 to 2.16), if they are not the bytes of `cpu_svn`.
    pub components: Option<Vec<u64>>,
    /// PCESVN (entry 2.17).
    pub pce_svn: u64,
    /// PCEID, two bytes if right.
    pub pce_id: Hex,
    /// FMSPC, six bytes if right.
    pub fmspc: Hex,
    /// SGX type: 0 standard, 1 scalable, 2 scalable with integrity. By default 1 under the Platform CA, else 0.
    pub sgx_type: Option<u8>,
    /// Platform instance ID; only under the Platform CA, unless given here.
    pub platform_instance_id: Option<Hex>,
    /// Configuration: the platform can be extended. Only under the Platform CA.
    pub dynamic_platform: bool,
    /// Configuration: Intel's registration backend holds the platform's root keys.
    pub cached_keys: bool,
    /// Configuration: hyper-threading is on.
    pub smt_enabled: bool,
    /// Entry → DER (tag, length, content) to stand in the place of its value.
    pub der: BTreeMap<String, Hex>,
    /// Entries to leave out.
    pub absent: Vec<String>,
    /// Entry → DER of a second value: the entry stands there again, right after the first.
    pub again: BTreeMap<String, Hex>,
    /// DER to stand in the place of the whole SGX extensions value.
    pub extensions: Option<Hex>,
    /// How often the SGX extensions stand in the certificate.
    pub extensions_count: usize,
}

impl Default for PckSpec {
    fn default() -> Self {
        Self {
            ppid: None,
            cpu_svn: Bytes(CPU_SVN),
            components: None,
            pce_svn: PCE_SVN,
            pce_id: Hex(vec![0, 0]),
            fmspc: Hex(FMSPC.to_vec()),
            sgx_type: None,
            platform_instance_id: None,
            dynamic_platform: true,
            cached_keys: true,
            smt_enabled: true,
            der: BTreeMap::new(),
            absent: Vec::new(),
            again: BTreeMap::new(),
            extensions: None,
            extensions_count: 1,
        }
    }
}

impl PckSpec {
    /// The PPID of this specification on this machine.
    pub(crate) fn ppid(&self, machine: &str) -> Vec<u8> {
        match &self.ppid {
            Some(Hex(ppid)) => ppid.clone(),
            None => derive::<16>(&format!("PPID of {machine}")).to_vec(),
        }
    }

    /// The value of the extension [`SGX_EXTENSIONS`].
    pub(crate) fn sgx_extensions(&self, ca: Ca, machine: &str) -> Vec<u8> {
        if let Some(Hex(extensions)) = &self.extensions {
            return extensions.clone();
        }
        let sgx_type = self.sgx_type.unwrap_or(match ca {
            Ca::Processor => 0,
            Ca::Platform => 1,
        });
        let mut entries = vec![
            self.entry("1", der::octets(&self.ppid(machine))),
            self.entry("2", self.tcb()),
            self.entry("3", der::octets(&self.pce_id.0)),
            self.entry("4", der::octets(&self.fmspc.0)),
            self.entry("5", der::tlv(der::ENUMERATED, &[sgx_type])),
        ];
        match &self.platform_instance_id {
            Some(Hex(id)) => entries.push(self.entry("6", der::octets(id))),
            None if ca == Ca::Platform => {
                let id: [u8; 16] = derive(&format!("platform instance ID of {machine}"));
                entries.push(self.entry("6", der::octets(&id)));
            }
            None => {}
        }
        if ca == Ca::Platform {
            entries.push(self.entry("7", self.configuration()));
        }
        der::sequence(entries)
    }

    fn tcb(&self) -> Vec<u8> {
        let components = match &self.components {
            Some(components) => components.clone(),
            None => self.cpu_svn.0.map(u64::from).to_vec(),
        };
        let numbered = components.into_iter().zip(1..);
        let mut entries: Vec<Vec<u8>> = numbered
            .map(|(svn, number)| self.entry(&format!("2.{number}"), der::integer(svn)))
            .collect();
        entries.push(self.entry("2.17", der::integer(self.pce_svn)));
        entries.push(self.entry("2.18", der::octets(&self.cpu_svn.0)));
        der::sequence(entries)
    }

    fn configuration(&self) -> Vec<u8> {
        der::sequence([
            self.entry("7.1", der::boolean(self.dynamic_platform)),
            self.entry("7.2", der::boolean(self.cached_keys)),
            self.entry("7.3", der::boolean(self.smt_enabled)),
        ])
    }

    /// Identifier and value; nothing if the entry is to be absent, and twice if it is to stand there again.
    fn entry(&self, id: &str, value: Vec<u8>) -> Vec<u8> {
        if self.absent.iter().any(|absent| absent == id) {
            return Vec::new();
        }
        let oid = || der::oid(&format!("{SGX_EXTENSIONS}.{id}"));
        let value = self.der.get(id).map_or(value, |given| given.0.clone());
        let mut bytes = der::sequence([oid(), value]);
        if let Some(second) = self.again.get(id) {
            bytes.extend(der::sequence([oid(), second.0.clone()]));
        }
        bytes
    }
}

//! The registry: which machines are known, how one gets there by two hands, and what is issued from it.
//!
//! ```text
//! list files ── load ─▶ Registry ─ find(machine) ─▶ row `registry` of the appraisal
//! signed record ── enrol ─▶ entry, line, patch ── check(base) ─▶ EnrolmentReport ─▶ merged by another
//! ```
//!
//! `docs/registry.md` describes the files. Nothing here goes to the network, and nothing in a list is believed beyond
//! what it says: that somebody listed an ID.

// Plain data: the closed list of codes.
pub mod code;

// Known and revoked machines. The appraisal uses this, and what is known today of a record; nothing below may be used by them.
pub mod list;

// Lists with signed records in them.
mod load;

// How a machine gets in: proposed by one, checked by another.
pub mod check;
pub mod enrol;
pub mod patch;

// What is issued about a machine on a list.
pub mod token;

pub use code::Code;
pub use list::{Machine, Registry, RegistryError};
pub use load::load;

/// The list of known machines in a registry's folder: lines `id,label`.
pub const KNOWN: &str = "known.csv";
/// The list of revoked machines, in the same form.
pub const REVOKED: &str = "revoked.csv";
/// The list of signers (`docs/signers.md`).
pub const SIGNERS: &str = "signers.json";
/// The list of attester builds (`docs/attesters.md`).
pub const ATTESTERS: &str = "attesters.json";

/// Where a machine's entry stands.
pub fn entry_path(ppid: &str) -> String {
    format!("machines/{ppid}.json")
}

/// Where a machine's record stands.
pub fn record_path(ppid: &str) -> String {
    format!("records/{ppid}.dsse.json")
}

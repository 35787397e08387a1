//! The registry: which machines are known, how one gets there by two hands, and what is issued from it.
//!
//! ```text
//! list files ── read ─▶ Registry ─ find(machine) ─▶ row `registry` of the appraisal
//! signed record ── enrol ─▶ entry, line, patch ── check(base) ─▶ EnrolmentReport ─▶ merged by another
//! ```
//!
//! `docs/registry.md` describes the files. Nothing here goes to the network, and nothing in a list is believed beyond
//! what it says: that somebody listed an ID.

// Plain data: the closed list of codes.
pub mod code;

// Known and revoked machines. The appraisal uses this; nothing below may be used by it.
pub mod list;

pub use code::Code;
pub use list::{Machine, Registry, RegistryError};

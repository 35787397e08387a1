//! Evidence of colocation: a machine in a data centre has no provider's console, so evidence is combined.
//!
//! ```text
//! items (what people entered, files) ─check─▶ rows an item ─▶ trust table: attacker × evidence
//! ```
//!
//! Each kind is checked as far as a file can be, and the report says how far. Nothing is asked of the network: the user
//! supplies the files. An item counts in the [`trust`] table only if all that it needs was given and holds; the table
//! is computed from that alone. `docs/colocation.md` lists kinds, rows and codes.

// Plain data: what is given, what is found, and the closed list of codes.
pub mod code;
pub mod evidence;
pub mod report;

// Each kind's own checks.
pub mod addresses;
pub mod heartbeat;

// What the items that count are worth.
pub mod trust;

pub use code::Code;
pub use evidence::{Contents, Item};
pub use report::ColocationReport;

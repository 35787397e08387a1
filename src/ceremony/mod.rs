//! The record of a ceremony: one signed file that anyone opens years later and appraises again.
//!
//! ```text
//! what people entered ─┐
//! evidence, collateral ┼─ record ─▶ payload ─ sign × participant ─▶ file ─ open(signers, attesters) ─▶ CeremonyReport
//! policy, attesters ───┘
//! ```
//!
//! The file is a DSSE envelope around an in-toto Statement in canonical JSON; `docs/ceremony-record.md` describes
//! it field by field. Nothing in it is believed: [`open()`] appraises the evidence again, as of the record's time,
//! and compares. A record cannot be made, nor a signature added, where the verdict is `none` or `contraindicated`.

// Plain data: the record, what opening it finds, and the closed list of codes.
pub mod code;
pub mod record;
pub mod report;

// Reading what came in. Nothing here is trusted yet.
pub mod json;

// Who takes part, and with which keys.
pub mod drand;
pub mod keys;
pub mod participants;
pub mod signers;

// What the record rests on, checked when it is made and again when it is opened.
mod colocation;
mod substance;

// What is known of it at another moment.
mod today;

// The three verbs.
pub mod envelope;
pub mod make;
pub mod open;

pub use code::Code;
pub use colocation::MAX_INSIDE;
pub use envelope::{addendum, attach, bytes_to_sign, merge, sign};
pub use make::{Input, RecordError, record};
pub use open::{Beside, console_of, open};
pub use report::CeremonyReport;
pub use substance::Earlier;
pub(crate) use substance::LAST_SECOND;
pub use today::Today;

/// Largest file: an envelope with everything in it (O1).
pub const MAX_FILE: usize = 32 * 1024 * 1024;

//! Cloud Witness: the verifier that Proof of Cloud ceremonies run on.
//!
//! One direction of data:
//!
//! ```text
//! file or text ─decode─▶ Evidence ─┐
//! collateral ──▶ Collateral ───────┼─ appraise(policy, at) ─▶ Report
//! challenge, noted hash ───────────┘
//! ```
//!
//! Everything here is pure: no clock, no network, no randomness, nothing global that changes an answer.
//! Bad input makes a [`Report`] that says what is wrong and where. The verdict is computed once, in
//! [`rows::verdict_of`], from the rows that [`Verifier::appraise`] fills in a fixed order.
//!
//! A newcomer reads this list, then [`appraisal`], whose one function reads as the procedure.
//!
//! # Example
//! ```
//! use cloud_witness::{Moment, Request, Verifier, report::Verdict};
//!
//! let request = Request::new(b"not a quote", Moment::as_of(1_750_377_600));
//! let report = Verifier::production().appraise(&request);
//! assert_eq!(report.verdict, Verdict::None);
//! ```

#![deny(missing_docs)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::panic,
        clippy::arithmetic_side_effects
    )
)]

// Plain data that everything else speaks in.
pub mod code;
pub mod moment;
pub mod report;
pub mod rows;

// Reading what came in. Nothing here is trusted yet.
pub mod attester;
pub mod challenge;
pub mod evidence;
pub mod identity;
pub mod quote;
pub mod x509;

// What Intel vouches for, and signatures.
pub mod collateral;
pub mod crypto;

// Deciding.
pub mod appraisal;
pub mod builds;
pub mod policy;

// What people sign: the record of a ceremony; and evidence where there is no provider's console.
pub mod ceremony;
pub mod colocation;

// Known machines, and how one becomes known.
pub mod registry;

// The border to JavaScript: conversion only.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub mod wasm;

mod memory;
mod text;

pub use appraisal::{Request, Verifier};
pub use collateral::{Given, bundle::Bundle};
pub use moment::Moment;
pub use registry::Registry;
pub use report::{Report, Verdict};

/// The Rust of README.md, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

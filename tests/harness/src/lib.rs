//! One table of vectors, run three ways: natively, through the npm package in Node, through the page.
//!
//! `tests/vectors/NNN-name/case.json` says how to make a case's inputs and which rows are expected.
//! The expectations are written from the specification (`docs/report.md` and the Intel documents that it
//! cites), never recorded from the code.

// Test code: a panic here is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::arithmetic_side_effects,
    missing_docs
)]

pub mod assurance;
pub mod bundle;
pub mod case;
pub mod ceremony;
pub mod colocation;
pub mod evidence;
pub mod expect;
pub mod flips;
pub mod fuzz;
pub mod pool;
pub mod registry;
pub mod samples;
pub mod token;
pub mod worst;

//! The recorder against a stand-in of a management controller on the loopback, and its log against the core's check.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    missing_docs,
    unreachable_pub
)]

mod command;
mod files;
mod polls;
mod standin;
mod world;

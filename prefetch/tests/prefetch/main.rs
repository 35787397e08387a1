//! `prefetch` against a stand-in of Intel's service on the loopback: what it fetches, what it survives, what it
//! refuses. The stand-in's responses are written from Intel's documented formats.

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
mod faults;
mod kills;
mod pool;
mod rollback;
mod runs;
mod shelf;
mod standin;
mod world;

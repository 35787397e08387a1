//! Records a machine's heartbeat: polls its Redfish endpoint, and writes a log that the core checks.
//!
//! | module | what |
//! |---|---|
//! | [`plan`] | what is asked, of whom, how often, and who signs |
//! | [`redfish`] | one poll: GETs with limits, no redirects; the fields that matter |
//! | [`pin`] | TLS with one known certificate |
//! | [`key`] | the recorder's key: made once, kept private |
//! | [`log`] | the file: begun, gone on with after a restart, signed |
//! | [`record`] | all of this, at an interval, until it is told to stop |
//!
//! The lines are made by [`cloud_witness::colocation::heartbeat`], which also checks them: what is written is what is
//! read. Beside `prefetch` this is the only code of the project that opens a socket.

pub mod key;
pub mod log;
pub mod pin;
pub mod plan;
pub mod record;
pub mod redfish;

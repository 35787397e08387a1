//! Known machines, and what is issued about them.

pub mod token;

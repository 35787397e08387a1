#![no_main]
//! What is done with the bytes, and what must hold of them: `tests/harness/src/fuzz.rs`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| harness::fuzz::colocation(data));

//! An answer of Systems Manager or Organizations, read by each reader of JSON.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| patchctl::fuzzing::ssm(data));

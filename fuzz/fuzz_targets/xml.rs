//! An answer of EC2 or STS, read by each reader of XML.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| patchctl::fuzzing::xml(data));

//! Node ids, as they come from standard input or a file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| patchctl::fuzzing::ids(data));

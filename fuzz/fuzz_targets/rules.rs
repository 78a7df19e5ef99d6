//! A rule of the gate, as `--fail-on` takes it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| patchctl::fuzzing::rules(data));

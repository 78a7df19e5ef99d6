//! Words of the flags that select and filter, as the command line takes them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| patchctl::fuzzing::filters(data));

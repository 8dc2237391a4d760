#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| copihue_signing::fuzzing::layout(data));

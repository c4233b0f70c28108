//! Fuzzes the law of [`sse_gate_fuzz::resume_id`].
#![no_main]
#![allow(
    unsafe_code,
    missing_docs,
    reason = "the fuzzer's macro exports a C function"
)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sse_gate_fuzz::resume_id(data));

//! Laws that hold for any input. Each is a function of bytes: it panics if the law is broken.
//!
//! The fuzzers in `fuzz_targets` look for such bytes; `tests/replay.rs` replays those that are kept
//! in `corpus`, on any toolchain.

mod decoder;
mod encoder;
mod last_event_id;
mod query;
#[path = "../../crates/sse-gate-codec/tests/reference/mod.rs"]
#[allow(
    dead_code,
    reason = "shared with the codec's tests, which look at more of it"
)]
mod reference;
mod resume_id;
mod token_text;

pub use decoder::decoder;
pub use encoder::encoder;
pub use last_event_id::last_event_id;
pub use query::query;
pub use resume_id::resume_id;
pub use token_text::token_text;

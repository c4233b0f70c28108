//! What a gate does, through the public API: one file a capability.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod caps;
mod clock;
mod durations;
mod issue;
mod observers;
mod parts;
mod race;
mod redeem;
mod secrecy;
mod withdraw;

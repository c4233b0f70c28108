//! The store over restarts, under attack, and under load.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod close;
mod damage;
#[cfg(unix)]
mod disk;
#[cfg(unix)]
mod kill;
mod lowered;
mod open;
mod parts;
mod race;
mod restart;
mod rotate;
mod secrecy;
mod tamper;

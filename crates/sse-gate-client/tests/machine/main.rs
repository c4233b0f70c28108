//! A machine that is driven by hand: what it asks for, and when.

mod driver;
mod positions;
mod reports;
mod sessions;
mod waits;

//! Who is told how far the work is, and may stop it.

use super::{Stage, Stopped};

/// Hears of every step of the work and may stop it.
///
/// Within a stage `done` never falls and `total` never changes; the last call of a stage that
/// succeeds has `done == total`. Stages come in order. Steps are small (one value, one type), so
/// that stopping takes effect soon, and many, so that an implementation should be quick to say yes.
pub trait Meter {
    /// `done` of `total` [units](Stage::unit) of `stage` are done: go on?
    fn advance(&mut self, stage: Stage, done: usize, total: usize) -> Result<(), Stopped>;
}

/// The meter that listens to nothing and never stops the work.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unmetered;

impl Meter for Unmetered {
    fn advance(&mut self, _stage: Stage, _done: usize, _total: usize) -> Result<(), Stopped> {
        Ok(())
    }
}

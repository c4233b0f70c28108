//! Between the work and its records: gathers steps, keeps the pace, and hears of cancellation.

use std::time::Instant;

use super::log::STEPS;
use super::{Generation, Pace};
use crate::infer::{Meter, Stage, Stopped};

/// Writes the records of a generation as its work advances.
#[derive(Debug)]
pub(super) struct Reporter {
    generation: Generation,
    pace: Pace,
    /// Stage and step of the newest record.
    last: Option<(Stage, usize)>,
    at: Instant,
}

impl Reporter {
    pub(super) fn new(generation: Generation, pace: Pace) -> Self {
        Self {
            generation,
            pace,
            last: None,
            at: Instant::now(),
        }
    }

    /// Waits until it is time for another record. The first one, that work has begun, needn't wait.
    fn keep_pace(&mut self) {
        if let (Some(step), Some(_)) = (self.pace.step(), self.last) {
            let cancel = self.generation.cancellation();
            cancel.sleep(step.saturating_sub(self.at.elapsed()));
        }
        self.at = Instant::now();
    }
}

impl Meter for Reporter {
    fn advance(&mut self, stage: Stage, done: usize, total: usize) -> Result<(), Stopped> {
        let step = Some((stage, (done * STEPS).checked_div(total).unwrap_or(STEPS)));
        if step != self.last {
            self.keep_pace();
        }
        if self.generation.cancellation().is_cancelled() {
            return Err(Stopped);
        }
        if step != self.last {
            self.last = step;
            self.generation.step(stage, done, total);
        }
        Ok(())
    }
}

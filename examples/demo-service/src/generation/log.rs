//! A job's list of progress records: short, numbered, and closed at the end.

use std::sync::Arc;
use std::time::Instant;

use super::GenerationId;
use super::progress::{Progress, Status, timestamp};
use crate::infer::Stage;

/// The most records a job writes, the final one included.
///
/// Steps are gathered into fewer records (24 a stage), so that this is not met; a list that
/// is full nevertheless takes the final record only.
pub const MAX_RECORDS: usize = 4 * (STEPS + 1) + 2;

/// How many records a stage is divided into, the one at its start not counted.
pub(super) const STEPS: usize = 24;

/// The list, and how the job ended.
#[derive(Debug)]
pub(super) struct Log {
    /// Record number `n` stands at `n - 1`. Never empty.
    records: Vec<Progress>,
    end: Option<End>,
}

/// How a job ended, and when.
#[derive(Debug, Clone)]
pub(super) struct End {
    pub(super) at: Instant,
    pub(super) outcome: Outcome,
}

/// What a job ended with.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// The code.
    Completed(Arc<str>),
    /// Why there is none.
    Failed(Arc<str>),
}

impl Log {
    /// The list of a job that waits for a free thread.
    pub(super) fn new(id: GenerationId) -> Self {
        let first = Progress {
            generation_id: id,
            status: Status::Pending,
            stage: Stage::Parsing,
            progress: 0.0,
            message: "waiting for a free worker".to_owned(),
            timestamp: timestamp(),
            seq: 1,
        };
        Self {
            records: vec![first],
            end: None,
        }
    }

    /// The newest record.
    pub(super) fn newest(&self) -> &Progress {
        self.records
            .last()
            .expect("there is a first record from the start")
    }

    /// The first record after that number.
    pub(super) fn after(&self, seq: u64) -> Option<&Progress> {
        self.records.get(usize::try_from(seq).ok()?)
    }

    /// How the job ended, if it has.
    pub(super) fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// Writes down a step of the work. An ended or full list stays as it is.
    pub(super) fn step(&mut self, stage: Stage, done: usize, total: usize) {
        if self.end.is_some() || self.records.len() + 1 >= MAX_RECORDS {
            return;
        }
        let progress = stage.progress(done, total).max(self.newest().progress);
        let message = format!("{done} of {total} {}", stage.unit());
        self.push(Status::Processing, stage, progress, message);
    }

    /// Writes down the end. The first one counts.
    pub(super) fn finish(&mut self, outcome: Outcome) {
        if self.end.is_some() {
            return;
        }
        let Progress {
            stage, progress, ..
        } = *self.newest();
        match &outcome {
            Outcome::Completed(code) => {
                let message = format!("{} lines of Rust", code.lines().count());
                self.push(Status::Completed, Stage::Formatting, 1.0, message);
            }
            Outcome::Failed(why) => self.push(Status::Failed, stage, progress, why.to_string()),
        }
        self.end = Some(End {
            at: Instant::now(),
            outcome,
        });
    }

    fn push(&mut self, status: Status, stage: Stage, progress: f64, message: String) {
        let newest = self.newest();
        let record = Progress {
            generation_id: newest.generation_id.clone(),
            status,
            stage,
            progress,
            message,
            timestamp: timestamp(),
            seq: newest.seq + 1,
        };
        self.records.push(record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> Log {
        Log::new(GenerationId::random(None).unwrap())
    }

    #[test]
    fn a_full_list_takes_only_the_final_record() {
        let mut log = log();
        for done in 0..10 * MAX_RECORDS {
            log.step(Stage::Parsing, done, 10 * MAX_RECORDS);
        }
        assert_eq!(log.newest().seq, MAX_RECORDS as u64 - 1);
        log.finish(Outcome::Failed("cancelled".into()));
        assert_eq!(log.newest().seq, MAX_RECORDS as u64);
        assert_eq!(log.newest().message, "cancelled");
    }

    #[test]
    fn nothing_follows_the_end() {
        let mut log = log();
        log.finish(Outcome::Failed("one".into()));
        log.finish(Outcome::Completed("two".into()));
        log.step(Stage::Formatting, 1, 1);
        assert_eq!(
            (log.newest().seq, log.newest().message.as_str()),
            (2, "one")
        );
    }

    #[test]
    fn records_are_found_by_the_number_before_them() {
        let mut log = log();
        log.step(Stage::Parsing, 1, 2);
        assert_eq!(log.after(0).map(|r| r.seq), Some(1));
        assert_eq!(log.after(1).map(|r| r.seq), Some(2));
        assert_eq!(log.after(2), None);
        assert_eq!(log.after(u64::MAX), None);
    }
}

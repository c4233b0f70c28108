//! One generation: what is known of it, from the outside and for its worker.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use super::cancel::Cancel;
use super::log::{Log, Outcome};
use super::progress::timestamp;
use super::{GenerationId, GenerationState, Progress, Watch};
use crate::infer::{Stage, TypeName};
use crate::users::UserId;

/// One generation. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Generation(Arc<Job>);

#[derive(Debug)]
struct Job {
    id: GenerationId,
    owner: UserId,
    name: TypeName,
    created_at: f64,
    sample_bytes: usize,
    log: Mutex<Log>,
    /// The number of the newest record, for those who wait for the next.
    newest: watch::Sender<u64>,
    cancel: Cancel,
}

impl Generation {
    /// A pending one.
    pub(super) fn new(
        id: GenerationId,
        owner: UserId,
        name: TypeName,
        sample_bytes: usize,
    ) -> Self {
        let log = Mutex::new(Log::new(id.clone()));
        let (newest, cancel) = (watch::Sender::new(1), Cancel::default());
        let created_at = timestamp();
        Self(Arc::new(Job {
            id,
            owner,
            name,
            created_at,
            sample_bytes,
            log,
            newest,
            cancel,
        }))
    }

    /// Its id.
    pub fn id(&self) -> &GenerationId {
        &self.0.id
    }

    /// Who started it, and alone may see it.
    pub fn owner(&self) -> &UserId {
        &self.0.owner
    }

    /// The name of its root type.
    pub fn name(&self) -> &TypeName {
        &self.0.name
    }

    /// The newest record.
    pub fn latest(&self) -> Progress {
        self.log().newest().clone()
    }

    /// Whether it has completed or failed.
    pub fn is_finished(&self) -> bool {
        self.log().end().is_some()
    }

    /// All there is to tell, result included.
    pub fn state(&self) -> GenerationState {
        let log = self.log();
        let outcome = log.end().map(|end| end.outcome.clone());
        GenerationState::new(
            self.name().clone(),
            self.0.created_at,
            log.newest().clone(),
            outcome,
        )
    }

    /// Asks it to stop. It ends as failed, with the message `cancelled`, at its next step. One that
    /// has finished stays as it is.
    pub fn cancel(&self) {
        self.0.cancel.cancel();
    }

    /// Its records after the number `after`, or all of them, then new ones as they come; the
    /// stream ends after the final one.
    ///
    /// A number that it hasn't given yet counts as none: its client can't have seen that record.
    pub fn watch(&self, after: Option<u64>) -> Watch {
        // Subscribed before the first look at the list: no record can come between unnoticed.
        let changes = self.0.newest.subscribe();
        let newest = self.log().newest().seq;
        Watch::new(
            self.clone(),
            changes,
            after.filter(|seq| *seq <= newest).unwrap_or(0),
        )
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn step(&self, stage: Stage, done: usize, total: usize) {
        self.log().step(stage, done, total);
        self.announce();
    }

    pub(super) fn finish(&self, outcome: Outcome) {
        self.log().finish(outcome);
        self.announce();
    }

    /// When it finished, if it has.
    pub(super) fn finished_at(&self) -> Option<Instant> {
        self.log().end().map(|end| end.at)
    }

    /// The bytes it holds: its sample while at work, then its result.
    pub(super) fn bytes(&self) -> usize {
        match self.log().end().map(|end| &end.outcome) {
            None => self.0.sample_bytes,
            Some(Outcome::Completed(code)) => code.len(),
            Some(Outcome::Failed(_)) => 0,
        }
    }

    pub(super) fn cancellation(&self) -> &Cancel {
        &self.0.cancel
    }

    fn announce(&self) {
        let newest = self.log().newest().seq;
        self.0.newest.send_replace(newest);
    }
}

//! Which jobs are kept, and which one makes room for a new one.

use std::time::Instant;

use indexmap::IndexMap;

use super::{Generation, GenerationId, Limits, StartError};
use crate::users::UserId;

/// The jobs that are kept, oldest first.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    jobs: IndexMap<GenerationId, Generation>,
}

impl Shelf {
    /// The job with this id.
    pub(super) fn get(&self, id: &str) -> Option<&Generation> {
        self.jobs.get(id)
    }

    /// All jobs.
    pub(super) fn all(&self) -> impl Iterator<Item = &Generation> {
        self.jobs.values()
    }

    /// Takes in a job, if there is room or its owner's oldest finished jobs can make some.
    pub(super) fn add(&mut self, job: Generation, limits: &Limits) -> Result<(), StartError> {
        let mut all = Held::of(self.jobs.values());
        let mut own = Held::of(self.of(job.owner()));
        let mut retired = Vec::new();
        let mut finished = self.of(job.owner()).filter(|job| job.is_finished());
        loop {
            let is_mine_full =
                own.jobs >= limits.jobs_per_user || own.bytes + job.bytes() > limits.bytes_per_user;
            let is_full = all.jobs >= limits.jobs || all.bytes + job.bytes() > limits.bytes;
            if !is_mine_full && !is_full {
                break;
            }
            let Some(oldest) = finished.next() else {
                return Err(if is_mine_full {
                    StartError::TooManyOfYours(own.jobs)
                } else {
                    StartError::Busy
                });
            };
            all.leave(oldest);
            own.leave(oldest);
            retired.push(oldest.id().clone());
        }
        drop(finished);
        // Not before it is known that the newcomer gets in.
        for id in retired {
            self.jobs.shift_remove(&id);
        }
        self.jobs.insert(job.id().clone(), job);
        Ok(())
    }

    /// Forgets the jobs that finished longer ago than they are kept.
    pub(super) fn retire_old(&mut self, limits: &Limits, now: Instant) {
        let old = |at| now.saturating_duration_since(at) >= limits.keep;
        self.jobs
            .retain(|_, job| !job.finished_at().is_some_and(old));
    }

    fn of(&self, owner: &UserId) -> impl Iterator<Item = &Generation> {
        self.jobs.values().filter(move |job| job.owner() == owner)
    }
}

/// How many jobs, and their bytes.
#[derive(Debug, Default)]
struct Held {
    jobs: usize,
    bytes: usize,
}

impl Held {
    fn of<'j>(jobs: impl Iterator<Item = &'j Generation>) -> Self {
        jobs.fold(Self::default(), |held, job| Self {
            jobs: held.jobs + 1,
            bytes: held.bytes + job.bytes(),
        })
    }

    fn leave(&mut self, job: &Generation) {
        self.jobs -= 1;
        self.bytes -= job.bytes();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::log::Outcome;
    use super::*;
    use crate::infer::TypeName;

    fn job(owner: &str, bytes: usize) -> Generation {
        let id = GenerationId::random(None).unwrap();
        Generation::new(id, UserId::new(owner), TypeName::default(), bytes)
    }

    fn finished(owner: &str) -> Generation {
        let job = job(owner, 0);
        job.finish(Outcome::Completed("12345".into()));
        job
    }

    fn shelf(limits: &Limits, jobs: &[&Generation]) -> Shelf {
        let mut shelf = Shelf::default();
        for job in jobs {
            shelf.add((*job).clone(), limits).unwrap();
        }
        shelf
    }

    fn has(shelf: &Shelf, job: &Generation) -> bool {
        shelf.get(job.id().as_str()).is_some()
    }

    #[test]
    fn a_user_at_the_cap_loses_the_oldest_finished_job_of_their_own() {
        let limits = Limits::default().jobs_per_user(3);
        let (running, old, new) = (job("alice", 0), finished("alice"), finished("alice"));
        let others = finished("bob");
        let mut shelf = shelf(&limits, &[&others, &running, &old, &new]);
        shelf.add(job("alice", 0), &limits).unwrap();
        assert!(!has(&shelf, &old));
        for kept in [&running, &new, &others] {
            assert!(has(&shelf, kept));
        }
    }

    #[test]
    fn a_user_whose_jobs_all_run_is_refused() {
        let limits = Limits::default().jobs_per_user(2);
        let mut shelf = shelf(&limits, &[&job("alice", 0), &job("alice", 0)]);
        let refused = shelf.add(job("alice", 0), &limits);
        assert!(
            matches!(refused, Err(StartError::TooManyOfYours(2))),
            "{refused:?}"
        );
        shelf.add(job("bob", 0), &limits).unwrap();
    }

    #[test]
    fn a_full_shelf_never_costs_another_user_anything() {
        let limits = Limits::default().jobs(2);
        let (one, two) = (finished("bob"), job("bob", 0));
        let mut shelf = shelf(&limits, &[&one, &two]);
        assert!(matches!(
            shelf.add(job("alice", 0), &limits),
            Err(StartError::Busy)
        ));
        assert!(has(&shelf, &one) && has(&shelf, &two));
        shelf.add(job("bob", 0), &limits).unwrap();
        assert!(!has(&shelf, &one));
    }

    #[test]
    fn bytes_count_as_jobs_do() {
        let limits = Limits::default().bytes(10);
        let mut shelf = shelf(&limits, &[&finished("alice")]);
        assert!(matches!(
            shelf.add(job("bob", 6), &limits),
            Err(StartError::Busy)
        ));
        shelf.add(job("bob", 5), &limits).unwrap();
        shelf.add(job("alice", 5), &limits).unwrap();
        assert!(matches!(
            shelf.add(job("alice", 1), &limits),
            Err(StartError::Busy)
        ));
    }

    /// G19
    #[test]
    fn the_bytes_of_one_user_leave_room_for_others() {
        let limits = Limits::default().bytes(100).bytes_per_user(10);
        let mut shelf = shelf(&limits, &[&finished("alice"), &job("alice", 5)]);
        let refused = shelf.add(job("alice", 6), &limits);
        assert!(
            matches!(refused, Err(StartError::TooManyOfYours(_))),
            "{refused:?}"
        );
        shelf.add(job("bob", 10), &limits).unwrap();
    }

    #[test]
    fn finished_jobs_go_when_their_time_is_over_and_running_ones_never() {
        let limits = Limits::default().keep(Duration::from_secs(60));
        let (running, done) = (job("alice", 0), finished("alice"));
        let mut shelf = shelf(&limits, &[&running, &done]);
        let now = Instant::now();
        shelf.retire_old(&limits, now);
        assert!(has(&shelf, &done));
        shelf.retire_old(&limits, now + Duration::from_secs(61));
        assert!(!has(&shelf, &done) && has(&shelf, &running));
    }
}

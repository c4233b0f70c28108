//! The stream of a generation's records.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

use super::{Generation, Progress};

/// The records of a generation from some number on, in order, each once; it ends after the final
/// one.
///
/// It reads them from the generation's list when it is asked, so one that is never asked holds up
/// nobody and keeps nothing but the generation.
#[derive(Debug)]
#[must_use = "a stream does nothing unless it is polled"]
pub struct Watch {
    generation: Generation,
    changes: WatchStream<u64>,
    seen: u64,
    ended: bool,
}

impl Watch {
    pub(super) fn new(generation: Generation, changes: watch::Receiver<u64>, seen: u64) -> Self {
        Self {
            generation,
            changes: WatchStream::new(changes),
            seen,
            ended: false,
        }
    }

    /// The next record, if it is there.
    fn read(&mut self) -> Option<Progress> {
        let log = self.generation.log();
        let next = log.after(self.seen).cloned();
        self.seen += u64::from(next.is_some());
        self.ended = log.end().is_some() && log.newest().seq == self.seen;
        next
    }
}

impl Stream for Watch {
    type Item = Progress;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Progress>> {
        let this = self.get_mut();
        loop {
            if this.ended {
                return Poll::Ready(None);
            }
            if let Some(record) = this.read() {
                return Poll::Ready(Some(record));
            }
            if !this.ended && ready!(Pin::new(&mut this.changes).poll_next(cx)).is_none() {
                return Poll::Ready(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, StreamExt};
    use proptest::prelude::*;

    use super::super::GenerationId;
    use super::super::log::Outcome;
    use super::*;
    use crate::infer::{Stage, TypeName};
    use crate::users::UserId;

    /// What happens next, to the job or to its watcher.
    #[derive(Debug, Clone, Copy)]
    enum Act {
        Step,
        Finish,
        Read,
        Reconnect,
    }

    fn job() -> Generation {
        let id = GenerationId::random(None).unwrap();
        Generation::new(id, UserId::new("alice"), TypeName::default(), 0)
    }

    fn read(watch: &mut Watch) -> Option<Progress> {
        watch.next().now_or_never().flatten()
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            6 => Just(Act::Step),
            6 => Just(Act::Read),
            3 => Just(Act::Reconnect),
            1 => Just(Act::Finish),
        ];
        prop::collection::vec(act, 0..200)
    }

    proptest! {
        #[test]
        fn a_watcher_that_reconnects_sees_each_record_once(acts in acts()) {
            let job = job();
            let mut watch = job.watch(None);
            let mut seen = Vec::new();
            for (done, act) in acts.into_iter().enumerate() {
                match act {
                    Act::Step => job.step(Stage::Parsing, done, 200),
                    Act::Finish => job.finish(Outcome::Completed("code".into())),
                    Act::Read => seen.extend(read(&mut watch)),
                    Act::Reconnect => watch = job.watch(seen.last().map(|r: &Progress| r.seq)),
                }
            }
            job.finish(Outcome::Failed("cancelled".into()));
            seen.extend(watch.collect::<Vec<_>>().now_or_never().expect("the job has ended"));
            let numbers: Vec<_> = seen.iter().map(|record| record.seq).collect();
            let newest = job.latest();
            prop_assert_eq!(numbers, (1..=newest.seq).collect::<Vec<_>>());
            prop_assert!(seen.is_sorted_by(|a, b| a.progress <= b.progress));
            prop_assert_eq!(seen.last(), Some(&newest));
            prop_assert!(seen.iter().rev().skip(1).all(|record| !record.status.is_final()));
        }

        #[test]
        fn a_watch_after_a_number_yields_exactly_the_later_ones(steps in 0..90_u64, after: u64) {
            let job = job();
            for done in 0..usize::try_from(steps).unwrap() {
                job.step(Stage::Parsing, done, 100);
            }
            job.finish(Outcome::Completed("code".into()));
            let last = steps + 2;
            for after in [after, after % (last + 1)] {
                let watch = job.watch(Some(after));
                let numbers = watch.map(|record| record.seq).collect::<Vec<_>>().now_or_never();
                // One that was never given is none.
                let from = if after > last { 1 } else { after + 1 };
                prop_assert_eq!(numbers, Some((from..=last).collect()));
            }
        }
    }

    #[test]
    fn a_watch_waits_for_a_job_that_goes_on() {
        let job = job();
        let mut watch = job.watch(None);
        assert!(read(&mut watch).is_some());
        assert!(read(&mut watch).is_none());
        job.step(Stage::Parsing, 1, 2);
        assert!(read(&mut watch).is_some());
        assert!(read(&mut watch).is_none());
    }
}

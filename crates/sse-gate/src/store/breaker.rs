//! Decides when a store counts as broken: [`Breaker`].

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The shortest pause. With no pause, each operation could be a trial.
const MIN_PAUSE: Duration = Duration::from_millis(1);

/// The shortest pause when the number of operations is at its bound, as trials go beyond it.
const MIN_PAUSE_WHEN_FULL: Duration = Duration::from_millis(500);

/// Counts failures in a row, and decides whether to ask a store.
///
/// It has no clock. Methods that depend on time take it as an argument.
#[derive(Debug)]
pub(super) struct Breaker {
    max_failures: u32,
    pause: Duration,
    /// Whether it is closed and has seen no failure since the last success. In this common case, no lock is
    /// needed.
    is_calm: AtomicBool,
    /// How often it has closed. A failure of an operation from an earlier round is ignored.
    round: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Without those that only read.
    failures: u32,
    failed_reads: u32,
    is_open: bool,
    /// When the next trial may be made. `None` means now.
    next_trial: Option<Instant>,
    /// When the next trial may be made that only reads. `None` means now.
    next_read: Option<Instant>,
}

/// How a breaker has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Opened,
    Closed,
}

impl Breaker {
    pub(super) fn new(max_failures: u32, pause: Duration) -> Self {
        Self {
            max_failures,
            // Longer than any process runs, and short enough to be added to an instant.
            pause: pause.clamp(MIN_PAUSE, crate::far_off::FAR_OFF),
            is_calm: AtomicBool::new(true),
            round: AtomicU64::new(0),
            state: Mutex::default(),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        !self.is_calm.load(Ordering::Acquire) && self.state().is_open
    }

    /// The present round. Keep it with an operation, and pass it to [`failed`](Self::failed).
    pub(super) fn round(&self) -> u64 {
        self.round.load(Ordering::Acquire)
    }

    /// Whether the store may be tried now, in spite of the bounds. The next trial is due after a pause.
    pub(super) fn may_try(&self, now: Instant, is_full: bool) -> bool {
        let mut state = self.state();
        let may = is_due(state.next_trial, now);
        if may {
            state.next_trial = Some(now + self.pause(is_full));
        }
        may
    }

    /// Whether the store may be read now, in spite of the bounds: when a trial is due, and once each
    /// pause. The trial itself stays due.
    pub(super) fn may_read(&self, now: Instant, is_full: bool) -> bool {
        let mut state = self.state();
        let may = is_due(state.next_trial, now) && is_due(state.next_read, now);
        if may {
            state.next_read = Some(now + self.pause(is_full));
        }
        may
    }

    /// Notes that a request is over that has read the store in time. The next one may read.
    pub(super) fn read_is_over(&self) {
        self.state().next_read = None;
    }

    /// Notes that the store has answered too late. The next operation may be a trial.
    pub(super) fn answered_late(&self) {
        let mut state = self.state();
        (state.next_trial, state.next_read) = (None, None);
    }

    fn pause(&self, is_full: bool) -> Duration {
        if is_full {
            self.pause.max(MIN_PAUSE_WHEN_FULL)
        } else {
            self.pause
        }
    }

    /// Notes that the store has answered in time.
    pub(super) fn succeeded(&self) -> Option<Change> {
        if self.is_calm.load(Ordering::Acquire) {
            return None;
        }
        let mut state = self.state();
        (state.failures, state.failed_reads) = (0, 0);
        let was_open = std::mem::take(&mut state.is_open);
        if was_open {
            self.round.fetch_add(1, Ordering::Release);
        }
        self.is_calm.store(true, Ordering::Release);
        was_open.then_some(Change::Closed)
    }

    /// Notes that the store was read in time. That does not show that it can write, so the breaker stays as it is. But
    /// reads that failed before were not in a row with those to come.
    pub(super) fn was_read(&self) {
        if !self.is_calm.load(Ordering::Acquire) {
            self.state().failed_reads = 0;
        }
    }

    /// Notes that an operation of this round has failed.
    pub(super) fn failed(&self, round: u64, only_reads: bool, now: Instant) -> Option<Change> {
        let mut state = self.state();
        if round != self.round() {
            return None;
        }
        self.is_calm.store(false, Ordering::Release);
        let count = if only_reads {
            &mut state.failed_reads
        } else {
            &mut state.failures
        };
        *count = count.saturating_add(1);
        if state.failures.saturating_add(state.failed_reads) < self.max_failures {
            return None;
        }
        state.next_trial = state.next_trial.max(Some(now + self.pause));
        let was_open = std::mem::replace(&mut state.is_open, true);
        (!was_open).then_some(Change::Opened)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_due(next: Option<Instant>, now: Instant) -> bool {
    next.is_none_or(|at| at <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_millis(500);

    /// E1
    #[test]
    fn failures_in_a_row_open_it_and_one_success_closes_it() {
        let (breaker, now) = (Breaker::new(3, PAUSE), Instant::now());
        for _ in 0..2 {
            assert_eq!(breaker.failed(breaker.round(), false, now), None);
        }
        assert_eq!(breaker.succeeded(), None);
        for _ in 0..2 {
            assert_eq!(breaker.failed(breaker.round(), false, now), None);
        }
        assert!(!breaker.is_open(), "the failures were not in a row");
        let opened = breaker.failed(breaker.round(), false, now);
        assert_eq!(opened, Some(Change::Opened));
        assert!(breaker.is_open());
        assert_eq!(breaker.failed(breaker.round(), false, now), None);
        assert_eq!(breaker.succeeded(), Some(Change::Closed));
        assert!(!breaker.is_open());
        assert_eq!(breaker.succeeded(), None);
    }

    #[test]
    fn one_trial_is_let_through_each_pause() {
        let (breaker, now) = (Breaker::new(1, PAUSE), Instant::now());
        breaker.failed(0, false, now);
        assert!(!breaker.may_try(now, false));
        assert!(!breaker.may_try(now + PAUSE - Duration::from_millis(1), false));
        assert!(breaker.may_try(now + PAUSE, false));
        assert!(!breaker.may_try(now + PAUSE, false));
        assert!(!breaker.may_try(now + PAUSE * 2 - Duration::from_millis(1), false));
        assert!(breaker.may_try(now + PAUSE * 2, false));
    }

    /// E1, G16: reads have a trial of their own, which leaves the other one due.
    #[test]
    fn one_read_is_let_through_each_pause_when_a_trial_is_due() {
        let (breaker, now) = (Breaker::new(1, PAUSE), Instant::now());
        breaker.failed(0, false, now);
        assert!(!breaker.may_read(now, false), "no trial is due");
        let due = now + PAUSE;
        assert!(breaker.may_read(due, false));
        assert!(!breaker.may_read(due, false));
        assert!(breaker.may_read(due + PAUSE, false), "no write came");
        assert!(breaker.may_try(due + PAUSE, false));
        assert!(!breaker.may_try(due + PAUSE, false));
        assert!(!breaker.may_read(due + PAUSE * 2 - Duration::from_millis(1), false));
        assert!(breaker.may_read(due + PAUSE * 2, false));
    }

    /// G16: however short the pause is, the trials of one instant are one, and those past the bound
    /// are half a second apart.
    #[test]
    fn no_pause_is_too_short() {
        let (breaker, now) = (Breaker::new(1, Duration::ZERO), Instant::now());
        for is_full in [false, true] {
            let now = now + Duration::from_secs(u64::from(is_full));
            let pause = if is_full { PAUSE } else { MIN_PAUSE };
            for may in [Breaker::may_read, Breaker::may_try] {
                assert!(may(&breaker, now, is_full));
                assert!(!may(&breaker, now, is_full));
            }
            for may in [Breaker::may_read, Breaker::may_try] {
                assert!(!may(
                    &breaker,
                    now + pause - Duration::from_nanos(1),
                    is_full
                ));
                assert!(may(&breaker, now + pause, is_full));
            }
        }
    }

    /// E1: an operation that was under way when the store came back does not count against it.
    #[test]
    fn a_failure_from_before_it_closed_counts_for_nothing() {
        let (breaker, now) = (Breaker::new(1, PAUSE), Instant::now());
        let before = breaker.round();
        breaker.failed(before, false, now);
        breaker.succeeded();
        assert_eq!(breaker.failed(before, false, now), None);
        assert!(!breaker.is_open());
        assert_eq!(
            breaker.failed(breaker.round(), false, now),
            Some(Change::Opened)
        );
    }

    /// E1: any pause can be set.
    #[test]
    fn no_pause_is_too_long() {
        for pause in [Duration::MAX, Duration::ZERO] {
            let (breaker, now) = (Breaker::new(1, pause), Instant::now());
            let _ = breaker.failed(breaker.round(), false, now);
            let _ = breaker.may_try(now, false);
            let later = now + Duration::from_secs(1);
            assert_eq!(breaker.may_try(later, false), pause.is_zero(), "{pause:?}");
        }
    }
}

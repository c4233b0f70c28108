//! One poll of a body by the gate around it: a turn. The body learns the time, may ask to be woken, and tells its last
//! word.
//!
//! So a stream has one timer, and not one in each of its layers. As with [`stream_end`](crate::stream_end), the layers
//! between the two bodies know nothing of this, so it uses the call.

use std::cell::Cell;
use std::ptr;
use std::task::{Context, RawWakerVTable};

use tokio::time::Instant;

#[derive(Clone, Copy)]
struct Turn {
    now: Instant,
    task: Task,
    said: Said,
}

/// What a body said in its turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// When it wants to be polled again at the latest.
    pub(crate) wake_at: Option<Instant>,
    /// Whether its frame holds no events, and tells only how the stream ends.
    pub(crate) last_word: bool,
}

/// A waker's identity.
#[derive(Clone, Copy)]
struct Task(*const (), &'static RawWakerVTable);

thread_local! {
    static TURN: Cell<Option<Turn>> = const { Cell::new(None) };
}

/// Ends a turn, also when the body panics.
struct Restore(Option<Turn>);

/// Polls a body. Returns also what it said.
pub(crate) fn take<T>(
    now: Instant,
    cx: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> T,
) -> (T, Said) {
    let turn = Turn {
        now,
        task: Task::of(cx),
        said: Said::default(),
    };
    let before = Restore(TURN.replace(Some(turn)));
    let polled = poll(cx);
    let said = TURN.get().map_or_else(Said::default, |turn| turn.said);
    drop(before);
    (polled, said)
}

/// Whether a gate polls the body.
pub(crate) fn is_taken() -> bool {
    TURN.get().is_some()
}

/// The time at which the turn began, or at which the server took the frame before it, if it follows one. It is now if there
/// is no turn.
pub(crate) fn now() -> Instant {
    TURN.get().map_or_else(Instant::now, |turn| turn.now)
}

/// Asks the gate to wake the task at this time. Returns whether it does.
///
/// It does not if there is none, or if something between the two polls the body by a waker of its own: that would not
/// learn that the body was meant.
pub(crate) fn wake_at(cx: &Context<'_>, at: Instant) -> bool {
    let turn = TURN.get().filter(|turn| turn.task.is_same(&Task::of(cx)));
    let Some(mut turn) = turn else {
        return false;
    };
    turn.said.wake_at = Some(turn.said.wake_at.map_or(at, |before| before.min(at)));
    TURN.set(Some(turn));
    true
}

/// Tells the gate that the frame of this turn is the body's last word. So it does not come too late.
pub(crate) fn last_word() {
    if let Some(mut turn) = TURN.get() {
        turn.said.last_word = true;
        TURN.set(Some(turn));
    }
}

impl Task {
    fn of(cx: &Context<'_>) -> Self {
        Self(cx.waker().data(), cx.waker().vtable())
    }

    /// What [`Waker::will_wake`](std::task::Waker::will_wake) compares.
    fn is_same(&self, other: &Self) -> bool {
        ptr::eq(self.0, other.0) && ptr::eq(self.1, other.1)
    }
}

impl Drop for Restore {
    fn drop(&mut self) {
        TURN.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;
    use std::task::{Wake, Waker};
    use std::time::Duration;

    use super::*;

    #[expect(
        dead_code,
        reason = "a type without size might have one address for all"
    )]
    struct Other(u8);

    impl Wake for Other {
        fn wake(self: Arc<Self>) {}
    }

    #[test]
    fn the_earliest_time_counts() {
        let mut cx = Context::from_waker(Waker::noop());
        let (now, second) = (Instant::now(), Duration::from_secs(1));
        let ((), said) = take(now, &mut cx, |cx| {
            assert_eq!(super::now(), now);
            for seconds in [3, 2, 4] {
                assert!(wake_at(cx, now + seconds * second));
            }
        });
        assert_eq!(said.wake_at, Some(now + 2 * second));
        assert!(!wake_at(&cx, now), "there is no turn");
        assert_eq!(take(now, &mut cx, |_| ()).1, Said::default());
    }

    /// What polls the body by a waker of its own would not poll it when the task is woken.
    #[test]
    fn another_task_is_not_woken() {
        let (own, other) = (Arc::new(Other(1)).into(), Arc::new(Other(2)).into());
        let mut cx = Context::from_waker(&own);
        let now = Instant::now();
        for other in [&other, Waker::noop()] {
            let (is_woken, said) =
                take(now, &mut cx, |_| wake_at(&Context::from_waker(other), now));
            assert_eq!((is_woken, said), (false, Said::default()));
        }
    }

    /// A gate may be around another one, and a body may panic.
    #[test]
    fn a_turn_within_a_turn_is_its_own() {
        let mut cx = Context::from_waker(Waker::noop());
        let (now, later) = (Instant::now(), Instant::now() + Duration::from_secs(1));
        let (inner, outer) = take(now, &mut cx, |cx| {
            let inner = take(later, cx, |cx| {
                last_word();
                wake_at(cx, later)
            });
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                take(later, cx, |cx| {
                    wake_at(cx, later);
                    panic!("it is meant to")
                })
            }));
            assert!(panicked.is_err());
            assert_eq!(super::now(), now);
            inner.1
        });
        let said = Said {
            wake_at: Some(later),
            last_word: true,
        };
        assert_eq!((inner, outer), (said, Said::default()));
    }
}

//! Waits for a time: [`Timer`].

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

use crate::turn;

/// Wakes the task of a body at a time.
///
/// Behind a gate it is the gate's timer that does it, see [`turn`]. Elsewhere it has one of its own.
#[derive(Default)]
pub(super) struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// Ready at this time, which is never earlier than that of the call before. If it is later at each call, its own timer
    /// is not moved for each: when that fires too early, it is set again.
    pub(super) fn poll_until(&mut self, at: Instant, cx: &mut Context<'_>) -> Poll<()> {
        if turn::now() >= at {
            return Poll::Ready(());
        }
        if turn::wake_at(cx, at) {
            self.0 = None;
            return Poll::Pending;
        }
        let timer = self.0.get_or_insert_with(|| Box::pin(sleep_until(at)));
        ready!(timer.as_mut().poll(cx));
        if timer.deadline() < at {
            timer.as_mut().reset(at);
            ready!(timer.as_mut().poll(cx));
        }
        Poll::Ready(())
    }
}

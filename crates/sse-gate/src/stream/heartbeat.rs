//! Breaks the silence of a stream: [`Heartbeat`].

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project::pin_project;
use tokio::time::{Instant, Sleep, sleep};

/// How long a stream may be silent by default. Proxies give up after 60 s and less.
const DEFAULT_SILENCE: Duration = Duration::from_secs(15);

/// Tells when nothing was sent for as long as a stream may be silent, and up to as long again.
#[pin_project]
pub(crate) struct Heartbeat {
    silence: Duration,
    /// Set when it is first waited for.
    #[pin]
    timer: Option<Sleep>,
    /// Whether anything was sent since the timer was set.
    has_spoken: bool,
}

impl Heartbeat {
    pub(crate) fn every(silence: Duration) -> Self {
        Self {
            silence,
            timer: None,
            has_spoken: false,
        }
    }

    /// Something was sent. It costs nothing: the timer is left to run out once in vain.
    pub(crate) fn spoke(self: Pin<&mut Self>) {
        *self.project().has_spoken = true;
    }

    /// Ready when it is time for a beat.
    pub(crate) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if this.timer.is_none() {
            this.timer.set(Some(sleep(*this.silence)));
        }
        let mut timer = this.timer.as_pin_mut().expect("it was just set");
        loop {
            ready!(timer.as_mut().poll(cx));
            timer.as_mut().reset(Instant::now() + *this.silence);
            if !mem::take(this.has_spoken) {
                return Poll::Ready(());
            }
        }
    }
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self::every(DEFAULT_SILENCE)
    }
}

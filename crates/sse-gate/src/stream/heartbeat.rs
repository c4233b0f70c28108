//! Sends a comment after a silence: [`Heartbeat`].

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use pin_project::pin_project;
use sse_gate_codec::Event;
use tokio::time::{Instant, Sleep, sleep_until};

/// How long a stream may be silent by default. Many proxies close a silent connection after 60 s or
/// less.
const DEFAULT_SILENCE: Duration = Duration::from_secs(15);

/// The shortest silence. With a silence of zero, a stream would send nothing but comments.
const MIN_SILENCE: Duration = Duration::from_millis(1);

/// The heartbeat that pages can see: a comment, and an event without an id. The event has data because
/// browsers dispatch no event without data. It has a name so that `onmessage` does not get it.
const NAMED: &[u8] = b":\nevent: sse.heartbeat\ndata: {\"v\":1}\n\n";

/// Says when a stream has been silent for too long, and what to send then.
///
/// The silence begins when the server takes bytes from the body. Only the server knows when they are
/// written to the socket.
#[pin_project]
pub(crate) struct Heartbeat {
    silence: Duration,
    bytes: &'static [u8],
    /// When the server last took bytes.
    spoke_at: Option<Instant>,
    /// Set when it is first polled. It is not moved for each event: when it fires too early, it is set
    /// again.
    #[pin]
    timer: Option<Sleep>,
}

impl Heartbeat {
    /// Sends after this much silence, instead of 15 s.
    pub(crate) fn set_silence(&mut self, silence: Duration) {
        self.silence = silence.clamp(MIN_SILENCE, crate::far_off::FAR_OFF);
        self.timer = None;
    }

    /// Sends an event that pages can see, beside the comment.
    pub(crate) fn set_named(&mut self) {
        self.bytes = NAMED;
    }

    /// Notes that the server takes bytes now. The timer stays as it is: it is set again when it fires.
    pub(crate) fn spoke(self: Pin<&mut Self>) {
        *self.project().spoke_at = Some(Instant::now());
    }

    /// Whether the server has taken any bytes.
    pub(crate) fn has_spoken(&self) -> bool {
        self.spoke_at.is_some()
    }

    /// Ready with the bytes to send when the silence has lasted long enough. They count as taken.
    pub(crate) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Bytes> {
        let mut this = self.project();
        let spoke_at = *this.spoke_at.get_or_insert_with(Instant::now);
        let ends_at = spoke_at + *this.silence;
        if this.timer.is_none() {
            this.timer.set(Some(sleep_until(ends_at)));
        }
        let mut timer = this.timer.as_pin_mut().expect("it was just set");
        ready!(timer.as_mut().poll(cx));
        if timer.deadline() < ends_at {
            timer.as_mut().reset(ends_at);
            ready!(timer.as_mut().poll(cx));
        }
        let now = Instant::now();
        *this.spoke_at = Some(now);
        timer.reset(now + *this.silence);
        Poll::Ready(Bytes::from_static(this.bytes))
    }
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self {
            silence: DEFAULT_SILENCE,
            bytes: Event::HEARTBEAT,
            spoke_at: None,
            timer: None,
        }
    }
}

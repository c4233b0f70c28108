//! Sends a comment after a silence: [`Heartbeat`].

use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use sse_gate_codec::Event;
use tokio::time::Instant;

use super::timer::Timer;
use crate::turn;

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
pub(crate) struct Heartbeat {
    silence: Duration,
    /// Whether pages can see it.
    is_named: bool,
    /// Whether the server has taken any bytes.
    has_sent: bool,
    /// Since when it waits for more.
    silent_since: Option<Instant>,
    timer: Timer,
}

impl Heartbeat {
    /// Sends after this much silence, instead of 15 s.
    pub(crate) fn set_silence(&mut self, silence: Duration) {
        self.silence = silence.clamp(MIN_SILENCE, crate::far_off::FAR_OFF);
    }

    /// Sends an event that pages can see, beside the comment.
    pub(crate) fn set_named(&mut self) {
        self.is_named = true;
    }

    /// Notes that the server takes bytes now.
    pub(crate) fn sent(&mut self) {
        self.has_sent = true;
        self.silent_since = None;
    }

    /// Whether the server has taken any bytes.
    pub(crate) fn has_sent(&self) -> bool {
        self.has_sent
    }

    /// Ready with the bytes to send when the silence has lasted long enough. They count as taken.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Bytes> {
        let since = *self.silent_since.get_or_insert_with(turn::now);
        ready!(self.timer.poll_until(since + self.silence, cx));
        self.sent();
        Poll::Ready(Bytes::from_static(if self.is_named {
            NAMED
        } else {
            Event::HEARTBEAT
        }))
    }
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self {
            silence: DEFAULT_SILENCE,
            is_named: false,
            has_sent: false,
            silent_since: None,
            timer: Timer::default(),
        }
    }
}

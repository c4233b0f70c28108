//! What an `EventSource` does next: [`Machine`].

use std::mem;
use std::time::Duration;

use super::{Decoder, Profile, Report};

/// An `EventSource` without sockets and timers (HTML §9.2.3). Whoever drives it makes its
/// requests, follows their redirects, waits, and tells it what comes.
#[derive(Debug)]
pub struct Machine {
    profile: Profile,
    decoder: Decoder,
    /// Whether `open` has been fired for this connection.
    open: bool,
    /// How often this request has been made.
    attempts: u32,
}

/// What is to be done for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Read on.
    Read,
    /// Ask again, after this time.
    Request(Duration),
    /// Nothing, ever: it is closed.
    Stop,
}

impl Machine {
    /// One that is about to make its first request.
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            decoder: Decoder::new(&profile),
            open: false,
            attempts: 0,
        }
    }

    /// The `Last-Event-ID` of its next request, if that has one.
    pub fn last_event_id(&self) -> Option<&str> {
        Some(self.decoder.last_event_id()).filter(|id| !id.is_empty())
    }

    /// The head of an answer has come, and is no redirect.
    pub fn on_head(&mut self, status: u16, content_type: &str) -> (Vec<Report>, Next) {
        self.attempts = 0;
        self.open = false;
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if status != 200 || !essence.eq_ignore_ascii_case("text/event-stream") {
            return (vec![Report::CLOSED], Next::Stop);
        }
        let open = if self.profile.opens_at_body {
            None
        } else {
            self.open()
        };
        (open.into_iter().collect(), Next::Read)
    }

    /// Bytes of the body have come.
    pub fn on_bytes(&mut self, bytes: &[u8]) -> Vec<Report> {
        let open = if bytes.is_empty() { None } else { self.open() };
        let events = self.decoder.feed(bytes).into_iter().map(Report::Event);
        open.into_iter().chain(events).collect()
    }

    /// The body has come to its proper end.
    pub fn on_end(&mut self) -> (Vec<Report>, Next) {
        let open = self.open();
        self.decoder.end();
        let (again, next) = self.reconnect();
        (open.into_iter().chain([again]).collect(), next)
    }

    /// The body has broken off.
    pub fn on_break(&mut self) -> (Vec<Report>, Next) {
        self.decoder.break_off();
        let (again, next) = self.reconnect();
        (vec![again], next)
    }

    /// There is no connection.
    pub fn on_refused(&mut self) -> (Vec<Report>, Next) {
        self.attempts = 0;
        if self.profile.away && self.profile.away_must_answer {
            return (vec![Report::CLOSED], Next::Stop);
        }
        self.on_break()
    }

    /// The connection is gone before the first byte of an answer. One that was kept from an
    /// earlier answer may have been gone for long: every engine then tries another.
    pub fn on_unanswered(&mut self, kept: bool) -> (Vec<Report>, Next) {
        self.attempts += 1;
        if kept || self.attempts < self.profile.attempts {
            return (Vec::new(), Next::Request(Duration::ZERO));
        }
        self.on_refused()
    }

    /// Whether it goes on asking where redirects with these statuses have led to.
    pub fn keeps_redirects(&self, statuses: &[u16]) -> bool {
        self.profile.keeps_redirects(statuses)
    }

    fn open(&mut self) -> Option<Report> {
        let first = !mem::replace(&mut self.open, true);
        first.then_some(Report::Open)
    }

    fn reconnect(&mut self) -> (Report, Next) {
        let delay = self.profile.delay(self.decoder.retry());
        (Report::RECONNECTING, Next::Request(delay))
    }
}

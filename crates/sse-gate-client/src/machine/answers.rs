//! What is reported to a machine.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::phase::{Loss, Open, Pause, Phase};
use super::request::redirected;
use super::retry_after::retry_after;
use super::run::Machine;
use super::table::{Action, essence};
use crate::token::Outcome;
use crate::{BoxError, End, Error, ErrorKind, RetryReason, State, StreamRequest, TokenError};

impl Machine {
    /// The token source has made a request.
    pub fn prepared(&mut self, request: StreamRequest) {
        if matches!(self.phase, Phase::Preparing) {
            self.phase = Phase::Ready(request);
        }
    }

    /// The token source has made no request.
    pub fn unprepared(&mut self, error: TokenError) {
        if !matches!(self.phase, Phase::Preparing) {
            return;
        }
        let (outcome, source) = error.into_parts();
        let loss = match outcome {
            Outcome::Retry => Loss::new(RetryReason::Source),
            Outcome::RetryStatus(status) => Loss::new(RetryReason::Status(status)),
            Outcome::RetryAfter(wait, status) => self.asked(wait, status),
            Outcome::Stop(ErrorKind::Unauthorized) if self.over.is_some() => {
                // The source opens no other session.
                let reason = self.over.take().unwrap_or_default();
                self.stop(Error::new(ErrorKind::Closed).with_detail(reason));
                return;
            }
            Outcome::Stop(kind) => {
                let error = match kind {
                    // Else a mint's answer looks like the stream's.
                    ErrorKind::Refused(_) | ErrorKind::Unauthorized => {
                        Error::new(kind).with_detail("at the request for a token")
                    }
                    _ => Error::new(kind),
                };
                self.stop(error.with_source(source));
                return;
            }
        };
        self.phase = Phase::Lost(loss.with_source(source));
    }

    /// The head of an answer has come.
    pub fn head(&mut self, now: Duration, status: StatusCode, headers: &HeaderMap) {
        let request = match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Sending(request, _) => request,
            other => {
                self.phase = other;
                return;
            }
        };
        match Action::of_stream(status, headers) {
            Action::Read => self.open(now),
            Action::NoContent => drop(self.finish(End::NoContent)),
            Action::Redirect => self.follow(&request, headers),
            Action::Renew if self.refused => {
                self.stop(Error::new(ErrorKind::Unauthorized));
            }
            Action::Renew => {
                self.refused = true;
                let loss = Loss::new(RetryReason::Unauthorized);
                self.phase = Phase::Lost(loss.with_pause(Pause::No));
            }
            Action::Retry => {
                self.phase = Phase::Lost(Loss::new(RetryReason::Status(status.as_u16())));
            }
            Action::RetryAfter => {
                let loss = self.asked(retry_after(headers), status.as_u16());
                self.phase = Phase::Lost(loss);
            }
            Action::Stop(kind @ ErrorKind::NotAnEventStream) => {
                self.stop(Error::new(kind).with_detail(essence(headers)));
            }
            Action::Stop(kind) => {
                self.stop(Error::new(kind));
            }
        }
    }

    /// Bytes of the body have come.
    ///
    /// A chunk without a byte, such as an empty DATA frame of HTTP/2, is no sign of life.
    pub fn chunk(&mut self, now: Duration, chunk: Bytes) {
        if chunk.is_empty() {
            return;
        }
        if let Phase::Open(open) = &mut self.phase {
            open.quiet_since = now;
            self.reader.feed(chunk);
        }
    }

    /// The body has ended properly. A body that broke off has [`failed`](Machine::failed).
    pub fn end(&mut self) {
        self.close(Loss::new(RetryReason::Ended));
    }

    /// The request could not be sent, or the connection broke.
    pub fn failed(&mut self, error: BoxError) {
        self.close(Loss::new(RetryReason::Connection).with_source(Some(error)));
    }

    /// Nothing has come, and the time of [`Step::Continue`](super::Step::Continue) has passed.
    pub fn timed_out(&mut self, now: Duration) {
        match self.phase {
            Phase::Sending(_, until) if until <= now => {
                self.phase = Phase::Lost(Loss::new(RetryReason::NoAnswer));
            }
            Phase::Open(open) if open.quiet_since + self.settings.heartbeat <= now => {
                self.lose(open, Loss::new(RetryReason::Silent), now);
            }
            _ => {}
        }
    }

    fn open(&mut self, now: Duration) {
        self.reader.restart();
        self.opened = true;
        // The credential was good.
        self.refused = false;
        self.updates.push_back(State::Open);
        self.phase = Phase::Open(Open {
            since: now,
            quiet_since: now,
        });
    }

    fn close(&mut self, loss: Loss) {
        match self.phase {
            Phase::Sending(..) => self.phase = Phase::Lost(loss),
            Phase::Open(open) => self.phase = Phase::Draining(open, loss),
            _ => {}
        }
    }

    fn follow(&mut self, request: &StreamRequest, headers: &HeaderMap) {
        if self.redirects >= self.settings.max_redirects {
            self.stop(Error::new(ErrorKind::TooManyRedirects));
            return;
        }
        self.redirects += 1;
        match redirected(request, headers) {
            Ok(request) => self.phase = Phase::Ready(request),
            Err(error) => drop(self.stop(error)),
        }
    }

    /// The loss by an answer that may say how long to wait.
    fn asked(&self, wait: Option<Duration>, status: u16) -> Loss {
        let max = self.settings.max_retry_after;
        let pause = wait.map_or(Pause::Backoff, |wait| Pause::Asked(wait.min(max)));
        Loss::new(RetryReason::Status(status)).with_pause(pause)
    }
}

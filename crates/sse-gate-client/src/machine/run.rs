//! What happens next: [`Machine`].

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use super::backoff::Backoff;
use super::phase::{Loss, Open, Pause, Phase};
use super::position::position_of;
use super::rate::Rate;
use super::reader::{Reader, Said};
use super::request::to_http;
use super::step::{Attempt, Step};
use crate::error::with_causes;
use crate::{End, Error, ErrorKind, RetryReason, Settings, State, Update, Waiting};

/// After this time an open connection counts as good, even if it brought no event.
const GOOD_AFTER: Duration = Duration::from_secs(10);

/// Why a server closes a session whose stream can go on in another one.
const RENEWABLE: [&str; 3] = ["deadline", "idle", "rollback"];

/// A client without input and output.
///
/// Ask [`poll`](Machine::poll) what to do, do it, and report. Times are those since any moment that
/// you choose, and must not go back. A report that does not fit what the machine asked for is ignored.
///
/// | `poll` returns | do this | then report |
/// |---|---|---|
/// | [`Step::Update`] | show it to the user | |
/// | [`Step::Prepare`] | ask the token source | [`prepared`](Machine::prepared) or [`unprepared`](Machine::unprepared) |
/// | [`Step::Send`] | send the request | [`head`](Machine::head) or [`failed`](Machine::failed) |
/// | [`Step::Continue`] | wait for input | [`chunk`](Machine::chunk), [`end`](Machine::end), …, or [`timed_out`](Machine::timed_out) |
/// | [`Step::Wait`] | drop the connection, and sleep | |
/// | [`Step::Closed`] | stop | |
///
/// The [module](crate::machine) has an example.
pub struct Machine {
    pub(super) settings: Settings,
    pub(super) phase: Phase,
    pub(super) reader: Reader,
    pub(super) backoff: Backoff,
    rate: Rate,
    /// State changes that the user has not seen.
    pub(super) updates: VecDeque<State>,
    /// Failures since the last success.
    failures: u32,
    /// The credential that was shown last is of no use: the answer was 401, or the session is over.
    pub(super) refused: bool,
    /// Why the server closed the session, until another one is open.
    pub(super) over: Option<String>,
    /// A stream was open.
    pub(super) opened: bool,
    /// Redirects in this attempt.
    pub(super) redirects: u8,
    /// The user has got an update since the machine waited last.
    delivered: bool,
}

impl Machine {
    /// A machine that has not begun.
    pub fn new(settings: Settings) -> Self {
        Self {
            phase: Phase::Idle,
            reader: Reader::new(&settings),
            backoff: Backoff::new(&settings),
            rate: Rate::new(settings.attempts_per_minute),
            updates: VecDeque::new(),
            failures: 0,
            refused: false,
            over: None,
            opened: false,
            redirects: 0,
            delivered: false,
            settings,
        }
    }

    /// The id of the last event that was delivered, or one that came alone behind it: where the stream goes on.
    pub fn last_event_id(&self) -> Option<&str> {
        self.reader.last_id()
    }

    /// What to do next. `random` is a new random number each time.
    pub fn poll(&mut self, now: Duration, random: u64) -> Step {
        loop {
            if let Some(state) = self.updates.pop_front() {
                self.delivered = true;
                return Step::Update(Update::State(state));
            }
            if let Some(step) = self.step(now, random) {
                return step;
            }
        }
    }

    /// The next step; `None` if the phase has changed and tells it.
    fn step(&mut self, now: Duration, random: u64) -> Option<Step> {
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Idle => {
                self.begin(now);
                None
            }
            Phase::Asking(attempt) => {
                self.phase = Phase::Preparing;
                Some(Step::Prepare(attempt))
            }
            Phase::Preparing => {
                self.phase = Phase::Preparing;
                Some(Step::Continue(None))
            }
            Phase::Ready(request) => match to_http(&request, self.shown_id().as_deref()) {
                Ok(message) => {
                    self.phase = Phase::Sending(request, now + self.settings.answer);
                    Some(Step::Send(message))
                }
                Err(error) => self.stop(Error::new(ErrorKind::Source).with_source(Some(error))),
            },
            Phase::Sending(request, until) => {
                self.phase = Phase::Sending(request, until);
                Some(Step::Continue(Some(until)))
            }
            Phase::Open(open) => self.read(open, now),
            Phase::Draining(open, loss) => self.drain(open, loss, now),
            Phase::Lost(loss) => self.pause(loss, now, random),
            Phase::Waiting(until) if now < until => {
                self.phase = Phase::Waiting(until);
                Some(Step::Wait(until))
            }
            Phase::Waiting(_) => None,
            Phase::Over(result) => {
                self.phase = Phase::Over(None);
                Some(result.map_or(Step::Continue(None), Step::Closed))
            }
        }
    }

    /// Begins an attempt. The wait before it has kept the bound on attempts.
    fn begin(&mut self, now: Duration) {
        self.rate.count(now);
        self.redirects = 0;
        let number = self.failures.saturating_add(1);
        self.updates.push_back(State::Connecting(number));
        self.phase = Phase::Asking(Attempt {
            number,
            last_event_id: self.reader.last_id().map(str::to_owned),
            refused: self.refused,
            opened: self.opened,
        });
    }

    /// Delivers what the open stream has said.
    fn read(&mut self, mut open: Open, now: Duration) -> Option<Step> {
        self.phase = Phase::Open(open);
        if let Some(said) = self.reader.next() {
            return self.heed(said, open, now);
        }
        if self.delivered {
            // The time that the user took is no silence of the server's.
            self.delivered = false;
            open.quiet_since = open.quiet_since.max(now);
            self.phase = Phase::Open(open);
        }
        let until = open.quiet_since.saturating_add(self.settings.heartbeat);
        Some(Step::Continue(Some(until)))
    }

    /// Delivers what the stream said before its end.
    fn drain(&mut self, open: Open, loss: Loss, now: Duration) -> Option<Step> {
        if let Some(said) = self.reader.next() {
            self.phase = Phase::Draining(open, loss);
            return self.heed(said, open, now);
        }
        let is_end = loss.reason == RetryReason::Ended && !self.reader.is_cut();
        if is_end && self.settings.end_is_complete {
            return self.finish(End::Complete);
        }
        self.lose(open, loss, now);
        None
    }

    /// Does what the body says.
    fn heed(&mut self, said: Said, open: Open, now: Duration) -> Option<Step> {
        if !matches!(said, Said::Retry(_)) {
            (self.refused, self.over) = (false, None);
        }
        match said {
            Said::Event(event) => {
                self.succeed();
                self.delivered = true;
                return Some(Step::Update(Update::Event(event)));
            }
            Said::Gap(gap) => {
                self.delivered = true;
                return Some(Step::Update(Update::Gap(gap)));
            }
            Said::Retry(retry) => self.backoff.set_base(retry),
            Said::Alive => {}
            Said::Close(reason) if reason == "complete" => return self.finish(End::Complete),
            Said::Close(reason) if RENEWABLE.contains(&&*reason) => {
                // The session is over, and not the stream: the token source may open another one.
                (self.refused, self.over) = (true, Some(reason));
                let loss = Loss::new(RetryReason::SessionOver).with_pause(Pause::Calm);
                self.lose(open, loss, now);
            }
            Said::Close(reason) => {
                return self.stop(Error::new(ErrorKind::Closed).with_detail(reason));
            }
            Said::Error(reason) => {
                return self.stop(Error::new(ErrorKind::Failed).with_detail(reason));
            }
            Said::TooLarge => return self.stop(Error::new(ErrorKind::EventTooLarge)),
            Said::Wait => {
                let loss = Loss::new(RetryReason::Wait).with_pause(Pause::Calm);
                self.lose(open, loss, now);
            }
        }
        None
    }

    /// The id to show: that of a session that is over is of no use, but for its number.
    fn shown_id(&self) -> Option<Cow<'_, str>> {
        let id = self.reader.last_id()?;
        Some(match self.over {
            Some(_) => position_of(id),
            None => id.into(),
        })
    }

    /// The connection was good: failures begin anew.
    fn succeed(&mut self) {
        self.failures = 0;
        self.backoff.reset();
    }

    /// An open stream is gone.
    pub(super) fn lose(&mut self, open: Open, loss: Loss, now: Duration) {
        if now.saturating_sub(open.since) >= GOOD_AFTER {
            self.succeed();
        }
        self.phase = Phase::Lost(loss);
    }

    /// Chooses how long to wait after a loss, or gives up.
    fn pause(&mut self, loss: Loss, now: Duration, random: u64) -> Option<Step> {
        if loss.is_failure() {
            self.failures = self.failures.saturating_add(1);
            let limit = self.settings.attempt_limit;
            if limit.is_some_and(|limit| self.failures >= limit.get()) {
                let error = Error::new(ErrorKind::GaveUp).with_detail(loss.reason.to_string());
                return self.stop(error.with_source(loss.source));
            }
        }
        let delay = match loss.pause {
            Pause::Backoff => self.backoff.next(random),
            Pause::Asked(wait) => self.backoff.asked(wait, random),
            Pause::Calm => self.backoff.calm(random),
            Pause::No => Duration::ZERO,
        };
        // What the user is told is the whole wait, with that for the bound on attempts.
        let until = (now + delay).max(self.rate.not_before(now).unwrap_or_default());
        let waiting = State::Waiting(Waiting {
            delay: until.saturating_sub(now),
            reason: loss.reason,
            cause: loss.source.as_deref().map(with_causes),
        });
        self.updates.push_back(waiting);
        self.phase = Phase::Waiting(until);
        None
    }

    pub(super) fn finish(&mut self, end: End) -> Option<Step> {
        self.updates.push_back(State::Closed(end));
        self.phase = Phase::Over(Some(Ok(end)));
        None
    }

    pub(super) fn stop(&mut self, error: Error) -> Option<Step> {
        self.phase = Phase::Over(Some(Err(error)));
        None
    }
}

/// Without ids, events and requests, which may hold credentials.
impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("settings", &self.settings)
            .field("failures", &self.failures)
            .field("opened", &self.opened)
            .finish_non_exhaustive()
    }
}

//! What the claims share: [`Driver`].

use std::time::Duration;

use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use sse_gate_client::machine::{Machine, Step};
use sse_gate_client::{Attempt, End, Error, Settings, State, StreamRequest, Update, Waiting};

/// A machine, and its time.
pub(crate) struct Driver {
    pub(crate) machine: Machine,
    pub(crate) now: Duration,
}

impl Driver {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            machine: Machine::new(settings),
            now: Duration::ZERO,
        }
    }

    /// The next step. Waits are as short as they can be.
    pub(crate) fn next(&mut self) -> Step {
        self.machine.poll(self.now, 0)
    }

    /// Waits for the next attempt.
    pub(crate) fn attempt(&mut self) -> Attempt {
        loop {
            match self.next() {
                Step::Prepare(attempt) => return attempt,
                Step::Wait(until) => self.now = until,
                Step::Update(_) => {}
                other => panic!("no attempt, but {other:?}"),
            }
        }
    }

    /// Makes the next attempt, up to its request.
    pub(crate) fn request(&mut self) -> (Attempt, Request<()>) {
        let attempt = self.attempt();
        let request = StreamRequest::new("https://example.org/feed");
        self.machine.prepared(request.expect("it is a URL"));
        (attempt, self.sent())
    }

    /// The request that is sent now.
    pub(crate) fn sent(&mut self) -> Request<()> {
        match self.next() {
            Step::Send(request) => request,
            other => panic!("no request, but {other:?}"),
        }
    }

    /// An answer comes. A redirect leads to the same origin, and a server that is busy asks for 100 s.
    pub(crate) fn answer(&mut self, status: u16) {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(LOCATION, HeaderValue::from_static("/other"));
        headers.insert(RETRY_AFTER, HeaderValue::from_static("100"));
        let status = StatusCode::from_u16(status).expect("it is a status");
        self.machine.head(self.now, status, &headers);
    }

    /// Makes the next attempt, and opens the stream.
    pub(crate) fn open(&mut self) -> (Attempt, Request<()>) {
        let made = self.request();
        self.answer(200);
        made
    }

    /// Makes the next attempt, which fails.
    pub(crate) fn fail(&mut self) -> Attempt {
        let (attempt, _) = self.request();
        self.machine.failed("no network".into());
        attempt
    }

    /// The stream says this. The result is the data of the events that are delivered.
    pub(crate) fn say(&mut self, text: &'static str) -> Vec<String> {
        self.machine.chunk(self.now, text.into());
        let mut data = Vec::new();
        while let Step::Update(update) = self.next() {
            match update {
                Update::Event(event) => data.push(event.data().to_owned()),
                Update::State(State::Waiting(_)) => break,
                _ => {}
            }
        }
        data
    }

    /// The wait that is announced next.
    pub(crate) fn waiting(&mut self) -> Waiting {
        loop {
            match self.next() {
                Step::Update(Update::State(State::Waiting(waiting))) => return waiting,
                Step::Update(_) => {}
                other => panic!("no wait, but {other:?}"),
            }
        }
    }

    /// How the stream ends.
    pub(crate) fn closed(&mut self) -> Result<End, Error> {
        loop {
            match self.next() {
                Step::Closed(result) => return result,
                Step::Update(_) => {}
                other => panic!("no end, but {other:?}"),
            }
        }
    }
}

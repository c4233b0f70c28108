//! A machine in virtual time: [`run`].

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use sse_gate_client::machine::{Machine, Step};
use sse_gate_client::{Error, Settings, State, StreamRequest, Update};

use crate::server::{Answer, End, Server};

/// What came of a schedule.
pub(crate) struct Outcome {
    /// The numbers of the events that were delivered.
    pub(crate) numbers: Vec<u64>,
    /// When the attempts began.
    pub(crate) attempts: Vec<Duration>,
    pub(crate) end: Result<sse_gate_client::End, Error>,
}

impl Outcome {
    /// How many attempts began within 60 seconds at most.
    pub(crate) fn most_in_a_minute(&self) -> usize {
        let minute = Duration::from_secs(60);
        let windows = self.attempts.iter().enumerate().map(|(at, start)| {
            let later = &self.attempts[at..];
            later
                .iter()
                .take_while(|time| **time < *start + minute)
                .count()
        });
        windows.max().unwrap_or_default()
    }
}

struct Client {
    machine: Machine,
    server: Server,
    now: Duration,
    random: u64,
    /// The rest of a body: chunks, and how it ends.
    body: Option<(Vec<Bytes>, u64, End)>,
    /// An answer that is under way.
    answer: Option<Answer>,
}

/// Runs a client until its end.
pub(crate) fn run(server: Server, seed: u64) -> Outcome {
    let mut client = Client {
        machine: Machine::new(Settings::new()),
        server,
        now: Duration::ZERO,
        random: seed,
        body: None,
        answer: None,
    };
    let (mut numbers, mut attempts) = (Vec::new(), Vec::new());
    loop {
        // Knuth's multiplier: good enough to spread waits.
        client.random = client
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        match client.machine.poll(client.now, client.random) {
            Step::Update(Update::Event(event)) => {
                let (number, _) = event.data().split_once('\n').expect("two lines");
                numbers.push(number.parse().expect("a number"));
            }
            Step::Update(Update::State(State::Connecting(_))) => attempts.push(client.now),
            Step::Update(_) => {}
            Step::Prepare(_) => {
                let url = "https://example.org/feed?token=t";
                client
                    .machine
                    .prepared(StreamRequest::new(url).expect("it is a URL"));
            }
            Step::Send(request) => {
                client.body = None;
                client.answer = Some(client.server.answer(&request));
            }
            Step::Continue(until) => client.go_on(until),
            Step::Wait(until) => client.now = until,
            Step::Closed(end) => {
                return Outcome {
                    numbers,
                    attempts,
                    end,
                };
            }
            other => panic!("{other:?}"),
        }
        assert!(attempts.len() < 2000, "it has no end");
    }
}

impl Client {
    /// The next thing that comes in, or none until the time is over.
    fn go_on(&mut self, until: Option<Duration>) {
        if let Some(answer) = self.answer.take() {
            self.now += Duration::from_millis(self.random % 300);
            return self.take(answer, until);
        }
        let (chunks, seconds, end) = self.body.as_mut().expect("a body is read");
        let until = until.expect("a body that is read has a limit");
        if let Some(chunk) = chunks.pop() {
            let then = self.now + Duration::from_secs(*seconds);
            if then <= until {
                self.now = then;
                self.machine.chunk(self.now, chunk);
            } else {
                self.time_out(until);
            }
            return;
        }
        match end {
            End::Proper => self.machine.end(),
            End::Reset => self.machine.failed("reset".into()),
            End::Stall => self.time_out(until),
        }
    }

    fn time_out(&mut self, until: Duration) {
        self.now = until.max(self.now);
        self.machine.timed_out(self.now);
    }

    fn take(&mut self, answer: Answer, until: Option<Duration>) {
        let mut headers = HeaderMap::new();
        match answer {
            Answer::Refused => self.machine.failed("refused".into()),
            Answer::Silence => self.time_out(until.expect("a head has a limit")),
            Answer::Status(status) => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("3"));
                headers.insert(LOCATION, HeaderValue::from_static("/other"));
                let status = StatusCode::from_u16(status).expect("it is a status");
                self.machine.head(self.now, status, &headers);
            }
            Answer::Stream {
                bytes,
                chunk,
                seconds,
                end,
            } => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
                let chunks = bytes.chunks(chunk).rev().map(Bytes::copy_from_slice);
                self.body = Some((chunks.collect(), seconds, end));
                self.machine.head(self.now, StatusCode::OK, &headers);
            }
        }
    }
}

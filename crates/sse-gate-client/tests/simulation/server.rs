//! A model of a resumable route: [`Server`].

use std::collections::VecDeque;
use std::fmt::Write;

use http::Request;

use crate::Fault;

/// A log of events, and what will happen to the requests for it.
pub(crate) struct Server {
    events: u64,
    /// How many events it sends again that the client has had.
    replayed: u64,
    faults: VecDeque<Fault>,
    generation: u64,
    /// The last answer was 401, and no event was sent since.
    refused: bool,
}

/// What a request gets.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Nothing, and no connection.
    Refused,
    /// Nothing, for ever.
    Silence,
    /// A status, and `Location` or `Retry-After` if it has one.
    Status(u16),
    /// A stream.
    Stream {
        bytes: Vec<u8>,
        chunk: usize,
        seconds: u64,
        end: End,
    },
}

/// How a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The body ends.
    Proper,
    /// The connection breaks.
    Reset,
    /// Nothing more comes.
    Stall,
}

impl Server {
    pub(crate) fn new(events: u64, replayed: u64, faults: Vec<Fault>) -> Self {
        Self {
            events,
            replayed,
            faults: faults.into(),
            generation: 0,
            refused: false,
        }
    }

    pub(crate) fn answer(&mut self, request: &Request<()>) -> Answer {
        let fault = self.faults.pop_front();
        let stream = |bytes: Vec<u8>, cut: usize, chunk, end| Answer::Stream {
            bytes: bytes[..cut.min(bytes.len())].to_vec(),
            chunk,
            seconds: 0,
            end,
        };
        match fault {
            Some(Fault::NoAnswer) => return Answer::Silence,
            Some(Fault::Status(401)) if !self.refused => {
                self.refused = true;
                return Answer::Status(401);
            }
            // A second one in a row would be final.
            Some(Fault::Refused | Fault::Status(401)) => return Answer::Refused,
            Some(Fault::Status(status)) => return Answer::Status(status),
            Some(Fault::Redirect) => return Answer::Status(307),
            _ => {}
        }
        self.refused = false;
        let after = cursor(request);
        if after == Some(self.events) && self.events > 0 {
            return Answer::Status(204);
        }
        let bytes = self.stream(after.unwrap_or(0));
        match fault {
            Some(Fault::Ended { cut, chunk }) => stream(bytes, cut, chunk, End::Proper),
            Some(Fault::Reset { cut, chunk }) => stream(bytes, cut, chunk, End::Reset),
            Some(Fault::Stalled { cut, chunk }) => stream(bytes, cut, chunk, End::Stall),
            Some(Fault::Wait) => {
                let id = self.id(after.unwrap_or(0));
                let wait = format!("event: sse.wait\nid: {id}\ndata: {{\"v\":1}}\n\n");
                stream(wait.into_bytes(), usize::MAX, 100, End::Proper)
            }
            Some(Fault::Slow { chunk, seconds }) => Answer::Stream {
                bytes,
                chunk,
                seconds,
                end: End::Proper,
            },
            _ => stream(bytes, usize::MAX, 1000, End::Proper),
        }
    }

    fn id(&self, number: u64) -> String {
        let digits = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let (high, low) = (number / 36, number % 36);
        let digit = |value: u64| digits[usize::try_from(value).expect("one digit")] as char;
        let number = match high {
            0 => digit(low).to_string(),
            _ => format!("{}{}", digit(high), digit(low)),
        };
        format!("sser1.k.session.{}.tag.{number}", self.generation)
    }

    /// The whole stream from behind a number.
    fn stream(&mut self, after: u64) -> Vec<u8> {
        self.generation += 1;
        let mut text = "retry: 700\nevent: sse.open\n".to_owned();
        let from = after.saturating_sub(self.replayed);
        let open = self.id(after);
        writeln!(text, "id: {open}\ndata: {{\"v\":1,\"gap\":null}}\n").expect("it is a text");
        for number in from + 1..=self.events {
            let id = self.id(number);
            write!(text, "id: {id}\r\ndata: {number}\r\ndata: é\r\n\r\n").expect("it is a text");
            text.push_str(": a comment\n\n");
        }
        text.push_str("event: sse.close\ndata: {\"v\":1,\"reason\":\"complete\"}\n\n");
        text.into_bytes()
    }
}

/// The number in `Last-Event-ID`.
fn cursor(request: &Request<()>) -> Option<u64> {
    let id = request.headers().get("last-event-id")?;
    let (_, number) = id.to_str().ok()?.rsplit_once('.')?;
    u64::from_str_radix(number, 36).ok()
}

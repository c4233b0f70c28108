//! Output for programs: [`Json`].
//!
//! Each line is an object. Its member `type` says which other members it has:
//!
//! | `type` | members | when |
//! |---|---|---|
//! | `connecting` | `attempt` | an attempt begins; 1 is the first one, and the first one after an event |
//! | `open` | | the server has answered with an event stream |
//! | `event` | `name`, `data`, with `--ids` also `id` | an event |
//! | `gap` | `from`, `to` | the server no longer has the events with these numbers |
//! | `waiting` | `delay_ms`, `reason`; `status`, `cause` if there is one | the connection is gone, and another attempt follows |
//! | `closed` | `reason`: `complete` or `no_content` | the stream is over; the last line |
//! | `error` | `kind`, `message` | the client gives up; the last line |
//!
//! `reason` is one of [`RetryReason::as_str`], `kind` one of [`ErrorKind::as_str`](sse_gate_client::ErrorKind). Both
//! are short names that stay, and `cause` and `message` are words for people. Programs have to let members and types
//! pass that they don't know.

use std::io::{self, Write};

use serde_json::{Value, json};
use sse_gate_client::{Error, RetryReason, State, Update};

use super::show::Show;
use crate::causes::with_causes;
use crate::printable::json_line;

/// Writes each update as an object on a line of its own.
pub(super) struct Json<W> {
    out: W,
    ids: bool,
}

impl<W: Write> Json<W> {
    pub(super) fn new(out: W, ids: bool) -> Self {
        Self { out, ids }
    }

    fn line(&mut self, object: &Value) -> io::Result<()> {
        writeln!(self.out, "{}", json_line(object))?;
        self.out.flush()
    }
}

impl<W: Write> Show for Json<W> {
    fn update(&mut self, update: &Update) -> io::Result<()> {
        self.line(&match update {
            Update::Event(event) => {
                let (name, data) = (event.name(), event.data());
                let mut object = json!({ "type": "event", "name": name, "data": data });
                if self.ids {
                    object["id"] = event.id().into();
                }
                object
            }
            Update::Gap(gap) => json!({ "type": "gap", "from": gap.from(), "to": gap.to() }),
            Update::State(state) => state_object(state),
        })
    }

    fn error(&mut self, error: &Error) -> io::Result<()> {
        let (kind, message) = (error.kind().as_str(), with_causes(error));
        self.line(&json!({ "type": "error", "kind": kind, "message": message }))
    }
}

fn state_object(state: &State) -> Value {
    match state {
        State::Connecting(attempt) => json!({ "type": "connecting", "attempt": attempt }),
        State::Open => json!({ "type": "open" }),
        State::Waiting(waiting) => {
            let delay = u64::try_from(waiting.delay().as_millis()).unwrap_or(u64::MAX);
            let reason = waiting.reason();
            let name = reason.as_str();
            let mut object = json!({ "type": "waiting", "delay_ms": delay, "reason": name });
            if let RetryReason::Status(status) = reason {
                object["status"] = status.into();
            }
            if let Some(cause) = waiting.cause() {
                object["cause"] = cause.into();
            }
            object
        }
        State::Closed(end) => json!({ "type": "closed", "reason": end.as_str() }),
    }
}

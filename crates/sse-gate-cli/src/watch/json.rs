//! Output for programs: [`Json`].

use std::io::{self, Write};

use serde_json::{Value, json};
use sse_gate_client::{Error, State, Update};

use super::show::{Show, with_causes};

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
        writeln!(self.out, "{object}")?;
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
            let reason = waiting.reason().as_str();
            json!({ "type": "waiting", "delay_ms": delay, "reason": reason })
        }
        State::Closed(end) => json!({ "type": "closed", "reason": end.as_str() }),
    }
}

//! What an `EventSource` tells its page: [`Report`].

use serde_json::Value;

/// One thing that has happened to an `EventSource`, in the order in which its page sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// `open` was fired: an answer has come that is a stream.
    Open,
    /// An event of the stream was fired.
    Event(Dispatched),
    /// `error` was fired, bare: it says nothing about the cause.
    Error {
        /// `readyState` at that time: 0, it will connect again; 2, it is closed for good.
        ready_state: u8,
    },
}

/// An event of a stream as a page gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatched {
    /// Its `type`: `message`, unless the stream has named it.
    pub name: String,
    /// Its `data`.
    pub data: String,
    /// Its `lastEventId`.
    pub last_event_id: String,
}

impl Report {
    /// It connects again.
    pub const RECONNECTING: Self = Self::Error { ready_state: 0 };
    /// It is closed for good.
    pub const CLOSED: Self = Self::Error { ready_state: 2 };

    /// An event.
    pub fn event(name: &str, data: &str, last_event_id: &str) -> Self {
        Self::Event(Dispatched {
            name: name.to_owned(),
            data: data.to_owned(),
            last_event_id: last_event_id.to_owned(),
        })
    }

    /// The event, if it is one.
    pub fn dispatched(&self) -> Option<&Dispatched> {
        match self {
            Self::Event(event) => Some(event),
            _ => None,
        }
    }

    /// Reads one as the page writes it: its kind and what belongs to it.
    pub(super) fn parse(report: &[Value]) -> Self {
        let text = |index: usize| report.get(index).and_then(Value::as_str);
        let parsed = match text(0) {
            Some("open") => Some(Self::Open),
            Some("event") => (|| Some(Self::event(text(1)?, text(2)?, text(3)?)))(),
            Some("error") => {
                // An event of a class of its own could tell more.
                assert_eq!(text(2), Some("[object Event]"), "an error that is not bare");
                let state = report[1].as_u64().and_then(|state| state.try_into().ok());
                state.map(|ready_state| Self::Error { ready_state })
            }
            _ => None,
        };
        parsed.unwrap_or_else(|| panic!("not a report: {report:?}"))
    }
}

//! Arbitrary events, as the plain values that they are built from.

use std::time::Duration;

use proptest::option;
use proptest::prelude::*;
use sse_gate_codec::{Comment, Event, EventId, EventName};

use crate::hostile::hostile_text;

/// A hostile text without the characters that a one-line field must not hold.
fn hostile_line() -> impl Strategy<Value = String> {
    hostile_text().prop_map(|text| text.replace(['\r', '\n', '\0'], ""))
}

/// What an event is built from, as plain values.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) comment: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) retry: Option<Duration>,
    pub(crate) data: Option<String>,
}

/// The parts of any event.
pub(crate) fn parts() -> impl Strategy<Value = Parts> {
    let retry = prop_oneof![
        any::<Duration>(),
        any::<u32>().prop_map(|millis| Duration::from_millis(millis.into())),
        Just(Duration::MAX),
    ];
    (
        option::of(hostile_line()),
        option::of(hostile_line()),
        option::of(hostile_line()),
        option::of(retry),
        option::of(hostile_text()),
    )
        .prop_map(|(comment, id, name, retry, data)| Parts {
            comment,
            id,
            name,
            retry,
            data,
        })
}

impl Parts {
    /// The event, borrowing every text.
    pub(crate) fn event(&self) -> Event<'_> {
        let mut event = Event::new();
        if let Some(text) = &self.comment {
            event = event.comment(Comment::try_from(text.as_str()).expect("has no line break"));
        }
        if let Some(text) = &self.id {
            event = event.id(EventId::try_from(text.as_str()).expect("has no line break"));
        }
        if let Some(text) = &self.name {
            event = event.event(EventName::try_from(text.as_str()).expect("has no line break"));
        }
        if let Some(delay) = self.retry {
            event = event.retry(delay);
        }
        if let Some(text) = &self.data {
            event = event.data(text);
        }
        event
    }

    /// The data with each line break as LF, as a client gets it.
    pub(crate) fn normal_data(&self) -> Option<String> {
        let data = self.data.as_ref()?;
        Some(data.replace("\r\n", "\n").replace('\r', "\n"))
    }
}

//! The events of the server's library: [`Notice`].

use serde::Deserialize;

use crate::{Event, Gap};

/// What an event says whose name begins with `sse.`. Its data is JSON; what can't be read is taken as
/// empty, so that a newer server does no harm.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// `sse.open`: the first event of a connection.
    Open(Option<Gap>),
    /// `sse.gap`: these events are lost.
    Gap(Option<Gap>),
    /// `sse.close`: the last event, with the reason.
    Close(String),
    /// `sse.error`: the last event, with the reason.
    Error(String),
    /// `sse.wait`: the only event of a connection that can't be served now.
    Wait,
    /// `sse.heartbeat`, or a name of a newer server: a sign of life.
    Other,
}

#[derive(Deserialize)]
struct Lost {
    from: u64,
    to: u64,
}

#[derive(Deserialize)]
struct Opened {
    gap: Option<Lost>,
}

#[derive(Deserialize)]
struct Reason {
    reason: String,
}

impl Notice {
    /// What this event says; `None` if it is one of the application's.
    pub(super) fn of(event: &Event) -> Option<Self> {
        let name = event.name().strip_prefix("sse.")?;
        Some(match name {
            "open" => Self::Open(event.json::<Opened>().ok().and_then(|it| it.gap).map(gap)),
            "gap" => Self::Gap(event.json().ok().map(gap)),
            "close" => Self::Close(reason(event)),
            "error" => Self::Error(reason(event)),
            "wait" => Self::Wait,
            _ => Self::Other,
        })
    }
}

fn gap(Lost { from, to }: Lost) -> Gap {
    Gap { from, to }
}

/// The reason, cut to what can be printed: a server may not fill a log.
fn reason(event: &Event) -> String {
    let reason = event
        .json()
        .map_or_else(|_| String::new(), |Reason { reason }| reason);
    let plain = reason.chars().filter(char::is_ascii_graphic);
    plain.take(64).collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use sse_gate_codec::{Decoder, Frame};

    use super::*;

    fn notice(name: &str, data: &str) -> Option<Notice> {
        let stream = Bytes::from(format!("event: {name}\ndata: {data}\n\n"));
        let mut decoder = Decoder::new();
        let frame = decoder.feed_shared(stream).next();
        let Some(Ok(Frame::Event(message))) = frame else {
            panic!("no event");
        };
        Notice::of(&Event::new(message, None))
    }

    #[test]
    fn the_librarys_events_are_told_from_the_applications() {
        let gap = Gap { from: 7, to: 9 };
        let rows = [
            (
                "sse.open",
                r#"{"v":1,"gap":null}"#,
                Some(Notice::Open(None)),
            ),
            (
                "sse.open",
                r#"{"v":1,"gap":{"from":7,"to":9}}"#,
                Some(Notice::Open(Some(gap))),
            ),
            ("sse.open", "not JSON", Some(Notice::Open(None))),
            (
                "sse.gap",
                r#"{"v":1,"from":7,"to":9}"#,
                Some(Notice::Gap(Some(gap))),
            ),
            (
                "sse.close",
                r#"{"v":1,"reason":"complete"}"#,
                Some(Notice::Close("complete".into())),
            ),
            (
                "sse.close",
                r#"{"reason":"a\u001b[31m b"}"#,
                Some(Notice::Close("a[31mb".into())),
            ),
            ("sse.error", "{}", Some(Notice::Error(String::new()))),
            ("sse.wait", r#"{"v":1}"#, Some(Notice::Wait)),
            ("sse.heartbeat", r#"{"v":1}"#, Some(Notice::Other)),
            ("sse.newer", "{}", Some(Notice::Other)),
            ("sse", "{}", None),
            ("message", "sse.close", None),
        ];
        for (name, data, expected) in rows {
            assert_eq!(notice(name, data), expected, "{name} {data}");
        }
    }
}

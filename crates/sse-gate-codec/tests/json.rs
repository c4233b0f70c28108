//! Events whose data is JSON.
#![cfg(feature = "json")]

mod hostile;
mod reference;

use std::collections::BTreeMap;
use std::error::Error;

use hostile::{config, hostile_text};
use proptest::prelude::*;
use reference::decode;
use serde::{Deserialize, Serialize, Serializer, ser};
use sse_gate_codec::{Decoder, Event, EventName, Frame, JsonErrorKind, SharedMessage};

/// The message that a client makes of an event.
fn message(event: &Event<'_>) -> SharedMessage {
    let mut decoder = Decoder::new();
    match decoder.feed_shared(event.to_bytes()).next() {
        Some(Ok(Frame::Event(message))) => message,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(config())]

    /// H1
    #[test]
    fn a_value_with_any_text_arrives_on_one_line(key in hostile_text(), text in hostile_text()) {
        let value = BTreeMap::from([(key, text)]);
        let seen = decode(&Event::json(&value).unwrap().to_bytes(), "");
        prop_assert_eq!(seen.fields.len(), 1);
        prop_assert_eq!(seen.events.len(), 1);
        let back: BTreeMap<String, String> = serde_json::from_str(&seen.events[0].data).unwrap();
        prop_assert_eq!(&back, &value);
        let message = message(&Event::json(&value).unwrap());
        prop_assert_eq!(message.json::<BTreeMap<String, String>>().unwrap(), value);
    }
}

#[test]
fn json_is_one_field_among_the_others() {
    let event = Event::json(&[1, 2])
        .unwrap()
        .event(EventName::from_static("pair"));
    assert_eq!(event.to_bytes(), "event: pair\ndata: [1,2]\n\n");
}

#[test]
fn an_unsized_value_is_accepted() {
    assert_eq!(Event::json("a\nb").unwrap().get_data(), Some(r#""a\nb""#));
}

/// Serializing this fails.
struct Broken;

impl Serialize for Broken {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(ser::Error::custom("out of order"))
    }
}

#[test]
fn a_value_that_cannot_be_json_is_an_error_with_its_reason() {
    let error = Event::json(&Broken).unwrap_err();
    assert_eq!(error.kind(), JsonErrorKind::Encoding);
    assert_eq!(error.to_string(), "value has no form in JSON");
    assert_eq!(error.source().unwrap().to_string(), "out of order");

    let no_string_key = BTreeMap::from([((1, 2), 3)]);
    assert!(Event::json(&no_string_key).is_err());
}

#[derive(Debug, PartialEq, Deserialize)]
struct Progress<'a> {
    stage: &'a str,
    percent: u8,
}

#[test]
fn a_value_borrows_from_the_data_of_a_message() {
    let message = message(&Event::new().data("{\"stage\": \"parsing\",\r\n\"percent\": 20}"));
    let stage = "parsing";
    let expected = Progress { stage, percent: 20 };
    let shared: Progress<'_> = message.json().unwrap();
    assert_eq!(shared, expected);
    let start = message.data().as_ptr() as usize;
    assert_eq!(
        shared.stage.as_ptr() as usize,
        start + "{\"stage\": \"".len()
    );
    // A borrowed message lends its data for longer than it lives itself.
    let lent: Progress<'_> = {
        let message = message.as_message();
        message.json().unwrap()
    };
    assert_eq!(lent, expected);
}

#[test]
fn an_error_of_the_data_names_its_kind_its_place_and_what_was_wrong() {
    let (syntax, mismatch) = (JsonErrorKind::Syntax, JsonErrorKind::Mismatch);
    for (data, kind, text, source) in [
        (
            "",
            syntax,
            "data is not JSON, at line 1 column 0",
            "EOF while parsing a value",
        ),
        (
            "parsing",
            syntax,
            "data is not JSON, at line 1 column 1",
            "expected value",
        ),
        (
            "{\"stage\": \"p\",",
            syntax,
            "data is not JSON, at line 1 column 14",
            "EOF while parsing",
        ),
        (
            "{\"stage\": \"p\"}\n{}",
            mismatch,
            "data is JSON of another form, at line 1 column 14",
            "missing field `percent`",
        ),
        (
            "{\"stage\": \"p\",\n\"percent\": \"x\"}",
            mismatch,
            "data is JSON of another form, at line 2 column 14",
            "invalid type: string \"x\", expected u8",
        ),
        (
            "{\"stage\": \"p\", \"percent\": 20} and more",
            syntax,
            "data is not JSON, at line 1 column 31",
            "trailing characters",
        ),
    ] {
        let message = message(&Event::new().data(data));
        let error = message.json::<Progress<'_>>().unwrap_err();
        assert_eq!(error.kind(), kind, "{data:?}");
        assert_eq!(error.to_string(), text, "{data:?}");
        let reason = error.source().unwrap().to_string();
        assert!(reason.starts_with(source), "{reason} for {data:?}");
    }
}

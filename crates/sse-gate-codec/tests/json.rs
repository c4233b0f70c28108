//! Events whose data is JSON.
#![cfg(feature = "json")]

mod hostile;
mod reference;

use std::collections::BTreeMap;
use std::error::Error;

use hostile::{config, hostile_text};
use proptest::prelude::*;
use reference::decode;
use serde::{Serialize, Serializer, ser};
use sse_gate_codec::{Event, EventName};

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
        prop_assert_eq!(back, value);
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
    assert_eq!(error.to_string(), "value has no form in JSON");
    assert_eq!(error.source().unwrap().to_string(), "out of order");

    let no_string_key = BTreeMap::from([((1, 2), 3)]);
    assert!(Event::json(&no_string_key).is_err());
}

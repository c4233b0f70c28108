//! The law of the codec: a client sees the event that was built, and nothing else.
//!
//! Each encoded event is decoded by the decoder in `reference/`, which is written from the standard
//! and shares no code with the crate.

mod hostile;
mod parts;
mod reference;

use bytes::BytesMut;
use hostile::config;
use parts::{Parts, parts};
use proptest::prelude::*;
use reference::{Decoded, Dispatched, decode};
use sse_gate_codec::{Event, EventId, EventName};

/// What a client must see of events built from `list`, worked out from the parts alone.
fn expected(list: &[Parts]) -> Decoded {
    let mut seen = Decoded::default();
    for parts in list {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        seen.comments.extend(parts.comment.clone());
        if let Some(id) = &parts.id {
            seen.fields.push(field("id", id));
            seen.last_event_id.clone_from(id);
        }
        if let Some(name) = &parts.name {
            seen.fields.push(field("event", name));
        }
        if let Some(delay) = parts.retry {
            let millis = delay.min(Event::MAX_RETRY).as_millis();
            seen.fields.push(field("retry", &millis.to_string()));
            seen.retries.push(millis);
        }
        if let Some(data) = parts.normal_data() {
            seen.fields
                .extend(data.split('\n').map(|line| field("data", line)));
            let name = parts.name.clone().filter(|name| !name.is_empty());
            seen.events.push(Dispatched {
                kind: name.unwrap_or_else(|| "message".to_owned()),
                data,
                last_event_id: seen.last_event_id.clone(),
            });
        }
    }
    seen
}

proptest! {
    #![proptest_config(config())]

    /// H1, H2, H3
    ///
    /// The fields are equal, not only the events: the stream has no field that was not set.
    #[test]
    fn any_event_arrives_as_it_was_built_and_with_no_other_field(parts in parts()) {
        let bytes = parts.event().to_bytes();
        prop_assert_eq!(decode(&bytes, ""), expected(&[parts]));
    }

    /// H1, H2, H3
    #[test]
    fn events_in_one_buffer_arrive_as_the_same_list(
        list in prop::collection::vec(parts(), 0..6),
    ) {
        let mut buffer = BytesMut::new();
        for parts in &list {
            parts.event().encode(&mut buffer);
        }
        prop_assert_eq!(decode(&buffer, ""), expected(&list));
    }

    /// H1
    ///
    /// This checks the first law without a decoder: there is one empty line, at the end, and no CR.
    #[test]
    fn any_event_is_lines_that_end_in_lf_and_one_empty_line(parts in parts()) {
        let bytes = parts.event().to_bytes();
        let block = bytes.strip_suffix(b"\n").unwrap();
        prop_assert!(!bytes.contains(&b'\r'));
        prop_assert!(block.is_empty() || block.ends_with(b"\n"));
        prop_assert!(!block.starts_with(b"\n"));
        prop_assert!(!block.windows(2).any(|pair| pair == b"\n\n"));
    }

    /// H9
    ///
    /// With this bound you can turn a limit on text into a limit on bytes.
    #[test]
    fn encoded_len_is_exact_and_data_grows_at_most_sevenfold(parts in parts()) {
        let event = parts.event();
        prop_assert_eq!(event.encoded_len(), event.to_bytes().len());

        let data = parts.data.unwrap_or_default();
        prop_assert!(Event::new().data(&data).encoded_len() <= 7 * data.len() + 8);
    }

    #[test]
    fn encode_appends_what_to_bytes_returns(parts in parts(), before in any::<Vec<u8>>()) {
        let mut buffer = BytesMut::from(before.as_slice());
        parts.event().encode(&mut buffer);
        prop_assert_eq!(buffer, [before, parts.event().to_bytes().to_vec()].concat());
    }

    #[test]
    fn an_owned_event_equals_the_borrowed_one(parts in parts()) {
        let owned: Event<'static> = parts.event().into_owned();
        prop_assert_eq!(owned.to_bytes(), parts.event().to_bytes());
        prop_assert_eq!(owned, parts.event());
    }

    #[test]
    fn getters_return_what_was_set(parts in parts()) {
        let event = parts.event();
        prop_assert_eq!(event.get_id().map(EventId::as_str), parts.id.as_deref());
        prop_assert_eq!(event.get_event().map(EventName::as_str), parts.name.as_deref());
        prop_assert_eq!(event.get_data(), parts.data.as_deref());
    }
}

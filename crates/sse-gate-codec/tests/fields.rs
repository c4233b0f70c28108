//! Which texts can be an event name, an event id or a comment.

mod hostile;

use std::borrow::Cow;

use hostile::{config, hostile_text};
use proptest::prelude::*;
use sse_gate_codec::{Comment, EventId, EventName, InvalidFieldError, InvalidFieldErrorKind};

/// What one type makes of a text: the text again, or an error.
type Outcome = Result<String, InvalidFieldError>;

/// Gives `text` to every conversion of every type.
fn all_conversions(text: &str) -> [Outcome; 9] {
    let owned = || text.to_owned();
    let cow = || Cow::Borrowed(text);
    [
        EventName::try_from(text).map(|it| it.to_string()),
        EventName::try_from(owned()).map(|it| it.to_string()),
        EventName::try_from(cow()).map(|it| it.to_string()),
        EventId::try_from(text).map(|it| it.to_string()),
        EventId::try_from(owned()).map(|it| it.to_string()),
        EventId::try_from(cow()).map(|it| it.to_string()),
        Comment::try_from(text).map(|it| it.to_string()),
        Comment::try_from(owned()).map(|it| it.to_string()),
        Comment::try_from(cow()).map(|it| it.to_string()),
    ]
}

proptest! {
    #![proptest_config(config())]

    /// H2
    #[test]
    fn a_text_is_refused_for_its_first_cr_lf_or_nul_and_for_nothing_else(text in hostile_text()) {
        let forbidden = text.find(['\r', '\n', '\0']);
        for outcome in all_conversions(&text) {
            match (outcome, forbidden) {
                (Ok(kept), None) => prop_assert_eq!(kept, text.as_str()),
                (Err(error), Some(at)) => {
                    let (kind, character) = match text.as_bytes()[at] {
                        b'\r' => (InvalidFieldErrorKind::CarriageReturn, "carriage return"),
                        b'\n' => (InvalidFieldErrorKind::LineFeed, "line feed"),
                        _ => (InvalidFieldErrorKind::Nul, "null character"),
                    };
                    prop_assert_eq!((error.kind(), error.position()), (kind, at));
                    let expected = format!("{character} at byte {at} of ");
                    prop_assert!(error.to_string().starts_with(&expected), "{}", error);
                }
                (outcome, _) => prop_assert!(false, "{:?} for {:?}", outcome, text),
            }
        }
    }
}

/// H2
#[test]
#[cfg_attr(miri, ignore = "too many for Miri")]
fn of_all_characters_only_three_are_refused() {
    let mut room = [0; 4];
    let refused: Vec<char> = ('\0'..=char::MAX)
        .filter(|character| {
            let text: &str = character.encode_utf8(&mut room);
            let name = EventName::try_from(text).is_err();
            assert_eq!(EventId::try_from(text).is_err(), name, "{text:?}");
            assert_eq!(Comment::try_from(text).is_err(), name, "{text:?}");
            name
        })
        .collect();
    assert_eq!(refused, ['\0', '\n', '\r']);
}

#[test]
fn an_error_names_the_field_the_character_and_the_place() {
    let cases = [
        (
            EventName::try_from("é\n").unwrap_err(),
            2,
            "line feed at byte 2 of an event name",
        ),
        (
            EventId::try_from("\r\n").unwrap_err(),
            0,
            "carriage return at byte 0 of an event id",
        ),
        (
            Comment::try_from("a\0b").unwrap_err(),
            1,
            "null character at byte 1 of a comment",
        ),
    ];
    for (error, position, message) in cases {
        assert_eq!(error.to_string(), message);
        assert_eq!(error.position(), position);
    }
}

#[test]
fn a_literal_makes_a_constant_of_each_type() {
    const NAME: EventName<'static> = EventName::from_static("status");
    const ID: EventId<'static> = EventId::from_static("");
    const COMMENT: Comment<'static> = Comment::from_static(" hello: world");
    assert_eq!(NAME, "status");
    assert_eq!(ID, "");
    assert_eq!(COMMENT, " hello: world");
}

/// H2
///
/// A call outside of a constant is not checked by the compiler. It must still refuse the text.
#[test]
#[should_panic(expected = "CR, LF or NUL in an event id")]
fn a_wrong_literal_is_refused_at_run_time_too() {
    let _ = EventId::from_static("1\n");
}

/// H7
#[test]
fn reserved_names_are_those_that_begin_with_the_prefix_exactly() {
    let cases = [
        ("sse.", true),
        ("sse.open", true),
        ("sse.gap.more", true),
        ("", false),
        ("sse", false),
        ("SSE.open", false),
        (" sse.open", false),
        ("my.sse.open", false),
        ("message", false),
    ];
    for (name, reserved) in cases {
        assert_eq!(
            EventName::from_static(name).is_reserved(),
            reserved,
            "{name:?}"
        );
    }
}

#[test]
fn a_value_outlives_its_text_once_it_is_owned() {
    fn owned(text: &str) -> (EventName<'static>, EventId<'static>, Comment<'static>) {
        (
            EventName::try_from(text).unwrap().into_owned(),
            EventId::try_from(text).unwrap().into_owned(),
            Comment::try_from(text).unwrap().into_owned(),
        )
    }
    let (name, id, comment) = owned(&String::from("x"));
    assert_eq!(
        (name.as_str(), id.as_ref(), comment.as_str()),
        ("x", "x", "x")
    );
}

//! Which events the client has had already: [`Position`].

use std::borrow::Cow;

use crate::Settings;

/// The number of the last event that was delivered, and the session that it is of.
///
/// A server that replays too much sends events again whose numbers the client has had. Ids of different
/// sessions can't be compared: a new session begins anew.
#[derive(Debug)]
pub(super) struct Position {
    /// The session and the number.
    last: Option<(String, u64)>,
    /// The id of the event before, in this connection. An event with the same id has none of its own.
    before: String,
    /// Whether decimal numbers count, as of one session.
    plain: bool,
}

impl Position {
    pub(super) fn new(settings: &Settings) -> Self {
        let mut position = Self {
            last: None,
            before: String::new(),
            plain: settings.numbered_ids,
        };
        if let Some(id) = settings.last_event_id.get() {
            position.set(id);
        }
        position
    }

    /// A new connection begins.
    pub(super) fn restart(&mut self) {
        self.before.clear();
    }

    /// Whether the client has had the event with this id. If not, it has it now.
    pub(super) fn is_duplicate(&mut self, id: &str) -> bool {
        if id.is_empty() || id == self.before {
            return false;
        }
        id.clone_into(&mut self.before);
        let Some((session, number)) = parse(id, self.plain) else {
            return false;
        };
        match &mut self.last {
            Some((known, last)) if known == session => {
                let is_duplicate = number <= *last;
                *last = number.max(*last);
                is_duplicate
            }
            last => {
                *last = Some((session.to_owned(), number));
                false
            }
        }
    }

    /// A connection begins behind this id. If it begins with a gap, it may begin before what the client
    /// had: the server lost events and gives their numbers again.
    ///
    /// Behind such an id each event has one of its own: it may be the same, if too much is replayed.
    pub(super) fn opened(&mut self, id: &str, gap: bool) {
        self.before.clear();
        let Some((session, number)) = parse(id, self.plain) else {
            return;
        };
        match &mut self.last {
            Some((known, last)) if known == session && !gap => *last = number.max(*last),
            last => *last = Some((session.to_owned(), number)),
        }
    }

    fn set(&mut self, id: &str) {
        let place = parse(id, self.plain);
        self.last = place.map(|(session, number)| (session.to_owned(), number));
    }
}

/// What an id stands for, without the credential that a resume id is: its number, or any other id as it is.
pub(super) fn position_of(id: &str) -> Cow<'_, str> {
    match parse(id, false) {
        Some((_, number)) => number.to_string().into(),
        None => id.into(),
    }
}

/// The session and the number of an id: of a resume id, `sser1.<key>.<session>.<generation>.<tag>.<number
/// in base 36>`, or of a decimal number if those count. The session of a number is empty.
fn parse(id: &str, plain: bool) -> Option<(&str, u64)> {
    if let Some(rest) = id.strip_prefix("sser1.") {
        let mut dots = rest.match_indices('.').map(|(at, _)| at);
        let session = &rest[..dots.nth(1)?];
        let number = &rest[dots.nth(1)? + 1..];
        let is_number = number.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return is_number.then(|| u64::from_str_radix(number, 36).ok().map(|it| (session, it)))?;
    }
    let is_number = plain && id.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| id.parse().ok().map(|number| ("", number)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position() -> Position {
        Position::new(&Settings::new().with_numbered_ids(true))
    }

    #[test]
    fn ids_have_a_session_and_a_number() {
        for (id, expected) in [
            ("sser1.a.S.0.T.z", Some(("a.S", 35))),
            ("sser1.a.S.1f.T.10", Some(("a.S", 36))),
            ("sser1.a.S.0.T.", None),
            ("sser1.a.S.0.T", None),
            ("sser1.a.S.0.T.1.2", None),
            ("sser1.a.S.0.T.-1", None),
            ("sser1.", None),
            ("42", Some(("", 42))),
            ("18446744073709551616", None),
            ("+1", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(parse(id, true), expected, "{id:?}");
        }
        assert_eq!(parse("42", false), None);
    }

    #[test]
    fn an_id_stands_for_a_position() {
        for (id, expected) in [
            ("sser1.a.S.0.T.z", "35"),
            ("sser1.a.S.0.T.", "sser1.a.S.0.T."),
            ("42", "42"),
            ("of the application", "of the application"),
        ] {
            assert_eq!(position_of(id), expected, "{id:?}");
        }
    }

    #[test]
    fn what_was_had_is_a_duplicate_in_the_same_session_only() {
        let mut position = position();
        let ids = ["sser1.a.S.0.T.5", "sser1.a.S.0.T.6"];
        assert_eq!(ids.map(|id| position.is_duplicate(id)), [false, false]);
        position.restart();
        let ids = ["sser1.a.S.1.T.5", "sser1.a.S.1.T.6", "sser1.a.S.1.T.7"];
        assert_eq!(ids.map(|id| position.is_duplicate(id)), [true, true, false]);
        // Another session begins anew.
        position.restart();
        assert!(!position.is_duplicate("sser1.a.other.0.T.1"));
    }

    #[test]
    fn an_event_without_an_id_of_its_own_is_never_a_duplicate() {
        let mut position = position();
        assert_eq!(
            ["7", "7", "", "x", "x"].map(|id| position.is_duplicate(id)),
            [false; 5]
        );
        position.restart();
        assert_eq!(
            ["7", "7", "8"].map(|id| position.is_duplicate(id)),
            [true, false, false]
        );
        // The first event of a connection has an id of its own, also if it is the last one's.
        position.restart();
        assert!(position.is_duplicate("8"));
    }

    #[test]
    fn after_a_gap_the_server_gives_numbers_again() {
        let mut position = position();
        assert!(!position.is_duplicate("sser1.a.S.0.T.9"));
        position.restart();
        position.opened("sser1.a.S.1.T.3", false);
        assert!(position.is_duplicate("sser1.a.S.1.T.3"));
        position.restart();
        position.opened("sser1.a.S.2.T.3", true);
        assert!(!position.is_duplicate("sser1.a.S.2.T.4"));
        // Also within a connection: the event that follows has an id of its own.
        position.opened("sser1.a.S.2.T.4", true);
        assert!(position.is_duplicate("sser1.a.S.2.T.4"));
    }
}

//! What errors and debug prints say.

use std::error::Error;
use std::fmt::Debug;

use bytes::Bytes;
use pollster::block_on;
use sse_gate_codec::{Event, EventId, EventName};
use sse_gate_core::EntropyError;
use sse_gate_resume::backend::{EncodedEvent, Page, ResumeId, SessionId, SharedSessions};
use sse_gate_resume::error::{
    AppendError, AppendErrorKind, OpenError, ResumeError, SessionError, SessionErrorKind,
};
use sse_gate_resume::{
    GoneReason, InvalidIdReason, MemorySessions, ResumeKey, ResumeKeys, SessionLimits,
    SessionObserver, SessionSignal,
};

use crate::support::{RecordingObserver, Stage, append, grant, parts, token};

fn key(kid: char, secret: u8) -> ResumeKey {
    ResumeKey::new(kid, [secret; 32]).unwrap()
}

fn resume_errors() -> [ResumeError; 5] {
    [
        ResumeError::Gone(GoneReason::Complete),
        ResumeError::Refused(InvalidIdReason::Reuse),
        ResumeError::TooSoon,
        ResumeError::NotAdmitted,
        ResumeError::Unavailable(SessionError::unavailable("no route")),
    ]
}

/// An error of each type and kind.
fn errors() -> Vec<Box<dyn Error>> {
    let of_logs = [
        AppendErrorKind::Id,
        AppendErrorKind::ReservedName,
        AppendErrorKind::NoData,
        AppendErrorKind::TooLarge,
        AppendErrorKind::NoRoom,
        AppendErrorKind::Ended,
        AppendErrorKind::Unavailable,
    ];
    let of_stores = [
        SessionErrorKind::FullForSubject,
        SessionErrorKind::Full,
        SessionErrorKind::Revoked,
        SessionErrorKind::Exists,
        SessionErrorKind::Unavailable,
    ];
    let twice = ResumeKeys::new(key('k', 7)).with_previous(key('k', 8));
    let mut errors: Vec<Box<dyn Error>> = vec![
        Box::new(ResumeKey::new('-', [7; 32]).unwrap_err()),
        Box::new(twice.unwrap_err()),
        Box::new(OpenError::from(SessionError::from(SessionErrorKind::Full))),
    ];
    errors.extend(resume_errors().map(|error| Box::new(error) as Box<dyn Error>));
    for kind in of_logs {
        errors.push(Box::new(AppendError::from(kind)));
    }
    for kind in of_stores {
        errors.push(Box::new(SessionError::from(kind)));
    }
    errors
}

/// Words for a log line: something, in lower case, without a full stop, and for each its own.
#[test]
fn every_error_says_what_is_wrong() {
    let said: Vec<_> = errors().iter().map(ToString::to_string).collect();
    for (n, words) in said.iter().enumerate() {
        assert!(
            words.starts_with(|first: char| first.is_ascii_lowercase()),
            "{words:?}"
        );
        assert!(words.len() > 10 && !words.ends_with('.'), "{words:?}");
        assert!(!said[..n].contains(words), "{words:?} is said twice");
    }
}

/// What a backend said is kept behind the error.
#[test]
fn an_error_keeps_its_source() {
    let source = |error: &dyn Error| error.source().map(ToString::to_string);
    assert_eq!(
        source(&AppendError::unavailable("no route")).unwrap(),
        "no route"
    );
    assert_eq!(
        source(&SessionError::unavailable("no route")).unwrap(),
        "no route"
    );
    let [.., unavailable] = resume_errors();
    let inner = SessionError::unavailable("no route").to_string();
    assert_eq!(source(&unavailable).unwrap(), inner);
    let of_store = OpenError::from(SessionError::from(SessionErrorKind::Full));
    let inner = SessionError::from(SessionErrorKind::Full).to_string();
    assert_eq!(source(&of_store).unwrap(), inner);
    let of_entropy = OpenError::from(EntropyError::new("no device"));
    let inner = EntropyError::new("no device").to_string();
    assert_eq!(source(&of_entropy).unwrap(), inner);

    assert_eq!(source(&AppendError::from(AppendErrorKind::NoRoom)), None);
    assert_eq!(source(&ResumeError::TooSoon), None);
    assert_eq!(source(&SessionError::from(SessionErrorKind::Full)), None);
}

/// D8, I1: a print that is redacted still says what it is of, and what is no secret.
#[test]
fn a_debug_print_names_its_type_and_shows_no_secret() {
    let stage = Stage::default();
    let log = stage.log();
    append(&log, "1");
    let mut client = stage.alice(&log);
    client.read();
    let parts = parts(&client.id);
    let id = ResumeId::parse(&client.id).unwrap();
    let keys = ResumeKeys::new(key('n', 8))
        .with_previous(key('k', 7))
        .unwrap();
    let connection = client.connection.as_ref().unwrap();
    let store = MemorySessions::new(SessionLimits::default());

    let shows = |value: &dyn Debug, wanted: &[&str]| {
        let print = format!("{value:?}");
        for part in wanted {
            assert!(print.contains(part), "{part} is not in {print}");
        }
        for secret in [parts.session, parts.tag, "7, 7", "8, 8", "[7", "[8"] {
            assert!(!print.contains(secret), "{secret} is in {print}");
        }
    };
    shows(&key('n', 8), &["ResumeKey", "'n'"]);
    shows(&keys, &["ResumeKeys", "'n'", "'k'"]);
    shows(&id, &["ResumeId", "SessionId(", "…", "generation", "seq"]);
    shows(&log, &["Log"]);
    shows(&store, &["MemorySessions"]);
    shows(&SharedSessions::new(store), &["MemorySessions"]);
    shows(connection, &["Subscription", "IdPrefix", "Binding"]);
}

/// I1: what another server made with a key of the same name is forged here.
#[test]
fn a_key_of_the_same_name_is_another_key() {
    let stage = Stage::default();
    let log = stage.log();
    append(&log, "1");
    let mut client = stage.alice(&log);
    client.read();
    let with = |keys| {
        let sessions = stage.sessions.clone().with_keys(keys);
        block_on(sessions.resume(&client.id, token(1)))
    };
    for other in [0, 1, 6, 8] {
        let shown = with(ResumeKeys::new(key('k', other)));
        assert!(shown.is_err(), "under the key of {other}s");
    }
    assert!(with(ResumeKeys::new(key('k', 7))).is_ok());
}

/// I1: an id is claimed by its first characters, and its key's name is one of few.
#[test]
fn what_begins_otherwise_is_an_applications_own_id() {
    for own in ["", "7", "sser1", "sser2.k", "Sser1.", " sser1."] {
        assert!(!ResumeId::is_claimed_by(own.as_bytes()), "{own:?}");
    }
    assert!(ResumeId::is_claimed_by(b"sser1."));
    let id = |kid: &str| format!("sser1.{kid}.{0}.1.{0}.0", "A".repeat(22));
    for kid in ["0", "9", "a", "z", "A", "Z"] {
        assert!(ResumeId::parse(&id(kid)).is_some(), "{kid:?}");
    }
    for kid in ["", "_", "-", " ", "+", "\0", "kk", "é"] {
        assert!(ResumeId::parse(&id(kid)).is_none(), "{kid:?}");
    }
}

/// A log tells how many readers it has, and a store whether it has sessions.
#[test]
fn readers_and_sessions_are_counted() {
    let stage = Stage::default();
    let log = stage.log();
    assert_eq!(log.readers(), 0);
    assert!(stage.store.is_empty());
    let [one, two] = [1, 2].map(|number| stage.open(&grant("alice"), token(number), &log));
    assert_eq!(log.readers(), 2);
    assert!(!stage.store.is_empty());
    drop(one);
    assert_eq!(log.readers(), 1);
    drop(two);
    assert_eq!(log.readers(), 0);
}

/// A page is full at 64 events, or as soon as they have 64 KiB.
#[test]
fn a_page_is_full_of_events_or_of_bytes() {
    let block = |len: usize| EncodedEvent::from_bytes(Bytes::from(vec![b'x'; len]));
    for (len, fits) in [
        (0, 64),
        (1, 64),
        (1024, 64),
        (1025, 64),
        (2048, 32),
        (30_000, 3),
        (65_536, 1),
    ] {
        let mut page = Page::default();
        assert!(page.is_empty() && !page.is_full());
        let mut pushed = 1;
        while page.push(pushed, block(len)) {
            assert!(!page.is_full());
            pushed += 1;
        }
        assert!(page.is_full() && !page.is_empty());
        assert_eq!(pushed, fits, "of {len} bytes");
        assert_eq!(page.len() as u64, fits);
        let seqs: Vec<_> = page.into_iter().map(|(seq, _)| seq).collect();
        assert_eq!(seqs, (1..=fits).collect::<Vec<_>>());
    }
}

/// H7: what a log refuses, it refuses by kind, and keeps nothing of it.
#[test]
fn a_log_names_what_it_refuses() {
    let stage = Stage::default();
    let log = stage.log();
    let reserved = EventName::from_static("sse.open");
    let refused = |event: &Event<'_>| block_on(log.append(event)).unwrap_err().kind();
    let (event, id) = (Event::new(), EventId::from_static("1"));
    assert_eq!(
        refused(&event.clone().data("x").id(id)),
        AppendErrorKind::Id
    );
    let named = event.clone().data("x").event(reserved);
    assert_eq!(refused(&named), AppendErrorKind::ReservedName);
    assert_eq!(refused(&event), AppendErrorKind::NoData);
    assert_eq!(append(&log, "first"), 1);
}

/// Observers that are combined are each told, once.
#[test]
fn combined_observers_are_each_told_once() {
    let [one, two, three] = [(); 3].map(|()| RecordingObserver::default());
    let signal = SessionSignal::Opened;
    (one.clone(), two.clone()).observe(signal, None);
    assert_eq!((one.take(), two.take()), (vec![signal], vec![signal]));
    (one.clone(), two.clone(), three.clone()).observe(signal, None);
    for told in [one, two, three] {
        assert_eq!(told.take(), [signal]);
    }
}

/// The name of a session that a store elsewhere keeps is what it reads back.
#[test]
fn names_read_back_as_they_are() {
    let bytes: [u8; 16] = std::array::from_fn(|place| u8::try_from(place).unwrap());
    assert_eq!(SessionId::from_bytes(bytes).as_bytes(), &bytes);
}

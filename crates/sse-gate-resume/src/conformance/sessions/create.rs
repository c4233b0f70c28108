//! Laws of creating and loading.

use super::operations::{
    change, close, create, find, load, open, refuse, release, resume, try_create,
};
use super::{Sample, SessionBackend};
use crate::SessionLimits;
use crate::conformance::check::race;
use crate::id::SessionId;
use crate::log::{Bounds, LogEnd};
use crate::session::{NodeId, Record, SessionErrorKind};
use crate::store::{SessionKey, SessionStore};

const ROUNDS: usize = 100;
const CREATORS: usize = 8;

/// A session is loaded as it was put in, by name and by token, and so are its bytes.
pub fn a_session_comes_back_whole<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        for name in ["alice", "zoë"] {
            let sample = Sample::of(&store, name).await;
            let id = create(&store, &sample).await;
            is_whole(&store, id, &sample.record()).await;
            release(&store, id).await;
            resume(&store, id).await;
            let mut ended = find(&store, id).await.record;
            change(&store, id, |record, _| {
                record.confirm(2);
                record.serve_from(NodeId::from_bytes([9; 8]));
                record.note_log_end(&Bounds {
                    first: 1,
                    last: 9,
                    end: Some(LogEnd::Failed),
                });
                ended = record.clone();
            })
            .await;
            is_whole(&store, id, &ended).await;
            close(&store, id).await;
            ended.close(crate::CloseReason::Revoked);
            is_whole(&store, id, &ended).await;
        }
    });
}

/// The store gives this record under both of its keys.
async fn is_whole<S: SessionStore>(store: &S, id: SessionId, record: &Record) {
    let token = record.binding().token;
    for key in [SessionKey::Id(id), SessionKey::Token(token)] {
        let loaded = store.load(key).await.expect("a store can be asked");
        let loaded = loaded.expect("a session is not found by one of its keys");
        assert_eq!(loaded.id, id, "a session has another name");
        assert!(
            loaded.record == *record,
            "a session came back as {:?}, and was {record:?}",
            loaded.record
        );
        let read = Record::from_bytes(&loaded.record.to_bytes());
        assert_eq!(read.as_ref(), Ok(record), "its bytes are another record");
    }
}

/// A name or a token that was never there gives nothing.
pub fn an_unknown_key_gives_nothing<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let kept = open(&store, "alice").await;
        let unknown = Sample::of(&store, "alice").await;
        for key in [
            SessionKey::Id(unknown.id),
            SessionKey::Token(unknown.binding.token),
        ] {
            let found = store.load(key).await.expect("a store can be asked");
            assert!(found.is_none(), "an unknown key gave a session");
        }
        find(&store, kept).await;
    });
}

/// A name that is there is refused, if its session is closed, too. That session stays as it was.
pub fn a_name_is_taken_once<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let id = open(&store, "alice").await;
        for is_closed in [false, true] {
            let before = find(&store, id).await;
            let mut second = Sample::of(&store, "bob").await;
            second.id = id;
            refuse(&store, &second, SessionErrorKind::Exists).await;
            let after = find(&store, id).await;
            assert!(
                (after.version, &after.record) == (before.version, &before.record),
                "a session that was refused has changed the one that is there"
            );
            if !is_closed {
                close(&store, id).await;
            }
        }
    });
}

/// A token that has opened a session is refused, if that is closed, too.
pub fn a_token_opens_one_session<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let first = Sample::of(&store, "alice").await;
        create(&store, &first).await;
        for is_closed in [false, true] {
            let mut second = Sample::of(&store, "alice").await;
            second.binding.token = first.binding.token;
            let refused = try_create(&store, &second).await;
            assert_eq!(
                refused,
                Err(SessionErrorKind::Exists),
                "a token opened a second session"
            );
            assert!(load(&store, second.id).await.is_none());
            let key = SessionKey::Token(first.binding.token);
            let found = store.load(key).await.expect("a store can be asked");
            assert_eq!(found.map(|found| found.id), Some(first.id));
            if !is_closed {
                close(&store, first.id).await;
            }
        }
    });
}

/// If many threads create a session for one token at once, one of them does. A2
pub fn one_of_many_racing_creates_counts<B: SessionBackend>(backend: &B) {
    let limits = SessionLimits::default().with_max_per_subject(ROUNDS);
    let store = backend.block_on(backend.store(limits));
    for round in 0..ROUNDS {
        let token = backend.block_on(Sample::of(&store, "alice")).binding.token;
        let created = race(CREATORS, |_| {
            backend.block_on(async {
                let mut sample = Sample::of(&store, "alice").await;
                sample.binding.token = token;
                match try_create(&store, &sample).await {
                    Ok(()) => Some(sample.id),
                    Err(SessionErrorKind::Exists) => None,
                    Err(kind) => panic!("a new session was refused: {kind:?}"),
                }
            })
        });
        let created: Vec<_> = created.into_iter().flatten().collect();
        assert_eq!(
            created.len(),
            1,
            "in round {round}, {} of {CREATORS} creates counted",
            created.len()
        );
        let key = SessionKey::Token(token);
        let found = backend
            .block_on(store.load(key))
            .expect("a store can be asked");
        assert_eq!(found.map(|found| found.id), Some(created[0]));
    }
}

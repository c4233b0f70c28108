//! The operations of a store, as the checks use them: a store that can't be asked fails the check.

use sse_gate_core::{SteadyTime, Subject};

use super::Sample;
use super::sample::subject;
use crate::id::SessionId;
use crate::log::Bounds;
use crate::session::{CloseReason, Delivered, Outcome, Record, SessionErrorKind, ShownId};
use crate::store::{Due, Moment, SessionKey, SessionStore, StoredSession};

const ASKED: &str = "a store under test can be asked";

pub(super) async fn moment<S: SessionStore>(store: &S) -> Moment {
    store.moment().await.expect(ASKED)
}

pub(super) async fn load<S: SessionStore>(store: &S, id: SessionId) -> Option<StoredSession> {
    store.load(SessionKey::Id(id)).await.expect(ASKED)
}

/// A session that is there.
pub(super) async fn find<S: SessionStore>(store: &S, id: SessionId) -> StoredSession {
    let found = load(store, id).await;
    found.expect("a session is gone that should be there")
}

/// Creates a session that the store has room for.
pub(super) async fn create<S: SessionStore>(store: &S, sample: &Sample) -> SessionId {
    match try_create(store, sample).await {
        Ok(()) => sample.id,
        Err(kind) => panic!("a new session was refused: {kind:?}"),
    }
}

/// Creates a session of this subject.
pub(super) async fn open<S: SessionStore>(store: &S, subject: &str) -> SessionId {
    create(store, &Sample::of(store, subject).await).await
}

/// Creates a session, or says why not. A session that was refused is not there.
pub(super) async fn try_create<S: SessionStore>(
    store: &S,
    sample: &Sample,
) -> Result<(), SessionErrorKind> {
    let created = store.create(sample.id, sample.record()).await;
    created.map_err(|error| error.kind())
}

/// Creates a session that the store refuses for this reason, and does not keep.
pub(super) async fn refuse<S: SessionStore>(store: &S, sample: &Sample, reason: SessionErrorKind) {
    let refused = try_create(store, sample).await;
    assert_eq!(
        refused,
        Err(reason),
        "a session was let in, or refused for another reason"
    );
    let kept = load(store, sample.id).await;
    let is_kept = kept.is_some_and(|kept| kept.record.binding().token == sample.binding.token);
    assert!(!is_kept, "a session was refused, and is there");
}

/// Changes a session that no one else changes.
pub(super) async fn change<S: SessionStore>(
    store: &S,
    id: SessionId,
    step: impl FnOnce(&mut Record, SteadyTime),
) {
    let stored = find(store, id).await;
    let mut record = stored.record.clone();
    step(&mut record, stored.now);
    let counts = swap(store, &stored, record).await;
    assert!(counts, "a swap with the present version did not count");
}

pub(super) async fn swap<S: SessionStore>(store: &S, from: &StoredSession, record: Record) -> bool {
    store.swap(from, record).await.expect(ASKED)
}

pub(super) async fn close<S: SessionStore>(store: &S, id: SessionId) {
    change(store, id, |record, _| {
        record.close(CloseReason::Revoked);
    })
    .await;
}

/// The connection of a session is gone, and the session waits.
pub(super) async fn release<S: SessionStore>(store: &S, id: SessionId) {
    change(store, id, |record, now| {
        record.release(record.generation(), Delivered::Confirmed, now);
    })
    .await;
}

/// The client of a session comes back.
pub(super) async fn resume<S: SessionStore>(store: &S, id: SessionId) {
    let node = store.node();
    change(store, id, |record, now| {
        come_back(record, now);
        record.serve_from(node);
    })
    .await;
}

/// The step of a client that comes back with the last id.
pub(super) fn come_back(record: &mut Record, now: SteadyTime) {
    let shown = ShownId {
        generation: record.generation(),
        seq: 5,
        token: record.binding().token,
    };
    let log = Bounds {
        first: 1,
        last: 9,
        end: None,
    };
    let outcome = record.redeem(&shown, &log, now);
    assert!(matches!(outcome, Outcome::Resumed { .. }));
}

pub(super) async fn waiting<S: SessionStore>(
    store: &S,
    name: &str,
    limit: usize,
) -> Vec<SessionId> {
    store.waiting(subject(name), limit).await.expect(ASKED)
}

pub(super) async fn due<S: SessionStore>(store: &S, limit: usize) -> Due {
    store.due(limit).await.expect(ASKED)
}

pub(super) async fn revoke<S: SessionStore>(store: &S, subject: Subject) -> Vec<SessionId> {
    store.revoke(subject).await.expect(ASKED)
}

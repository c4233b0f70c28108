//! Laws of time: what is due, and what is forgotten.

use std::time::Duration;

use super::operations::{close, create, due, find, load, moment, open, release, resume};
use super::{Sample, SessionBackend};
use crate::SessionLimits;
use crate::id::SessionId;
use crate::store::{SessionKey, SessionStore};

/// Creates a session that lasts for `life`.
async fn lasting<S: SessionStore>(store: &S, life: Duration, idle: Duration) -> SessionId {
    let sample = Sample::of(store, "alice").await.lasting(life, idle);
    create(store, &sample).await
}

/// A session is due at its end and not before. Then no other is.
pub fn nothing_is_due_before_its_time<B: SessionBackend>(backend: &B) {
    let half = backend.precision() * 10;
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        open(&store, "alice").await;
        let id = lasting(&store, half * 2, half * 2).await;
        backend.advance(half).await;
        let early = due(&store, 8).await;
        assert!(early.sessions.is_empty(), "a session is due before its end");
        assert!(!early.has_more, "nothing is due, and there is more");
        assert!(moment(&store).await.due.is_empty());
        backend.advance(half).await;
        let named = moment(&store).await.due;
        assert!(
            named.is_empty() || named == [id],
            "other sessions are named than the one that has ended"
        );
        let ended = due(&store, 8).await.sessions;
        assert_eq!(ended, [id], "the session that has ended is not due alone");
        close(&store, id).await;
        let after = due(&store, 8).await.sessions;
        assert!(after.is_empty(), "a session is due that is closed");
    });
}

/// The sessions that ended first are listed first. If there are more than were asked for, it says so.
pub fn what_ended_first_is_due_first<B: SessionBackend>(backend: &B) {
    let unit = backend.precision() * 20;
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let mut by_end = [None; 4];
        for place in [2_u8, 0, 3, 1] {
            let life = unit * u32::from(place + 1);
            by_end[usize::from(place)] = Some(lasting(&store, life, unit * 100).await);
        }
        let by_end = by_end.map(|id| id.expect("all four were opened"));
        backend.advance(unit * 4).await;
        for limit in [1, 3, 4, 8] {
            let listed = due(&store, limit).await;
            let expected = &by_end[..limit.min(4)];
            assert_eq!(listed.sessions, expected, "of at most {limit} that are due");
            assert!(
                listed.has_more || limit > 4,
                "there are more than {limit}, and it does not say so"
            );
        }
        for id in by_end {
            close(&store, id).await;
        }
        let left = due(&store, 8).await;
        assert!(
            left.sessions.is_empty() && !left.has_more,
            "all are closed, and there is more"
        );
    });
}

/// A session that waits is due when its client has not come back in time. If the client has, it is not.
pub fn an_end_that_moves_moves_what_is_due<B: SessionBackend>(backend: &B) {
    let unit = backend.precision() * 20;
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let left = lasting(&store, unit * 1_000, unit).await;
        let back = lasting(&store, unit * 1_000, unit).await;
        release(&store, left).await;
        release(&store, back).await;
        resume(&store, back).await;
        backend.advance(unit).await;
        let listed = due(&store, 8).await.sessions;
        assert_eq!(
            listed,
            [left],
            "sessions are due other than the one that waits"
        );
    });
}

/// A closed session is still there until it ends, so that its client is told.
pub fn a_closed_session_is_kept_until_it_ends<B: SessionBackend>(backend: &B) {
    let unit = backend.precision() * 20;
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let id = lasting(&store, unit, unit).await;
        close(&store, id).await;
        let ends_at = find(&store, id).await.record.ends_at();
        let left = ends_at.saturating_since(moment(&store).await.now);
        for part in [left / 2, left / 4] {
            backend.advance(part).await;
            due(&store, 8).await;
            let found = load(&store, id).await;
            let found = found.expect("a closed session was forgotten before its end");
            assert!(found.record.closed().is_some());
        }
    });
}

/// A closed session is forgotten after its end, step by step, and its token with it.
pub fn a_closed_session_is_forgotten_when_it_ends<B: SessionBackend>(backend: &B) {
    let unit = backend.precision() * 20;
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let stays = open(&store, "alice").await;
        let mut closed = Vec::new();
        for _ in 0..3 {
            let id = lasting(&store, unit, unit).await;
            close(&store, id).await;
            closed.push((id, find(&store, id).await.record.binding().token));
        }
        backend.advance(unit * 2).await;
        let mut asked = 1;
        while due(&store, 1).await.has_more {
            asked += 1;
            assert!(asked < 10, "there is more for ever");
        }
        for (id, token) in closed {
            let key = SessionKey::Token(token);
            let found = store.load(key).await.expect("a store can be asked");
            assert!(
                found.is_none() && load(&store, id).await.is_none(),
                "a closed session is there after its end"
            );
        }
        find(&store, stays).await;
    });
}

/// The store's time goes on, and never back, whatever the wall clock does. I20
pub fn time_never_goes_back<B: SessionBackend>(backend: &B) {
    let unit = backend.precision() * 20;
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let id = open(&store, "alice").await;
        let mut last = moment(&store).await.now;
        for _ in 0..5 {
            let before = last;
            backend.advance(unit).await;
            backend.set_wall_back(Duration::from_secs(3_600));
            for now in [moment(&store).await.now, find(&store, id).await.now] {
                assert!(now >= last, "time went back from {last:?} to {now:?}");
                last = now;
            }
            let passed = last.saturating_since(before);
            assert!(
                passed + backend.precision() >= unit,
                "{unit:?} have passed, and only {passed:?} by the store's time"
            );
        }
    });
}

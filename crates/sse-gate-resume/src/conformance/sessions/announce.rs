//! Laws of what a store announces to the nodes. I19

use std::panic::resume_unwind;
use std::thread;

use super::operations::{
    change, close, come_back, create, find, load, moment, open, release, resume, swap,
};
use super::{Sample, SessionBackend};
use crate::SessionLimits;
use crate::conformance::check::race;
use crate::conformance::heard::{Heard, hear, hear_until};
use crate::id::SessionId;
use crate::session::{CloseReason, Record};
use crate::store::{Notice, SessionStore};

const ROUNDS: usize = 20;

/// A swap that changes the generation or closes the session announces it, from whichever node it comes. One
/// that changes neither need not.
pub fn what_cuts_connections_is_announced<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let Some(mut notices) = backend.subscribe(&store).await else {
            return;
        };
        let other = backend.other_node(&store).await;
        for node in [Some(&store), other.as_ref()].into_iter().flatten() {
            let session = open(node, "alice").await;
            for generation in [2, 3] {
                resume(node, session).await;
                let notice = Notice::Replaced {
                    session,
                    generation,
                };
                let (_, heard) = hear_until(&mut notices, notice, backend.patience()).await;
                assert_eq!(heard, Heard::Notice(notice), "a takeover was not announced");
                release(node, session).await;
            }
            close(node, session).await;
            let notice = Notice::Closed {
                session,
                generation: 3,
                reason: CloseReason::Revoked,
            };
            let (_, heard) = hear_until(&mut notices, notice, backend.patience()).await;
            assert_eq!(heard, Heard::Notice(notice), "a close was not announced");
        }
    });
}

/// A node that hears of a step and asks the store finds it. Else it could find the state before, and never
/// learn of the step.
pub fn an_announced_step_is_in_the_store<B: SessionBackend>(backend: &B) {
    let store = backend.block_on(backend.store(SessionLimits::default()));
    let Some(mut notices) = backend.block_on(backend.subscribe(&store)) else {
        return;
    };
    let session = backend.block_on(open(&store, "alice"));
    let asks = || {
        loop {
            let heard = backend.block_on(hear(&mut notices, backend.patience()));
            let Heard::Notice(notice) = heard else {
                panic!("steps were not announced: {heard:?}");
            };
            let stored = backend.block_on(find(&store, session));
            assert!(
                is_true(&notice, session, &stored.record),
                "{notice:?} was announced, and the store has generation {}, closed: {:?}",
                stored.record.generation(),
                stored.record.closed()
            );
            if matches!(notice, Notice::Closed { .. }) {
                return;
            }
        }
    };
    thread::scope(|scope| {
        let asking = scope.spawn(asks);
        for _ in 0..ROUNDS {
            backend.block_on(resume(&store, session));
        }
        backend.block_on(close(&store, session));
        if let Err(panic) = asking.join() {
            resume_unwind(panic);
        }
    });
}

/// A swap that does not count announces nothing that is not so: it would cut a connection that is good.
pub fn a_swap_that_does_not_count_announces_nothing_false<B: SessionBackend>(backend: &B) {
    let store = backend.block_on(backend.store(SessionLimits::default().with_max_per_subject(100)));
    let Some(mut notices) = backend.block_on(backend.subscribe(&store)) else {
        return;
    };
    let mut sessions = vec![backend.block_on(swap_stale(&store))];
    for _ in 0..ROUNDS {
        sessions.push(swap_by_many(backend, &store));
    }
    backend.block_on(async {
        // A session that never was.
        let unknown = Sample::of(&store, "alice").await;
        let mut record = unknown.record();
        record.close(CloseReason::Reuse);
        let never = unknown.stored(moment(&store).await.now);
        assert!(!swap(&store, &never, record).await);

        let session = open(&store, "bob").await;
        close(&store, session).await;
        let last = Notice::Closed {
            session,
            generation: 1,
            reason: CloseReason::Revoked,
        };
        let (all, heard) = hear_until(&mut notices, last, backend.patience()).await;
        assert_eq!(heard, Heard::Notice(last), "a close was not announced");
        for notice in all {
            let is_of_none = is_true(&notice, unknown.id, &unknown.record());
            assert!(is_of_none, "{notice:?} is of no session that there is");
            for session in &sessions {
                let record = find(&store, *session).await.record;
                assert!(
                    is_true(&notice, *session, &record),
                    "{notice:?} was announced by a swap that did not count"
                );
            }
        }
    });
}

/// Steps that come too late: they would close the session, or let another connection in.
async fn swap_stale<S: SessionStore>(store: &S) -> SessionId {
    let id = create(store, &Sample::at(&moment(store).await, "alice")).await;
    let old = find(store, id).await;
    change(store, id, |record, _| record.confirm(1)).await;
    let mut closed = old.record.clone();
    closed.close(CloseReason::Reuse);
    let mut resumed = old.record.clone();
    come_back(&mut resumed, old.now);
    for record in [closed, resumed] {
        let counts = swap(store, &old, record).await;
        assert!(!counts, "a swap with another version counted");
    }
    id
}

/// Many steps on one version of a new session. Some close it, each for another reason, and some go on.
fn swap_by_many<B: SessionBackend>(backend: &B, store: &B::Store) -> SessionId {
    const REASONS: [CloseReason; 4] = [
        CloseReason::Deadline,
        CloseReason::Idle,
        CloseReason::Reuse,
        CloseReason::Revoked,
    ];
    let id = backend.block_on(open(store, "alice"));
    let before = backend.block_on(find(store, id));
    race(REASONS.len() * 2, |racer| {
        let mut record = before.record.clone();
        match REASONS.get(racer) {
            Some(reason) => {
                record.close(*reason);
            }
            None => come_back(&mut record, before.now),
        }
        backend.block_on(swap(store, &before, record))
    });
    let is_there = backend.block_on(load(store, id)).is_some();
    assert!(is_there, "a session is gone that should be there");
    id
}

/// Whether what a notice says of this session is so, if it says anything of it.
fn is_true(notice: &Notice, of: SessionId, record: &Record) -> bool {
    match *notice {
        Notice::Replaced {
            session,
            generation,
        } => session != of || generation <= record.generation(),
        Notice::Closed {
            session,
            generation,
            reason,
        } => {
            let is_closed = record.closed() == Some(reason);
            session != of || (is_closed && generation <= record.generation())
        }
        _ => true,
    }
}

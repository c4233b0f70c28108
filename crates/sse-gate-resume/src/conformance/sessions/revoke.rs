//! Laws of revoking, and of its epochs. C20

use std::collections::BTreeSet;
use std::thread;

use super::operations::{
    close, create, find, load, moment, open, refuse, release, revoke, try_create,
};
use super::sample::subject;
use super::{Sample, SessionBackend};
use crate::SessionLimits;
use crate::conformance::check::race;
use crate::session::{SessionEpoch, SessionErrorKind};

/// How many other subjects are revoked before a late create: more than a store needs to remember.
const OTHERS: usize = 5_000;

const ROUNDS: usize = 50;
const CREATORS: usize = 4;

/// Revoking lists all sessions of the subject that are not closed, no others, and changes none.
pub fn revoking_lists_the_open_sessions_of_the_subject<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let limits = SessionLimits::default().with_max_per_subject(100);
        let store = backend.store(limits).await;
        let mut is_open = BTreeSet::new();
        for n in 0..100 {
            let id = open(&store, "alice").await;
            match n % 3 {
                0 => close(&store, id).await,
                1 => release(&store, id).await,
                _ => {}
            }
            if n % 3 != 0 {
                is_open.insert(id);
            }
        }
        let other = open(&store, "alice2").await;
        for _ in 0..2 {
            let listed = revoke(&store, subject("alice")).await;
            let distinct: BTreeSet<_> = listed.iter().copied().collect();
            assert_eq!(distinct.len(), listed.len(), "a session is listed twice");
            assert_eq!(
                distinct, is_open,
                "it lists other sessions than the open ones"
            );
        }
        for id in is_open.into_iter().chain([other]) {
            assert!(find(&store, id).await.record.closed().is_none());
        }
    });
}

/// Revoking begins a newer epoch. A session of an older one is refused, again and again.
pub fn a_session_older_than_a_revocation_is_refused<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let before = moment(&store).await.epoch;
        revoke(&store, subject("alice")).await;
        for _ in 0..3 {
            let late = Sample::of(&store, "alice").await.in_epoch(before);
            refuse(&store, &late, SessionErrorKind::Revoked).await;
        }
        let after = moment(&store).await.epoch;
        assert!(after > before, "revoking began no newer epoch");
        open(&store, "alice").await;
    });
}

/// Revoking concerns only its own subject, and only sessions whose token was shown before.
pub fn a_revocation_concerns_its_own_subject_and_the_past<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let before = moment(&store).await.epoch;
        revoke(&store, subject("alice")).await;
        for near in ["bob", "alic", "alice2"] {
            let sample = Sample::of(&store, near).await.in_epoch(before);
            create(&store, &sample).await;
        }
        let after = moment(&store).await.epoch;
        revoke(&store, subject("bob")).await;
        let sample = Sample::of(&store, "alice").await.in_epoch(after);
        create(&store, &sample).await;
        let late = Sample::of(&store, "bob").await.in_epoch(after);
        refuse(&store, &late, SessionErrorKind::Revoked).await;
    });
}

/// A session from before a revocation is refused, however many other subjects are revoked later.
pub fn a_revocation_is_never_forgotten<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let before = moment(&store).await.epoch;
        revoke(&store, subject("alice")).await;
        for n in 0..OTHERS {
            revoke(&store, subject(&format!("subject {n}"))).await;
        }
        let late = Sample::of(&store, "alice").await.in_epoch(before);
        refuse(&store, &late, SessionErrorKind::Revoked).await;
        open(&store, "alice").await;
    });
}

/// An epoch that is yet to come is refused. It is from another store, or this one has lost revocations.
pub fn an_epoch_that_never_was_is_refused<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let next = moment(&store).await.epoch.as_u64() + 1;
        let sample = Sample::of(&store, "alice").await;
        let early = sample.in_epoch(SessionEpoch::from_u64(next));
        refuse(&store, &early, SessionErrorKind::Revoked).await;
    });
}

/// Each session of an older epoch that got in is listed by the revocation, however many threads create
/// at the same moment. So it is closed after that.
pub fn no_racing_create_survives_a_revocation<B: SessionBackend>(backend: &B) {
    let limits = SessionLimits::default().with_max_per_subject(ROUNDS * CREATORS);
    let store = backend.block_on(backend.store(limits));
    for round in 0..ROUNDS {
        let before = backend.block_on(moment(&store));
        let mut samples: Vec<_> = (0..CREATORS)
            .map(|_| Sample::at(&before, "alice"))
            .collect();
        let listed = race(CREATORS + 1, |racer| {
            // Each round, another thread revokes, and a little later.
            let place = (racer + round) % (CREATORS + 1);
            let Some(sample) = samples.get(place) else {
                (0..round).for_each(|_| thread::yield_now());
                return backend.block_on(revoke(&store, subject("alice")));
            };
            match backend.block_on(try_create(&store, sample)) {
                Ok(()) | Err(SessionErrorKind::Revoked) => Vec::new(),
                Err(kind) => panic!("a new session was refused: {kind:?}"),
            }
        });
        let listed: BTreeSet<_> = listed.into_iter().flatten().collect();
        // One that comes last of all, whatever the threads did.
        let late = Sample::at(&before, "alice");
        let _ = backend.block_on(try_create(&store, &late));
        samples.push(late);
        for sample in &samples {
            let is_there = backend.block_on(load(&store, sample.id)).is_some();
            assert!(
                !is_there || listed.contains(&sample.id),
                "in round {round} a session survived the revocation of its subject"
            );
        }
        for id in listed {
            backend.block_on(close(&store, id));
        }
    }
}

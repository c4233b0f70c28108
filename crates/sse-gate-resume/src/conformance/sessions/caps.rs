//! Laws of full stores.

use super::operations::{close, find, load, open, refuse, release, try_create};
use super::{Sample, SessionBackend};
use crate::SessionLimits;
use crate::conformance::check::race;
use crate::session::SessionErrorKind;

/// A subject at its cap is refused. Other subjects are not, and no session is lost.
pub fn a_full_subject_refuses_only_its_own<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let limits = SessionLimits::default().with_max_per_subject(2);
        let store = backend.store(limits).await;
        let first = open(&store, "alice").await;
        let second = open(&store, "alice").await;
        // A session that waits counts, too.
        release(&store, first).await;
        let newcomer = Sample::of(&store, "alice").await;
        refuse(&store, &newcomer, SessionErrorKind::FullForSubject).await;
        for near in ["bob", "alic", "alice2"] {
            open(&store, near).await;
        }
        for id in [first, second] {
            assert!(find(&store, id).await.record.closed().is_none());
        }
    });
}

/// A session that is closed counts no longer for its subject.
pub fn a_closed_session_no_longer_counts_for_its_subject<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let limits = SessionLimits::default().with_max_per_subject(2);
        let store = backend.store(limits).await;
        open(&store, "alice").await;
        for _ in 0..5 {
            let id = open(&store, "alice").await;
            let newcomer = Sample::of(&store, "alice").await;
            refuse(&store, &newcomer, SessionErrorKind::FullForSubject).await;
            close(&store, id).await;
            assert!(
                find(&store, id).await.record.closed().is_some(),
                "a session that was closed is open"
            );
        }
    });
}

/// A full store refuses every newcomer, and loses no session that is open.
pub fn a_full_store_refuses_the_newcomer<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default().with_max(8)).await;
        let mut kept = Vec::new();
        for n in 0..8 {
            let id = open(&store, &format!("subject {n}")).await;
            if n % 2 == 0 {
                release(&store, id).await;
            }
            kept.push(id);
        }
        for n in 0..20 {
            let newcomer = Sample::of(&store, &format!("newcomer {n}")).await;
            refuse(&store, &newcomer, SessionErrorKind::Full).await;
        }
        for id in kept {
            assert!(
                load(&store, id).await.is_some(),
                "an open session made room for a newcomer"
            );
        }
    });
}

/// In a full store, sessions that are closed make room, the first that was closed first.
pub fn what_was_closed_first_makes_room_first<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default().with_max(4)).await;
        let mut all = Vec::new();
        for n in 0..4 {
            all.push(open(&store, &format!("subject {n}")).await);
        }
        for place in [2, 0, 3] {
            backend.advance(backend.precision()).await;
            close(&store, all[place]).await;
        }
        for gone in [vec![2], vec![2, 0], vec![2, 0, 3]] {
            open(&store, &format!("newcomer {}", gone.len())).await;
            for (place, id) in all.iter().enumerate() {
                assert_eq!(
                    load(&store, *id).await.is_none(),
                    gone.contains(&place),
                    "sessions were closed in the order 2, 0, 3. For newcomer {} another one than the \
                     first made room: see session {place}",
                    gone.len()
                );
            }
        }
        let newcomer = Sample::of(&store, "newcomer 4").await;
        refuse(&store, &newcomer, SessionErrorKind::Full).await;
    });
}

/// However many threads create at once, no more sessions get in than there is room for.
pub fn racing_creates_never_pass_a_cap<B: SessionBackend>(backend: &B) {
    const THREADS: usize = 8;
    const OF_SUBJECT: usize = 5;
    const ROOM: usize = 12;
    let limits = SessionLimits::default()
        .with_max(ROOM)
        .with_max_per_subject(OF_SUBJECT);
    let store = backend.block_on(backend.store(limits));
    let try_many = |subject: &str| {
        let mut created = Vec::new();
        for _ in 0..ROOM {
            let sample = backend.block_on(Sample::of(&store, subject));
            match backend.block_on(try_create(&store, &sample)) {
                Ok(()) => created.push(sample.id),
                Err(SessionErrorKind::Full | SessionErrorKind::FullForSubject) => {}
                Err(kind) => panic!("a new session was refused: {kind:?}"),
            }
        }
        created
    };
    let alices = race(THREADS, |_| try_many("alice")).concat();
    assert_eq!(
        alices.len(),
        OF_SUBJECT,
        "another number of sessions of one subject got in than its cap"
    );
    let others = race(THREADS, |thread| try_many(&format!("subject {thread}"))).concat();
    assert_eq!(
        alices.len() + others.len(),
        ROOM,
        "another number of sessions got in than the cap of all"
    );
    for id in alices.into_iter().chain(others) {
        backend.block_on(find(&store, id));
    }
}

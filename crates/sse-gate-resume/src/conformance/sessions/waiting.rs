//! Laws of sessions that wait for their clients.

use super::SessionBackend;
use super::operations::{close, open, release, resume, waiting};
use crate::SessionLimits;

/// Sessions wait that have no connection and are not closed, of this subject only.
pub fn only_sessions_without_a_connection_wait<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let id = open(&store, "alice").await;
        let other = open(&store, "bob").await;
        let attached = waiting(&store, "alice", 8).await;
        assert!(attached.is_empty(), "a session with a connection waits");
        for _ in 0..2 {
            release(&store, id).await;
            release(&store, other).await;
            let left = waiting(&store, "alice", 8).await;
            assert_eq!(left, [id], "another session than the subject's one waits");
            resume(&store, id).await;
            resume(&store, other).await;
            let back = waiting(&store, "alice", 8).await;
            assert!(back.is_empty(), "a session waits whose client is back");
        }
        release(&store, id).await;
        close(&store, id).await;
        let closed = waiting(&store, "alice", 8).await;
        assert!(closed.is_empty(), "a session waits that is closed");
    });
}

/// The session that was opened first is listed first, and no more are listed than were asked for.
pub fn the_oldest_session_waits_first<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let mut all = Vec::new();
        for _ in 0..5 {
            all.push(open(&store, "alice").await);
            backend.advance(backend.precision()).await;
        }
        for place in [3, 0, 4, 1] {
            release(&store, all[place]).await;
            backend.advance(backend.precision()).await;
        }
        let oldest = [all[0], all[1], all[3], all[4]];
        for limit in [1, 2, 3, 4, 8] {
            let listed = waiting(&store, "alice", limit).await;
            let expected = &oldest[..limit.min(4)];
            assert_eq!(listed, expected, "of at most {limit} sessions that wait");
        }
    });
}

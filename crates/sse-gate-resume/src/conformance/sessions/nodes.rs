//! Laws of nodes that die. I19

use super::operations::{create, find, moment, resume, waiting};
use super::{Sample, SessionBackend};
use crate::SessionLimits;
use crate::session::NodeId;
use crate::store::SessionStore;

/// A session whose node is gone waits for its client, and the store says since when. Sessions of other
/// nodes do not. When the client is back on another node, the session waits no longer.
pub fn a_session_of_a_dead_node_waits<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let Some(other) = backend.other_node(&store).await else {
            return;
        };
        assert_ne!(store.node(), other.node(), "two nodes have one name");
        assert_ne!(other.node(), NodeId::NONE, "a node of several has no name");
        let mut ids = Vec::new();
        for node in [&store, &other] {
            let sample = Sample::of(node, "alice").await;
            let id = create(node, &sample).await;
            super::operations::change(node, id, |record, _| record.serve_from(node.node())).await;
            ids.push(id);
        }
        for id in &ids {
            let left_at = find(&store, *id).await.node_left_at;
            assert_eq!(left_at, None, "a node is gone that lives");
        }
        assert!(waiting(&store, "alice", 8).await.is_empty());
        backend.advance(backend.precision() * 5).await;
        backend.kill(other).await;
        backend.advance(backend.precision() * 5).await;

        let (living, dead) = (find(&store, ids[0]).await, find(&store, ids[1]).await);
        assert_eq!(living.node_left_at, None, "a node is gone that lives");
        let left_at = dead.node_left_at.expect("a node is dead, and is not gone");
        assert!(
            left_at >= dead.record.binding().arrived_at && left_at <= moment(&store).await.now,
            "a node was last seen at {left_at:?}, at no time of the session"
        );
        assert_eq!(
            waiting(&store, "alice", 8).await,
            [ids[1]],
            "other sessions wait than that of the dead node"
        );
        resume(&store, ids[1]).await;
        assert_eq!(find(&store, ids[1]).await.node_left_at, None);
        assert!(waiting(&store, "alice", 8).await.is_empty());
    });
}

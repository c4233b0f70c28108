//! The keys of sessions, all in the shared slot: a step changes several of them at once.
//!
//! | key | holds |
//! |---|---|
//! | `s:r:ID` | hash: a session, see below |
//! | `s:k:TOKEN` | the session that a token has opened |
//! | `s:of:TAG` | sorted set: sessions of a subject that are not closed, in the order in which they were opened |
//! | `s:wait:TAG` | sorted set: those of them that wait for their clients |
//! | `s:on:NODE` | sorted set: sessions that are connected to a node |
//! | `s:due` | sorted set: sessions that are not closed, by when their time is up |
//! | `s:closed`, `s:over` | sorted sets: closed sessions, in the order of closing, and by when they may be forgotten |
//! | `s:marks` | sorted set: tags of subjects that were revoked, by epoch |
//!
//! | field of a session | holds |
//! |---|---|
//! | `v`, `r` | version, sealed record |
//! | `t`, `g` | token, tag of the subject |
//! | `o`, `c` | number in the order of opening, and of closing (empty while it is open) |
//! | `y`, `a`, `n` | generation, whether it is connected, and to which node |
//! | `e`, `i`, `b` | when its time is up, for how long it waits, when it was last changed: milliseconds |

use sse_gate_resume::backend::NodeId;
use sse_gate_seal::Tag;

use crate::keyspace::Keyspace;

pub(super) fn session(keys: &Keyspace, id: &[u8]) -> Vec<u8> {
    [keys.shared("s:r:"), id.to_vec()].concat()
}

pub(super) fn of_subject(keys: &Keyspace, subject: Tag) -> Vec<u8> {
    [keys.shared("s:of:"), subject.as_bytes().to_vec()].concat()
}

pub(super) fn waiting(keys: &Keyspace, subject: Tag) -> Vec<u8> {
    [keys.shared("s:wait:"), subject.as_bytes().to_vec()].concat()
}

pub(super) fn on_node(keys: &Keyspace, node: &[u8]) -> Vec<u8> {
    [keys.shared("s:on:"), node.to_vec()].concat()
}

/// A node as it is kept: its bytes, or none for a session that no node has.
pub(super) fn node_bytes(node: NodeId) -> Vec<u8> {
    if node == NodeId::NONE {
        Vec::new()
    } else {
        node.to_bytes().to_vec()
    }
}

//! What this node has of one session: [`LocalSession`].

use std::sync::Arc;

use crate::log::Log;
use crate::node::{CutReason, Fence};

/// What this node has of a session.
#[derive(Debug)]
pub(super) struct LocalSession {
    pub(super) log: Arc<Log>,
    pub(super) owns_log: bool,
    /// Whether one of its connections was ever admitted here.
    pub(super) was_admitted: bool,
    /// Those that are registered: one, or two while one takes the other's place.
    pub(super) connections: Vec<Connection>,
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) generation: u64,
    pub(super) fence: Fence,
}

impl LocalSession {
    /// Cuts all connections, for a reason after which their clients come back.
    pub(super) fn cut_all(&mut self, why: CutReason, deferred: &mut Deferred) {
        for connection in self.connections.drain(..) {
            deferred.cut(&connection.fence, why);
        }
    }

    pub(super) fn cut_before(&mut self, generation: u64, deferred: &mut Deferred) {
        self.connections.retain(|connection| {
            let stays = connection.generation >= generation;
            if !stays {
                deferred.cut(&connection.fence, CutReason::Replaced);
            }
            stays
        });
    }

    pub(super) fn remove(&mut self, fence: &Fence) {
        self.connections.retain(|own| !own.fence.is_same(fence));
    }
}

/// What is done when the table is no longer locked, as it calls foreign code.
#[derive(Default)]
pub(super) struct Deferred {
    fences: Vec<Fence>,
    pub(super) stopped: Option<Arc<Log>>,
    pub(super) freed: Option<LocalSession>,
}

impl Deferred {
    /// Cuts the fence at once, so that nothing is emitted after the step. The connection is woken
    /// later.
    pub(super) fn cut(&mut self, fence: &Fence, why: CutReason) {
        fence.mark(why);
        self.fences.push(fence.clone());
    }

    pub(super) fn run(self) {
        for fence in self.fences {
            fence.finish();
        }
        drop(self.freed);
    }
}

//! One connection's hold on its session: [`Lease`].

use std::any::Any;
use std::sync::Arc;

use super::{Binding, Delivered, Fence, SessionStore, SharedSessions};
use crate::id::SessionId;

/// The right of one connection to emit, until another one replaces it. When it is dropped, the
/// session waits for its client.
#[derive(Debug)]
pub struct Lease {
    store: SharedSessions,
    session: SessionId,
    generation: u64,
    binding: Arc<Binding>,
    fence: Fence,
}

impl Lease {
    pub(crate) fn new(
        store: SharedSessions,
        session: SessionId,
        generation: u64,
        binding: Arc<Binding>,
        fence: Fence,
    ) -> Self {
        Self {
            store,
            session,
            generation,
            binding,
            fence,
        }
    }

    /// The session's name.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// Which connection of the session it is. The first is 1.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// What the session is bound to.
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// Keeps something for as long as the connection lasts, such as its place among the open streams.
    /// It is freed in the moment in which the connection is replaced.
    pub fn hold(&self, thing: impl Any + Send) {
        self.fence.hold(Box::new(thing));
    }

    pub(crate) fn fence(&self) -> &Fence {
        &self.fence
    }

    /// The client took some bytes and asked for more.
    pub(crate) fn confirm(&self) {
        if self.fence.deliver(Delivered::Confirmed) {
            self.store.confirm(self.session, self.generation);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.fence.let_go();
        let delivered = self.fence.delivered();
        self.store.release(self.session, self.generation, delivered);
    }
}

//! What a service uses: [`Hub`], a gate whose store has no type any more and is asked within bounds.

use sse_gate::{Gate, IssuedToken};
use sse_gate_benches::ready;
use sse_gate_core::{GrantRequest, MemoryStore, Resource};

use crate::contestant::Tickets;
use crate::ours::{limits, resource, subject};

/// Tickets of the same subjects and resource as those of a gate that knows its store's type.
pub(crate) struct Hub {
    gate: Gate,
    resource: Resource,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            gate: Gate::new(MemoryStore::new(limits())),
            resource: resource(),
        }
    }
}

impl Tickets for Hub {
    type Ticket = IssuedToken;

    fn mint(&self, n: usize) -> IssuedToken {
        let request = GrantRequest::new(subject(n), self.resource.clone());
        ready(self.gate.issue(request)).expect("there is room")
    }

    fn redeem(&self, issued: IssuedToken) {
        let grant = ready(self.gate.redeem(issued.token().expose(), &self.resource));
        assert!(grant.is_ok(), "a good token");
    }
}

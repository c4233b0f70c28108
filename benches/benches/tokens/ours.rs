//! Our gate, through its public API and with all its checks, over our stores.

use std::sync::Arc;
use std::time::Duration;

use sse_gate_benches::ready;
use sse_gate_core::{
    GrantRequest, Issued, Limits, MemoryStore, Resource, Subject, TokenGate, TokenStore,
};
use sse_gate_moka::MokaStore;

use crate::contestant::Tickets;

/// Tickets are tokens of 16-byte subjects for a 24-byte resource.
#[derive(Clone)]
pub(crate) struct Ours<S> {
    pub(crate) gate: TokenGate<S>,
    pub(crate) resource: Resource,
    tokens_per_subject: usize,
}

impl<S: TokenStore> Ours<Arc<S>> {
    pub(crate) fn over(store: S) -> Self {
        let ttl = Duration::from_secs(15 * 60);
        // Long enough for the whole race.
        let gate = TokenGate::builder(store)
            .with_ttl(ttl)
            .expect("a quarter of an hour")
            .build();
        Self::of(gate)
    }

    pub(crate) fn of(gate: TokenGate<Arc<S>>) -> Self {
        Self {
            gate,
            resource: resource(),
            tokens_per_subject: 1,
        }
    }

    pub(crate) fn with_tokens_per_subject(mut self, tokens: usize) -> Self {
        self.tokens_per_subject = tokens;
        self
    }
}

impl<S: TokenStore> Tickets for Ours<S> {
    type Ticket = Issued;

    fn mint(&self, n: usize) -> Issued {
        let subject = subject(n / self.tokens_per_subject);
        let request = GrantRequest::new(subject, self.resource.clone());
        ready(self.gate.issue(request)).expect("there is room")
    }

    fn redeem(&self, issued: Issued) {
        let grant = ready(self.gate.redeem(issued.token().expose(), &self.resource));
        assert!(grant.is_ok(), "a good token");
    }
}

/// 16 bytes.
pub(crate) fn subject(n: usize) -> Subject {
    Subject::new(format!("subject-{n:08}")).expect("a short name")
}

/// 24 bytes with the lengths of its parts.
pub(crate) fn resource() -> Resource {
    Resource::new(["generation", "0123456789"]).expect("two short parts")
}

pub(crate) fn limits() -> Limits {
    Limits::default().with_tokens(10_000_000)
}

pub(crate) fn memory() -> Ours<Arc<MemoryStore>> {
    Ours::over(MemoryStore::new(limits()))
}

pub(crate) fn moka() -> Ours<Arc<MokaStore>> {
    Ours::over(MokaStore::new(limits()))
}

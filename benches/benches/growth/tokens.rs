//! Tokens: issued and redeemed, with all checks, in a store in memory.

use std::sync::Arc;
use std::time::Duration;

use sse_gate_benches::ready;
use sse_gate_core::{GrantRequest, Issued, Limits, MemoryStore, Resource, TokenGate};

use crate::order::AnyOf;
use crate::{Make, Owners, Step};

pub(crate) const STEPS: [(&str, Make); 2] = [
    ("a token is issued and redeemed", newest),
    ("a token is issued, any other redeemed", any),
];

struct Tokens {
    gate: TokenGate<Arc<MemoryStore>>,
    resource: Resource,
    owners: Owners,
    unused: Vec<Issued>,
    issued: usize,
}

impl Tokens {
    fn new(count: usize, owners: Owners) -> Self {
        let max = count + 1;
        let limits = Limits::default()
            .with_tokens(max)
            .with_tokens_per_subject(owners.most_of_one(max));
        let gate = TokenGate::builder(MemoryStore::new(limits))
            .with_ttl(Duration::from_secs(15 * 60))
            .expect("a quarter of an hour")
            .build();
        let resource = Resource::new(["generation", "0123456789"]).expect("two short parts");
        let mut tokens = Self {
            gate,
            resource,
            owners,
            unused: Vec::new(),
            issued: 0,
        };
        for _ in 0..count {
            let issued = tokens.issue();
            tokens.unused.push(issued);
        }
        tokens
    }

    fn issue(&mut self) -> Issued {
        let subject = self.owners.subject(self.issued);
        self.issued += 1;
        let request = GrantRequest::new(subject, self.resource.clone());
        ready(self.gate.issue(request)).expect("there is room")
    }

    fn redeem(&self, issued: &Issued) {
        let grant = ready(self.gate.redeem(issued.token().expose(), &self.resource));
        assert!(grant.is_ok(), "a good token");
    }
}

fn newest(count: usize, owners: Owners) -> Step {
    let mut tokens = Tokens::new(count, owners);
    Box::new(move || {
        let issued = tokens.issue();
        tokens.redeem(&issued);
    })
}

fn any(count: usize, owners: Owners) -> Step {
    let (mut tokens, mut order) = (Tokens::new(count, owners), AnyOf::new());
    Box::new(move || {
        let issued = tokens.issue();
        let at = order.next(count);
        let shown = std::mem::replace(&mut tokens.unused[at], issued);
        tokens.redeem(&shown);
    })
}

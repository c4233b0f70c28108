//! A gate, and the model of what it must do.

use std::sync::Arc;
use std::time::Duration;

use pollster::block_on;
use proptest::prelude::*;
use sse_gate_core::{
    Cap, Clock, Epoch, GrantRequest, IssueErrorKind, Issued, Limits, ManualClock, MemoryStore,
    RefusalReason, Resource, Subject, Timestamp, TokenGate,
};

const TOKENS: usize = 6;
const TOKENS_PER_SUBJECT: usize = 3;
pub(crate) const PAYLOAD: usize = 40;
const PAYLOAD_BYTES: usize = 150;
const PAYLOAD_BYTES_PER_SUBJECT: usize = 70;

/// What the model knows of a token that was issued.
struct Known {
    issued: Issued,
    subject: usize,
    resource: usize,
    payload: usize,
    gone: Option<RefusalReason>,
}

pub(crate) struct World {
    gate: TokenGate<Arc<MemoryStore>>,
    clock: ManualClock,
    tokens: Vec<Known>,
    /// The epochs that were read, each with the subjects that were withdrawn since.
    epochs: Vec<(Epoch, Vec<usize>)>,
}

impl World {
    pub(crate) fn new() -> Self {
        let limits = Limits::default()
            .with_tokens(TOKENS)
            .with_tokens_per_subject(TOKENS_PER_SUBJECT)
            .with_payload(PAYLOAD)
            .with_payload_bytes(PAYLOAD_BYTES)
            .with_payload_bytes_per_subject(PAYLOAD_BYTES_PER_SUBJECT);
        let clock = ManualClock::default();
        let store = MemoryStore::with_clock(limits, clock.clone());
        Self {
            gate: TokenGate::builder(store).with_clock(clock.clone()).build(),
            clock,
            tokens: Vec::new(),
            epochs: Vec::new(),
        }
    }

    fn live(&self) -> impl Iterator<Item = &Known> {
        let now = self.clock.now();
        let live = move |known: &&Known| known.gone.is_none() && known.issued.expires_at() > now;
        self.tokens.iter().filter(live)
    }

    /// Which cap a newcomer meets, by counting.
    fn cap_met(&self, subject: usize, payload: usize) -> Option<Cap> {
        let own = || self.live().filter(|known| known.subject == subject);
        let bytes = |known: &Known| known.payload;
        if payload > PAYLOAD {
            Some(Cap::PayloadPerToken)
        } else if own().count() >= TOKENS_PER_SUBJECT {
            Some(Cap::TokensPerSubject)
        } else if own().map(bytes).sum::<usize>() + payload > PAYLOAD_BYTES_PER_SUBJECT {
            Some(Cap::PayloadPerSubject)
        } else if self.live().count() >= TOKENS {
            Some(Cap::TokensInAll)
        } else if self.live().map(bytes).sum::<usize>() + payload > PAYLOAD_BYTES {
            Some(Cap::PayloadInAll)
        } else {
            None
        }
    }

    /// When a subject that is at a cap of its own has room again.
    fn first_end(&self, subject: usize) -> Option<Timestamp> {
        let own = self.live().filter(|known| known.subject == subject);
        own.map(|known| known.issued.expires_at()).min()
    }

    pub(crate) fn issue(
        &mut self,
        who: usize,
        which: usize,
        (payload, secs): (usize, u64),
        begun: Option<usize>,
    ) -> Result<(), TestCaseError> {
        let begun = begun.map(|at| &self.epochs[at]);
        let expected = self.cap_met(who, payload).map(IssueErrorKind::Full);
        // This store looks at its caps first.
        let is_overtaken = begun.is_some_and(|(_, since)| since.contains(&who));
        let overtaken = is_overtaken.then_some(IssueErrorKind::Withdrawn);
        let expected = expected.or(overtaken);
        let mut wish =
            GrantRequest::new(subject(who), resource(which)).with_ttl(Duration::from_secs(secs));
        if let Some((epoch, _)) = begun {
            wish = wish.with_epoch(*epoch);
        }
        if payload > 0 {
            wish = wish.with_payload(&"x".repeat(payload - 2)).unwrap();
        }
        match (block_on(self.gate.issue(wish)), expected) {
            (Ok(issued), None) => {
                prop_assert_eq!(issued.ttl(), Duration::from_secs(secs.min(60)));
                self.tokens.push(Known {
                    issued,
                    subject: who,
                    resource: which,
                    payload,
                    gone: None,
                });
            }
            (Err(error), Some(kind)) => {
                prop_assert_eq!(error.kind(), kind);
                let full = IssueErrorKind::Full;
                if [full(Cap::TokensPerSubject), full(Cap::PayloadPerSubject)].contains(&kind) {
                    let now = self.clock.now();
                    let first = self.first_end(who).map(|end| end.saturating_since(now));
                    prop_assert_eq!(error.retry_after(), first);
                }
            }
            (outcome, expected) => {
                let outcome = outcome.map(drop);
                prop_assert!(false, "{outcome:?} where the model says {expected:?}");
            }
        }
        Ok(())
    }

    pub(crate) fn redeem(&mut self, token: usize, which: usize) -> Result<(), TestCaseError> {
        let now = self.clock.now();
        let known = &mut self.tokens[token];
        let text = known.issued.token().expose();
        let outcome = block_on(self.gate.redeem(text, &resource(which)));
        let expected = if known.resource != which {
            Err(RefusalReason::Unknown)
        } else if known.issued.expires_at().has_passed(now) {
            Err(known.gone.unwrap_or(RefusalReason::Expired))
        } else {
            known.gone.map_or(Ok(()), Err)
        };
        match (outcome, expected) {
            (Ok(grant), Ok(())) => {
                prop_assert_eq!(grant.subject(), &subject(known.subject));
                prop_assert_eq!(grant.resource(), &resource(which));
                prop_assert_eq!(grant.payload_len(), known.payload);
                known.gone = Some(RefusalReason::Used);
            }
            (Err(refusal), Err(expected)) => {
                // Two tokens may fall into one cell of the gate's memory: the first is forgotten
                // then. And what was withdrawn is taken for expired once its time is up.
                let reason = refusal.reason();
                let excused = reason == RefusalReason::Unknown
                    || (reason, expected) == (RefusalReason::Expired, RefusalReason::Withdrawn);
                prop_assert!(reason == expected || excused, "{reason:?}, {expected:?}");
            }
            (outcome, expected) => {
                prop_assert!(false, "{outcome:?} where the model says {expected:?}");
            }
        }
        Ok(())
    }

    pub(crate) fn withdraw(&mut self, token: usize) -> Result<(), TestCaseError> {
        let was_live = self
            .live()
            .any(|known| known.issued.key() == self.tokens[token].issued.key());
        let known = &mut self.tokens[token];
        let withdrawn = block_on(self.gate.withdraw(known.issued.key())).unwrap();
        prop_assert_eq!(withdrawn, was_live);
        if was_live {
            known.gone = Some(RefusalReason::Withdrawn);
        }
        Ok(())
    }

    pub(crate) fn withdraw_all(&mut self, who: usize) -> Result<(), TestCaseError> {
        let live = self.live().filter(|known| known.subject == who).count();
        let withdrawn = block_on(self.gate.withdraw_all(&subject(who))).unwrap();
        prop_assert_eq!(withdrawn, live);
        self.epochs
            .iter_mut()
            .for_each(|(_, since)| since.push(who));
        let now = self.clock.now();
        for known in &mut self.tokens {
            if known.subject == who && known.gone.is_none() && known.issued.expires_at() > now {
                known.gone = Some(RefusalReason::Withdrawn);
            }
        }
        Ok(())
    }

    pub(crate) fn begin(&mut self) {
        let epoch = block_on(self.gate.epoch()).unwrap();
        self.epochs.push((epoch, Vec::new()));
    }

    /// How many epochs were read.
    pub(crate) fn begun(&self) -> usize {
        self.epochs.len()
    }

    pub(crate) fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// How many tokens were issued.
    pub(crate) fn count(&self) -> usize {
        self.tokens.len()
    }
}

fn subject(n: usize) -> Subject {
    Subject::new(["alice", "alic", "bob"][n]).unwrap()
}

fn resource(n: usize) -> Resource {
    Resource::new(["chat", ["4", "42"][n]]).unwrap()
}

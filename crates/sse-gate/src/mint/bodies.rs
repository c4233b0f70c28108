//! How many bodies a mint reads at once: [`BodyLimits`].

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sse_gate_core::Subject;

use super::rejection::BodyFault;

/// How many request bodies a [`MintService`](super::MintService) reads at once, and how many bytes of
/// them it holds. Clones of a service count together.
///
/// A body counts from when the service waits for it until the authorizer has answered. Requests without a
/// body don't count. The caller of a body is authenticated already, so unknown clients use none of this.
///
/// ```
/// use http::request::Parts;
/// use sse_gate::mint::{AuthError, BodyLimits, Denied, Identity, MintRequest, MintService, Permit};
/// use sse_gate::{Gate, SseRoute};
///
/// # async fn authenticate(_: Parts) -> Result<Identity, AuthError> { Err(AuthError::missing()) }
/// # async fn may_ask(request: MintRequest) -> Result<Permit, Denied> { Ok(request.permit()) }
/// let (gate, route) = (Gate::in_memory(), SseRoute::new("/answers/{id}")?);
/// let limits = BodyLimits::default().with_per_subject(4).with_bytes_in_all(4 * 1024 * 1024);
/// let mint = MintService::new(&gate, &route, authenticate, may_ask)
///     .with_max_body(16 * 1024)
///     .with_body_limits(limits);
/// # let _ = mint;
/// # Ok::<(), sse_gate::InvalidRoute>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BodyLimits {
    per_subject: usize,
    in_all: usize,
    bytes_in_all: usize,
}

impl Default for BodyLimits {
    /// 16 bodies of one subject, and 1,024 bodies with 16 MiB in all.
    fn default() -> Self {
        Self {
            per_subject: 16,
            in_all: 1024,
            bytes_in_all: 16 * 1024 * 1024,
        }
    }
}

impl BodyLimits {
    /// How many bodies of one subject: 16 by default. One more is refused with 429.
    pub fn with_per_subject(mut self, bodies: usize) -> Self {
        self.per_subject = bodies;
        self
    }

    /// How many bodies in all: 1,024 by default. One more is refused with 503.
    pub fn with_in_all(mut self, bodies: usize) -> Self {
        self.in_all = bodies;
        self
    }

    /// How many bytes of all bodies together: 16 MiB by default. A body that goes beyond is refused with
    /// 503.
    pub fn with_bytes_in_all(mut self, bytes: usize) -> Self {
        self.bytes_in_all = bytes;
        self
    }
}

/// The bodies in progress. Clones count together.
#[derive(Clone)]
pub(super) struct Bodies {
    limits: BodyLimits,
    count: Arc<Mutex<Count>>,
}

#[derive(Default)]
struct Count {
    by_subject: HashMap<Subject, usize>,
    bodies: usize,
    bytes: usize,
}

impl Bodies {
    pub(super) fn new(limits: BodyLimits) -> Self {
        Self {
            limits,
            count: Arc::default(),
        }
    }

    /// Counts another body of this subject, if the limits allow it.
    pub(super) fn begin(&self, subject: &Subject) -> Result<CountedBody, BodyFault> {
        let mut count = self.count();
        if count.bodies >= self.limits.in_all {
            return Err(BodyFault::InAll);
        }
        let own = count.by_subject.get(subject).copied().unwrap_or_default();
        if own >= self.limits.per_subject {
            return Err(BodyFault::PerSubject);
        }
        count.by_subject.insert(subject.clone(), own + 1);
        count.bodies += 1;
        Ok(CountedBody {
            bodies: self.clone(),
            subject: subject.clone(),
            bytes: 0,
        })
    }

    /// The counts. No code can panic while it changes them, so a poisoned lock is still correct.
    fn count(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body in progress. It counts until it is dropped.
pub(super) struct CountedBody {
    bodies: Bodies,
    subject: Subject,
    bytes: usize,
}

impl CountedBody {
    /// Counts more bytes of this body. Call it before the bytes are kept.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), BodyFault> {
        let mut count = self.bodies.count();
        if bytes > self.bodies.limits.bytes_in_all.saturating_sub(count.bytes) {
            return Err(BodyFault::InAll);
        }
        count.bytes += bytes;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for CountedBody {
    fn drop(&mut self) {
        let mut count = self.bodies.count();
        count.bodies -= 1;
        count.bytes -= self.bytes;
        if let Entry::Occupied(mut own) = count.by_subject.entry(self.subject.clone()) {
            *own.get_mut() -= 1;
            if *own.get() == 0 {
                own.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C22: the bodies of a subject are counted exactly while they come and go.
    #[test]
    fn a_body_that_is_read_gives_its_place_back_and_no_other() {
        let limits = BodyLimits::default().with_per_subject(2).with_in_all(3);
        let bodies = Bodies::new(limits);
        let [alice, bob] = ["alice", "bob"].map(|name| Subject::new(name).unwrap());
        let first = bodies.begin(&alice).ok().unwrap();
        let _second = bodies.begin(&alice).ok().unwrap();
        let is_refused = |fault| matches!(fault, Err(BodyFault::PerSubject));
        assert!(is_refused(bodies.begin(&alice)));
        drop(first);
        let _third = bodies.begin(&alice).ok().unwrap();
        assert!(is_refused(bodies.begin(&alice)));
        let bobs = bodies.begin(&bob).ok().unwrap();
        assert!(matches!(bodies.begin(&bob), Err(BodyFault::InAll)));
        drop(bobs);
        assert_eq!(bodies.count().by_subject.len(), 1);
    }

    /// C22: bytes are counted to the last, and given back with their body.
    #[test]
    fn bytes_are_counted_to_the_last() {
        let bodies = Bodies::new(BodyLimits::default().with_bytes_in_all(10));
        let alice = Subject::new("alice").unwrap();
        let mut one = bodies.begin(&alice).ok().unwrap();
        let mut two = bodies.begin(&alice).ok().unwrap();
        assert!(one.grow(4).is_ok() && two.grow(6).is_ok());
        assert!(matches!(one.grow(1), Err(BodyFault::InAll)));
        drop(two);
        assert!(one.grow(6).is_ok() && one.grow(1).is_err());
    }
}

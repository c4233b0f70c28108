//! The streams that are open: [`OpenStreams`].

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use sse_gate_core::Subject;
use sse_gate_resume::backend::SessionId;

use super::by_session::BySession;
use super::{Inner, Pulse};
use crate::room::shrink;

/// How many replaced connections a subject may have at least, even if it has fewer slots. A client whose
/// answers get lost comes back that often.
const MIN_REPLACED: usize = 3;

/// All streams, with and without a slot.
///
/// No step takes longer because a subject has many streams. Only what ends all of them visits all of them.
#[derive(Debug, Default)]
pub(super) struct OpenStreams {
    pub(super) count: Count,
    pub(super) by_subject: HashMap<Arc<Subject>, Streams>,
    /// The streams that have a slot, by subject and by age.
    pub(super) with_slot: BTreeMap<Age, OpenStream>,
    by_session: BySession,
    /// Where the next search for stalled streams begins.
    pub(super) hand: Age,
    /// How many streams were ever listed.
    listed: u64,
    /// Whether the service stops. Then every stream ends.
    is_stopped: bool,
}

/// How many streams there are in all.
#[derive(Debug, Default)]
pub(super) struct Count {
    /// How many slots are in use.
    pub(super) reserved: usize,
    /// How many streams have lost their slot and are still there.
    pub(super) given_up: usize,
}

/// The streams of one subject.
#[derive(Debug)]
pub(super) struct Streams {
    /// Stands for the subject in [`Age`].
    pub(super) number: u64,
    /// How many streams have a slot.
    with_slot: usize,
    /// How many of these were cut.
    pub(super) cut: usize,
    /// How many streams have lost their slot and are still there.
    pub(super) given_up: usize,
    /// The number of the stream at which the next search for stalled streams begins.
    pub(super) hand: u64,
}

/// The number of a subject, and the number of one of its streams. Later ones have higher numbers, and no
/// number is used twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Age {
    pub(super) subject: u64,
    pub(super) stream: u64,
}

/// A stream that has a slot.
#[derive(Debug)]
pub(super) struct OpenStream {
    pub(super) subject: Arc<Subject>,
    pub(super) pulse: Arc<Pulse>,
    /// The session that it is a connection of.
    session: Option<SessionId>,
    /// Whether it was replaced or its session is over, and its body is still there.
    pub(super) is_cut: bool,
}

/// What a stream is found by. It is good for as long as the stream is counted.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    subject: Arc<Subject>,
    age: Age,
    pub(super) pulse: Arc<Pulse>,
}

impl OpenStreams {
    /// Adds a stream of the subject, unless the subject is at its cap.
    pub(super) fn add(
        &mut self,
        subject: &Subject,
        session: Option<SessionId>,
        caps: &Inner,
    ) -> Option<Listing> {
        let is_full = |open: &Self| {
            let own = open.by_subject.get(subject);
            own.map_or(0, |own| own.with_slot) >= caps.max_per_subject
        };
        if is_full(self) {
            self.make_room_for(subject, caps);
        }
        (!is_full(self)).then(|| self.list(subject, session))
    }

    /// Adds a stream that continues a session. If another connection of the session is still there, it is
    /// about to be replaced, so it does not count against the cap. The number of such connections has its
    /// own bound.
    pub(super) fn add_again(
        &mut self,
        subject: &Subject,
        session: SessionId,
        caps: &Inner,
    ) -> Option<Listing> {
        let own = self.by_subject.get(subject);
        let found = own.and_then(|own| Some((own, self.by_session.of(own.number, session)?)));
        let Some((own, connections)) = found else {
            return self.add(subject, Some(session), caps);
        };
        let replaced = own.given_up + own.cut + connections.uncut;
        let is_free = replaced <= caps.max_replaced();
        is_free.then(|| self.list(subject, Some(session)))
    }

    /// Notes that a stream is a connection of this session.
    pub(super) fn name(&mut self, listing: &Listing, session: SessionId) {
        if let Some(stream) = self.with_slot.get_mut(&listing.age) {
            let subject = listing.age.subject;
            let before = stream.session.replace(session);
            self.by_session.remove(subject, before, stream.is_cut);
            self.by_session.add(subject, Some(session), stream.is_cut);
        }
    }

    /// Notes that a stream was cut.
    pub(super) fn cut(&mut self, listing: &Listing) {
        let Some(stream) = self.with_slot.get_mut(&listing.age) else {
            return;
        };
        if !stream.is_cut {
            stream.is_cut = true;
            self.by_session.cut(listing.age.subject, stream.session);
            if let Some(own) = self.by_subject.get_mut(&listing.subject) {
                own.cut += 1;
            }
        }
    }

    /// Removes a stream that is gone, whether it has a slot or not.
    pub(super) fn remove(&mut self, listing: &Listing) {
        if self.unlist(listing.age).is_some() {
            self.count.reserved -= 1;
        } else if let Some(own) = self.by_subject.get_mut(&listing.subject) {
            own.given_up -= 1;
            self.count.given_up -= 1;
        }
        self.tidy(&listing.subject);
    }

    /// Removes a stream that was counted for its subject, but not in all.
    pub(super) fn retract(&mut self, listing: &Listing) {
        self.unlist(listing.age);
        self.tidy(&listing.subject);
    }

    /// The pulses of the subject's streams that have no session. End them when nothing is locked.
    pub(super) fn alone(&self, subject: &Subject) -> Vec<Arc<Pulse>> {
        let own = self.by_subject.get(subject);
        let all = own.map(|own| self.with_slot.range(Age::all_of(own.number)));
        let alone = all
            .into_iter()
            .flatten()
            .filter(|(_, stream)| stream.session.is_none());
        alone.map(|(_, stream)| Arc::clone(&stream.pulse)).collect()
    }

    /// Ends all streams that are added from now on. Returns the pulses of those that are there. End them
    /// when nothing is locked.
    pub(super) fn stop(&mut self) -> Vec<Arc<Pulse>> {
        self.is_stopped = true;
        let all = self.with_slot.values();
        all.map(|stream| Arc::clone(&stream.pulse)).collect()
    }

    /// Lists a stream among those that have a slot.
    fn list(&mut self, subject: &Subject, session: Option<SessionId>) -> Listing {
        self.listed += 1;
        let known = self.by_subject.get_key_value(subject);
        let subject = known.map_or_else(
            || Arc::new(subject.clone()),
            |(subject, _)| Arc::clone(subject),
        );
        let own = self.by_subject.entry(Arc::clone(&subject));
        let own = own.or_insert_with(|| Streams::of_subject(self.listed));
        own.with_slot += 1;
        let age = Age {
            subject: own.number,
            stream: self.listed,
        };
        self.by_session.add(age.subject, session, false);
        let pulse = Arc::new(Pulse::new());
        if self.is_stopped {
            pulse.stop();
        }
        let stream = OpenStream {
            subject: Arc::clone(&subject),
            pulse: Arc::clone(&pulse),
            session,
            is_cut: false,
        };
        self.with_slot.insert(age, stream);
        Listing {
            subject,
            age,
            pulse,
        }
    }

    /// Takes a stream from those that have a slot, if it has one.
    pub(super) fn unlist(&mut self, age: Age) -> Option<OpenStream> {
        let stream = self.with_slot.remove(&age)?;
        self.by_session
            .remove(age.subject, stream.session, stream.is_cut);
        if let Some(own) = self.by_subject.get_mut(&stream.subject) {
            own.with_slot -= 1;
            own.cut -= usize::from(stream.is_cut);
        }
        Some(stream)
    }

    /// Forgets a subject that has no streams.
    fn tidy(&mut self, subject: &Subject) {
        let own = self.by_subject.get(subject);
        if own.is_some_and(|own| own.with_slot == 0 && own.given_up == 0) {
            self.by_subject.remove(subject);
            shrink(&mut self.by_subject);
        }
    }
}

impl Inner {
    /// How many streams of one subject may be there that were replaced or have lost their slot.
    pub(super) fn max_replaced(&self) -> usize {
        self.max_per_subject.max(MIN_REPLACED)
    }
}

impl Streams {
    fn of_subject(number: u64) -> Self {
        Self {
            number,
            with_slot: 0,
            cut: 0,
            given_up: 0,
            hand: 0,
        }
    }
}

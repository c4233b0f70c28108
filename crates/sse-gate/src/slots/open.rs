//! The streams that are open: [`Open`].

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::Subject;
use tokio::time::Instant;

use super::{Inner, Pulse};

/// At the cap, all streams are looked at no more often than this.
pub(super) const BETWEEN_SWEEPS: Duration = Duration::from_secs(1);

/// All streams, those without a place included.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub(super) count: Count,
    pub(super) by_subject: HashMap<Subject, Streams>,
    swept_at: Option<Instant>,
}

/// How many streams there are in all.
#[derive(Debug, Default)]
pub(super) struct Count {
    /// With a place.
    pub(super) reserved: usize,
    /// Without the place that they had.
    pub(super) given_up: usize,
}

/// The streams of one subject.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// Of those that have places.
    pulses: Vec<Arc<Pulse>>,
    /// How many have lost theirs.
    given_up: usize,
}

impl Open {
    /// Frees the places of all streams that have waited for too long.
    pub(super) fn sweep(&mut self, caps: &Inner) {
        let now = Instant::now();
        let is_soon = |swept_at| now < swept_at + BETWEEN_SWEEPS.min(caps.patience);
        if self.swept_at.is_some_and(is_soon) {
            return;
        }
        self.swept_at = Some(now);
        for streams in self.by_subject.values_mut() {
            streams.give_up(caps, &mut self.count, now);
        }
    }

    /// Adds a stream of the subject's, unless it has as many as it may have.
    pub(super) fn add(&mut self, subject: &Subject, caps: &Inner) -> Option<Arc<Pulse>> {
        let streams = self.by_subject.entry(subject.clone()).or_default();
        if streams.pulses.len() >= caps.max_per_subject {
            streams.give_up(caps, &mut self.count, Instant::now());
        }
        let is_free = streams.pulses.len() < caps.max_per_subject;
        let pulse = is_free.then(|| Arc::new(Pulse::new()));
        streams.pulses.extend(pulse.clone());
        self.tidy(subject);
        pulse
    }

    /// Takes one out that is gone, with its place or without.
    pub(super) fn remove(&mut self, subject: &Subject, pulse: &Arc<Pulse>) {
        let Some(streams) = self.by_subject.get_mut(subject) else {
            return;
        };
        let is_it = |other: &Arc<Pulse>| Arc::ptr_eq(other, pulse);
        if let Some(at) = streams.pulses.iter().position(is_it) {
            streams.pulses.swap_remove(at);
            self.count.reserved -= 1;
        } else {
            streams.given_up -= 1;
            self.count.given_up -= 1;
        }
        self.tidy(subject);
    }

    /// Forgets a subject that has no streams.
    fn tidy(&mut self, subject: &Subject) {
        let streams = self.by_subject.get(subject);
        if streams.is_some_and(|it| it.pulses.is_empty() && it.given_up == 0) {
            self.by_subject.remove(subject);
        }
    }
}

impl Streams {
    /// Gives up streams that have waited for too long: no more of them, in all and of one subject,
    /// than there are places.
    fn give_up(&mut self, caps: &Inner, count: &mut Count, now: Instant) {
        let in_all = caps.max.saturating_sub(count.given_up);
        let most = in_all.min(caps.max_per_subject.saturating_sub(self.given_up));
        let mut freed = 0;
        self.pulses.retain(|pulse| {
            let is_given_up = freed < most && pulse.give_up(now, caps.patience);
            freed += usize::from(is_given_up);
            !is_given_up
        });
        self.given_up += freed;
        count.given_up += freed;
        count.reserved -= freed;
    }
}

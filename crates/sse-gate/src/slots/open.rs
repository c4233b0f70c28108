//! The streams that are open: [`Open`].

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::Subject;
use sse_gate_resume::backend::SessionId;
use tokio::time::Instant;

use super::{Inner, Pulse};

/// At the cap, all streams are looked at no more often than this.
pub(super) const BETWEEN_SWEEPS: Duration = Duration::from_secs(1);

/// How many replaced connections a subject may have at least, even if it has fewer slots. A client whose
/// answers get lost comes back that often.
const MIN_REPLACED: usize = 3;

/// All streams, with and without a slot.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub(super) count: Count,
    pub(super) by_subject: HashMap<Subject, Streams>,
    swept_at: Option<Instant>,
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
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// The streams that have a slot.
    seated: Vec<Seated>,
    /// How many streams have lost their slot and are still there.
    given_up: usize,
}

/// A stream that has a slot.
#[derive(Debug)]
struct Seated {
    pulse: Arc<Pulse>,
    /// The session that it is a connection of.
    session: Option<SessionId>,
    /// Whether it was replaced or its session is over, and its body is still there.
    is_cut: bool,
}

impl Open {
    /// Takes the slots of all streams away whose servers have let them wait for too long.
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

    /// Adds a stream of the subject, unless the subject is at its cap.
    pub(super) fn add(
        &mut self,
        subject: &Subject,
        session: Option<SessionId>,
        caps: &Inner,
    ) -> Option<Arc<Pulse>> {
        let streams = self.by_subject.entry(subject.clone()).or_default();
        if streams.seated.len() >= caps.max_per_subject {
            streams.give_up(caps, &mut self.count, Instant::now());
        }
        let is_free = streams.seated.len() < caps.max_per_subject;
        let is_stopped = self.is_stopped;
        let pulse = is_free.then(|| streams.seat(session, is_stopped));
        self.tidy(subject);
        pulse
    }

    /// Adds a stream that continues a session. If another connection of the session is still there, it is
    /// about to be replaced, so it does not count against the cap. The number of such connections has its
    /// own bound.
    pub(super) fn add_again(
        &mut self,
        subject: &Subject,
        session: SessionId,
        caps: &Inner,
    ) -> Option<Arc<Pulse>> {
        let is_stopped = self.is_stopped;
        let streams = self.by_subject.get_mut(subject);
        let Some(streams) = streams.filter(|streams| streams.has(session)) else {
            return self.add(subject, Some(session), caps);
        };
        let replaced = streams.given_up + streams.cut_with(session);
        let is_free = replaced <= caps.max_replaced();
        is_free.then(|| streams.seat(Some(session), is_stopped))
    }

    /// Notes that a stream is a connection of this session.
    pub(super) fn name(&mut self, subject: &Subject, pulse: &Arc<Pulse>, session: SessionId) {
        if let Some(seated) = self.seated(subject, pulse) {
            seated.session = Some(session);
        }
    }

    /// Ends the subject's streams that have no session, and returns how many of them were still running.
    pub(super) fn end(&mut self, subject: &Subject) -> usize {
        let streams = self.by_subject.get(subject);
        let seated = streams.into_iter().flat_map(|streams| &streams.seated);
        let alone = seated.filter(|seated| seated.session.is_none());
        alone.filter(|seated| seated.pulse.revoke()).count()
    }

    /// Ends all streams, and those that are added from now on.
    pub(super) fn stop(&mut self) {
        self.is_stopped = true;
        let seated = self.by_subject.values().flat_map(|streams| &streams.seated);
        for stream in seated {
            stream.pulse.stop();
        }
    }

    /// Notes that a stream was cut.
    pub(super) fn cut(&mut self, subject: &Subject, pulse: &Arc<Pulse>) {
        if let Some(seated) = self.seated(subject, pulse) {
            seated.is_cut = true;
        }
    }

    /// Removes a stream that is gone, whether it has a slot or not.
    pub(super) fn remove(&mut self, subject: &Subject, pulse: &Arc<Pulse>) {
        let Some(streams) = self.by_subject.get_mut(subject) else {
            return;
        };
        if streams.unseat(pulse) {
            self.count.reserved -= 1;
        } else {
            streams.given_up -= 1;
            self.count.given_up -= 1;
        }
        self.tidy(subject);
    }

    /// Removes a stream that was counted for its subject, but not in all.
    pub(super) fn retract(&mut self, subject: &Subject, pulse: &Arc<Pulse>) {
        if let Some(streams) = self.by_subject.get_mut(subject) {
            streams.unseat(pulse);
        }
        self.tidy(subject);
    }

    fn seated(&mut self, subject: &Subject, pulse: &Arc<Pulse>) -> Option<&mut Seated> {
        let streams = self.by_subject.get_mut(subject)?;
        let mut seated = streams.seated.iter_mut();
        seated.find(|seated| Arc::ptr_eq(&seated.pulse, pulse))
    }

    /// Forgets a subject that has no streams.
    fn tidy(&mut self, subject: &Subject) {
        let streams = self.by_subject.get(subject);
        if streams.is_some_and(|it| it.seated.is_empty() && it.given_up == 0) {
            self.by_subject.remove(subject);
        }
    }
}

impl Inner {
    /// How many streams of one subject may be there that were replaced or have lost their slot.
    fn max_replaced(&self) -> usize {
        self.max_per_subject.max(MIN_REPLACED)
    }
}

impl Streams {
    /// Takes the slots of streams away whose servers have let them wait for too long. There may be no more
    /// such streams, in all and of one subject, than there are slots. For the subject, streams that were
    /// cut count too, so that no open stream loses its slot for them.
    fn give_up(&mut self, caps: &Inner, count: &mut Count, now: Instant) {
        let mut in_all = caps.max.saturating_sub(count.given_up);
        let cut = self.seated.iter().filter(|seated| seated.is_cut).count();
        let mut own_open = caps.max_per_subject.saturating_sub(self.given_up + cut);
        let mut own = caps.max_replaced().saturating_sub(self.given_up);
        let before = self.seated.len();
        self.seated.retain(|seated| {
            let may_be = in_all > 0 && own > 0 && (seated.is_cut || own_open > 0);
            let is_given_up = may_be && seated.pulse.give_up(now, caps.patience);
            in_all -= usize::from(is_given_up);
            own -= usize::from(is_given_up);
            own_open -= usize::from(is_given_up && !seated.is_cut);
            !is_given_up
        });
        let freed = before - self.seated.len();
        self.given_up += freed;
        count.given_up += freed;
        count.reserved -= freed;
    }

    fn seat(&mut self, session: Option<SessionId>, is_stopped: bool) -> Arc<Pulse> {
        let pulse = Arc::new(Pulse::new());
        if is_stopped {
            pulse.stop();
        }
        self.seated.push(Seated {
            pulse: Arc::clone(&pulse),
            session,
            is_cut: false,
        });
        pulse
    }

    fn unseat(&mut self, pulse: &Arc<Pulse>) -> bool {
        let mut seated = self.seated.iter();
        let at = seated.position(|seated| Arc::ptr_eq(&seated.pulse, pulse));
        at.map(|at| self.seated.swap_remove(at)).is_some()
    }

    fn has(&self, session: SessionId) -> bool {
        let mut seated = self.seated.iter();
        seated.any(|seated| seated.session == Some(session))
    }

    /// How many streams are cut, if those of this session are cut too.
    fn cut_with(&self, session: SessionId) -> usize {
        let is_cut = |seated: &&Seated| seated.is_cut || seated.session == Some(session);
        self.seated.iter().filter(is_cut).count()
    }
}

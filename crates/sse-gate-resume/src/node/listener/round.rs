//! One subscription to the bus: [`Round`].

use std::collections::VecDeque;
use std::task::{Context, Poll};
use std::time::Duration;

use sse_gate_core::SteadyTime;

use super::Listener;
use super::look::look;
use crate::log::{LogEpoch, LogWindows};
use crate::node::Work;
use crate::session::{NodeId, SessionError};
use crate::store::{BusError, Notice, Notices};

/// So many notices are heard at a time, before other tasks have their turn.
const NOTICES_AT_A_TIME: usize = 256;

/// One subscription.
pub(super) struct Round<'l> {
    listener: &'l Listener,
    notices: Notices,
    /// The name by which it knows its probes.
    name: NodeId,
    /// The number of the last probe.
    number: u64,
    /// The probes that have not come back, and when they were sent.
    sent: VecDeque<(u64, SteadyTime)>,
    /// All that was published until this moment has come.
    heard_at: SteadyTime,
    /// Whether the store was looked at since the subscription began.
    is_in_sync: bool,
    look: Option<Work<Result<(), SessionError>>>,
    probing: Option<Work<Result<(), BusError>>>,
    /// Says which logs are read here.
    telling: Option<Work<Result<(), BusError>>>,
    /// Asks the store which of them have lost their writer.
    missing: Option<Work<Vec<LogEpoch>>>,
    tick: Work<()>,
}

impl<'l> Round<'l> {
    pub(super) fn new(listener: &'l Listener, name: NodeId, notices: Notices) -> Self {
        Self {
            notices,
            name,
            number: 0,
            sent: VecDeque::new(),
            heard_at: listener.clock.steady(),
            is_in_sync: false,
            look: Some(look(
                listener.store.clone(),
                listener.connections.clone(),
                listener.windows.clone(),
            )),
            probing: None,
            telling: None,
            missing: None,
            tick: (listener.sleep)(Duration::ZERO),
            listener,
        }
    }

    /// Is ready when the subscription is over.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.poll_notices(cx).is_ready() {
            return Poll::Ready(());
        }
        if let Some(look) = &mut self.look
            && let Poll::Ready(result) = look.as_mut().poll(cx)
        {
            self.look = None;
            if result.is_ok() {
                self.is_in_sync = true;
                self.emit_on();
            }
        }
        for publishing in [&mut self.probing, &mut self.telling] {
            if let Some(work) = publishing
                && work.as_mut().poll(cx).is_ready()
            {
                *publishing = None;
            }
        }
        if let Some(missing) = &mut self.missing
            && let Poll::Ready(orphans) = missing.as_mut().poll(cx)
        {
            self.missing = None;
            if let Some(connections) = self.listener.connections.upgrade() {
                connections.cut_readers(&orphans);
            }
        }
        while self.tick.as_mut().poll(cx).is_ready() {
            if self.tick().is_ready() {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }

    fn poll_notices(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        for _ in 0..NOTICES_AT_A_TIME {
            match self.notices.poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Ready(Some(notice)) => self.hear(notice),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn hear(&mut self, notice: Notice) {
        let Listener {
            connections,
            windows,
            ..
        } = self.listener;
        match notice {
            Notice::Replaced {
                session,
                generation,
            } => {
                if let Some(connections) = connections.upgrade() {
                    connections.replace(session, generation);
                }
            }
            Notice::Closed {
                session,
                generation,
                reason,
            } => {
                if let Some(connections) = connections.upgrade() {
                    connections.close_as_told(session, generation, reason);
                }
            }
            Notice::Probe { listener, number } => {
                if listener == self.name {
                    self.came_back(number);
                }
            }
            Notice::Stop { log } => {
                if let Some(windows) = windows {
                    windows.stop(log);
                }
            }
            Notice::Appended { log, last, end } => {
                if let Some(windows) = windows {
                    windows.hear(log, last, end.is_some());
                }
            }
            Notice::Read { log } => {
                if let Some(windows) = windows {
                    windows.note_reader(log);
                }
            }
        }
    }

    /// A probe has come back. What was sent before it has come, too.
    fn came_back(&mut self, number: u64) {
        let sent = self.sent.iter().find(|(sent, _)| *sent == number);
        if let Some((_, at)) = sent {
            self.heard_at = *at;
            self.sent.retain(|(sent, _)| *sent > number);
            self.emit_on();
        }
    }

    /// What this node knows counts again, or longer.
    fn emit_on(&self) {
        if self.is_in_sync {
            let Listener {
                channel,
                clock,
                connections,
                ..
            } = self.listener;
            let did_count_until = channel.heard_at(self.heard_at);
            // A connection that found that nothing counts any more has looked at the clock before.
            let may_wait = did_count_until <= clock.steady().as_millis();
            if may_wait && let Some(connections) = connections.upgrade() {
                connections.wake();
            }
        }
    }

    /// Time has passed. Is ready when the channel is given up.
    fn tick(&mut self) -> Poll<()> {
        let Listener {
            channel,
            store,
            windows,
            connections,
            clock,
            sleep,
            ..
        } = self.listener;
        let now = clock.steady();
        let is_silent = now.saturating_since(self.heard_at) >= channel.max_silence;
        if is_silent || connections.strong_count() == 0 {
            return Poll::Ready(());
        }
        if !self.is_in_sync && self.look.is_none() {
            self.look = Some(look(store.clone(), connections.clone(), windows.clone()));
        }
        if self.probing.is_none() {
            self.number += 1;
            self.sent.push_back((self.number, now));
            let (listener, number) = (self.name, self.number);
            let bus = channel.bus.clone();
            self.probing = Some(Box::pin(async move {
                bus.publish(Notice::Probe { listener, number }).await
            }));
        }
        if let Some(windows) = windows {
            let read = windows.tend();
            let quiet = read.iter().filter(|(_, is_quiet)| *is_quiet);
            let mut missed: Vec<_> = quiet.map(|(log, _)| *log).collect();
            missed.extend(windows.doubtful());
            self.miss(windows, missed);
            self.tell(read.into_iter().map(|(log, _)| log).collect());
        }
        self.tick = sleep(channel.probe_every);
        Poll::Pending
    }

    /// Asks the store whether the writers of these logs are gone. Nothing would come of such a log any
    /// more, no end either, until its client comes back.
    fn miss(&mut self, windows: &LogWindows, quiet: Vec<LogEpoch>) {
        if self.missing.is_some() || quiet.is_empty() {
            return;
        }
        let windows = windows.clone();
        self.missing = Some(Box::pin(async move { windows.orphans(quiet).await }));
    }

    /// Tells the nodes of their writers which logs are read here.
    fn tell(&mut self, read: Vec<LogEpoch>) {
        if self.telling.is_some() || read.is_empty() {
            return;
        }
        let bus = self.listener.channel.bus.clone();
        self.telling = Some(Box::pin(async move {
            for log in read {
                bus.publish(Notice::Read { log }).await?;
            }
            Ok(())
        }));
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::{Arc, Weak};

    use sse_gate_core::{ManualClock, SystemEntropy};

    use super::*;
    use crate::memory::{MemoryBus, MemorySessions};
    use crate::node::Channel;
    use crate::store::{SharedBus, SharedSessions};

    fn listener() -> Listener {
        Listener {
            channel: Channel::new(SharedBus::new(MemoryBus::default())),
            store: SharedSessions::new(MemorySessions::default()),
            windows: None,
            connections: Weak::new(),
            clock: Arc::new(ManualClock::default()),
            entropy: Arc::new(SystemEntropy),
            sleep: Box::new(|_| Box::pin(pending())),
        }
    }

    fn round(listener: &Listener) -> Round<'_> {
        let notices = Notices::new(|_| Poll::Pending);
        Round::new(listener, NodeId::from_bytes([1; 8]), notices)
    }

    /// Several probes are under way on a slow bus. One that comes twice, or late, takes nothing back.
    #[test]
    fn each_probe_that_comes_back_says_when_it_was_sent() {
        let listener = listener();
        let mut round = round(&listener);
        let sent = [1, 2, 3].map(|number| (number, SteadyTime::from_millis(number * 1_000)));
        round.sent = sent.into();
        for (number, heard_at, left) in [(2, 2, 1), (2, 2, 1), (1, 2, 1), (3, 3, 0), (4, 3, 0)] {
            round.came_back(number);
            let heard_at = SteadyTime::from_millis(heard_at * 1_000);
            assert_eq!(
                (round.heard_at, round.sent.len()),
                (heard_at, left),
                "{number}"
            );
        }
    }

    /// On a slow bus, the nodes of writers are told the rest of the logs before they are told again.
    #[test]
    fn what_is_being_told_is_told_to_its_end() {
        let listener = listener();
        let mut round = round(&listener);
        let is_telling = Arc::new(());
        let held = Arc::clone(&is_telling);
        round.telling = Some(Box::pin(async move {
            pending::<()>().await;
            drop(held);
            Ok(())
        }));
        round.tell(vec![LogEpoch::from_bytes([3; 8])]);
        assert_eq!(Arc::strong_count(&is_telling), 2);
    }
}

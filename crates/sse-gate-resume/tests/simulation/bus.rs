//! A bus that is late, doubles, and loses: [`SimulatedBus`].

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use sse_gate_core::{Clock, SteadyTime};
use sse_gate_resume::backend::{Bus, MemoryBus, Notice, Notices};
use sse_gate_resume::error::BusError;

use crate::ledger::Ledger;
use crate::plan::{Chance, Plan};
use crate::rules::Rule;
use crate::support::Executor;

/// One node's end of the bus.
#[derive(Clone)]
pub(crate) struct SimulatedBus {
    pub(crate) inner: MemoryBus,
    pub(crate) executor: Executor,
    pub(crate) chance: Chance,
    pub(crate) plan: Plan,
    pub(crate) broken: Option<Rule>,
    pub(crate) ledger: Ledger,
    /// Nothing goes wrong any more.
    pub(crate) is_healed: Arc<AtomicBool>,
}

impl SimulatedBus {
    fn fails(&self, permille: u64) -> bool {
        !self.is_healed.load(Ordering::Relaxed) && self.chance.permille(permille)
    }
}

impl Bus for SimulatedBus {
    async fn publish(&self, notice: Notice) -> Result<(), BusError> {
        self.executor.sleep(self.chance.millis(20)).await;
        if self.fails(self.plan.failing) {
            return Err(BusError::new("the notice is lost"));
        }
        self.inner.publish(notice).await
    }

    async fn subscribe(&self) -> Result<Notices, BusError> {
        self.executor.sleep(self.chance.millis(20)).await;
        if self.fails(self.plan.failing) {
            return Err(BusError::new("there is no channel"));
        }
        let mut subscription = Subscription {
            bus: self.clone(),
            source: None,
            begins_at: self.executor.clock.steady(),
            waiting: VecDeque::new(),
            alarm: None,
            fate: Fate::Fine,
        };
        if self.broken == Some(Rule::SubscribeThenLook) {
            let late = Duration::from_secs(2);
            subscription.begins_at = self.executor.clock.steady().saturating_add(late);
        } else {
            subscription.source = Some(self.inner.subscribe().await?);
        }
        Ok(Notices::new(move |cx| subscription.poll_next(cx)))
    }
}

/// One subscription, whose channel holds each notice back for a while.
struct Subscription {
    bus: SimulatedBus,
    source: Option<Notices>,
    begins_at: SteadyTime,
    waiting: VecDeque<(SteadyTime, Notice)>,
    alarm: Option<std::pin::Pin<Box<dyn Future<Output = ()> + Send>>>,
    fate: Fate,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Fine,
    /// It has lost something, and ends when it finds out: with the next notice.
    Ending,
    /// Nothing comes any more.
    Deaf,
}

impl Subscription {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Notice>> {
        let now = self.bus.executor.clock.steady();
        if self.source.is_none() && self.begins_at <= now {
            let mut subscribed = Box::pin(self.bus.inner.subscribe());
            if let Poll::Ready(Ok(source)) = subscribed.as_mut().poll(cx) {
                self.source = Some(source);
            }
        }
        while let Some(source) = &mut self.source
            && let Poll::Ready(Some(notice)) = source.poll_next(cx)
        {
            self.take(notice, now);
        }
        if self.fate == Fate::Deaf {
            return Poll::Pending;
        }
        match self.waiting.front() {
            Some((due, _)) if *due <= now => {
                if self.fate == Fate::Ending {
                    return Poll::Ready(None);
                }
                Poll::Ready(self.waiting.pop_front().map(|(_, notice)| notice))
            }
            Some((due, _)) => self.wait(due.saturating_since(now), cx),
            None if self.source.is_none() => self.wait(self.begins_at.saturating_since(now), cx),
            None => Poll::Pending,
        }
    }

    fn wait(&mut self, span: Duration, cx: &mut Context<'_>) -> Poll<Option<Notice>> {
        let mut alarm = Box::pin(self.bus.executor.sleep(span));
        if alarm.as_mut().poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        self.alarm = Some(alarm);
        Poll::Pending
    }

    fn take(&mut self, notice: Notice, now: SteadyTime) {
        let SimulatedBus {
            chance,
            plan,
            ledger,
            ..
        } = &self.bus;
        let is_cut = matches!(notice, Notice::Replaced { .. } | Notice::Closed { .. });
        if self.bus.broken == Some(Rule::Silence) && is_cut {
            return;
        }
        if self.bus.fails(plan.lost) {
            ledger.tally(|tally| tally.lost_notices += 1);
            self.fate = if chance.permille(500) {
                Fate::Ending
            } else {
                Fate::Deaf
            };
            return;
        }
        // The channel keeps their order.
        let behind = self.waiting.back().map_or(now, |(due, _)| *due);
        let due = behind.max(now.saturating_add(chance.millis(40)));
        self.waiting.push_back((due, notice));
        if self.bus.fails(plan.doubled) {
            ledger.tally(|tally| tally.doubled_notices += 1);
            self.waiting.push_back((due, notice));
        }
    }
}

impl fmt::Debug for SimulatedBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedBus").finish_non_exhaustive()
    }
}

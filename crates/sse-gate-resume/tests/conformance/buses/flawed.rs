//! A bus that keeps all laws unless it has a [`Flaw`]: [`FlawedBus`].

use std::cell::Cell;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::Duration;

use sse_gate_resume::CloseReason;
use sse_gate_resume::backend::{Bus, Notice, Notices};
use sse_gate_resume::conformance::BusBackend;
use sse_gate_resume::error::BusError;

use super::flaw::Flaw;
use super::queue::{MAX_WAITING, Queue};

/// So many notices come after a channel broke, if the flaw is about that.
const LATE: usize = 5;

/// One node's handle of the bus.
#[derive(Debug)]
pub(crate) struct FlawedBus {
    flaw: Flaw,
    node: u8,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    nodes: u8,
    queues: Vec<Weak<Mutex<Queue>>>,
    /// The nodes whose channels are broken now.
    broken: HashSet<u8>,
    /// The nodes whose channels were ever broken.
    had_a_break: HashSet<u8>,
    published: usize,
}

impl Shared {
    fn queues(&mut self) -> Vec<Arc<Mutex<Queue>>> {
        self.queues.retain(|queue| queue.strong_count() > 0);
        self.queues.iter().filter_map(Weak::upgrade).collect()
    }
}

impl FlawedBus {
    /// The first node of a new bus.
    pub(crate) fn new(flaw: Flaw) -> Self {
        Self {
            flaw,
            node: 0,
            shared: Arc::default(),
        }
    }

    fn other_node(&self) -> Self {
        let mut shared = self.shared.lock().unwrap();
        shared.nodes += 1;
        Self {
            flaw: self.flaw,
            node: shared.nodes,
            shared: Arc::clone(&self.shared),
        }
    }

    /// What the others get of a notice.
    fn spoil(&self, notice: Notice) -> Notice {
        match notice {
            Notice::Replaced {
                session,
                generation,
            } if self.flaw == Flaw::CountsInDoubles => Notice::Replaced {
                session,
                generation: in_double(generation),
            },
            Notice::Closed {
                session,
                generation,
                ..
            } if self.flaw == Flaw::ForgetsReasons => Notice::Closed {
                session,
                generation,
                reason: CloseReason::Revoked,
            },
            notice => notice,
        }
    }

    fn tell(&self, notice: Notice) {
        let notice = self.spoil(notice);
        let mut shared = self.shared.lock().unwrap();
        let (queues, turn) = (shared.queues(), shared.published);
        shared.published += 1;
        let mut is_one_slow = false;
        for (place, queue) in queues.iter().enumerate() {
            let mut queue = queue.lock().unwrap();
            let is_broken = shared.broken.contains(&queue.node);
            let is_missed = match self.flaw {
                Flaw::SparesThePublisher => queue.node == self.node,
                Flaw::TellsOne => place != turn % queues.len(),
                Flaw::KeepsProbes => is_broken && !matches!(notice, Notice::Probe { .. }),
                Flaw::BreaksLater => false,
                _ => is_broken,
            };
            if !is_missed && !queue.is_deaf && queue.left > 0 {
                queue.left -= 1;
                queue.take(notice);
            }
            is_one_slow |= queue.notices.len() > MAX_WAITING;
        }
        if is_one_slow && self.flaw == Flaw::EndsAllWithTheSlow {
            end_all(&queues);
        }
    }

    fn break_channel(&self) {
        let mut shared = self.shared.lock().unwrap();
        shared.broken.insert(self.node);
        shared.had_a_break.insert(self.node);
        for queue in shared.queues() {
            let mut queue = queue.lock().unwrap();
            if queue.node == self.node {
                match self.flaw {
                    Flaw::SkipsABreak | Flaw::KeepsProbes => {}
                    Flaw::GoesSilent => queue.is_deaf = true,
                    Flaw::BreaksLater => queue.left = LATE,
                    _ => queue.end(),
                }
            }
        }
    }

    fn check(&self) -> Result<(), BusError> {
        let is_broken = self.shared.lock().unwrap().broken.contains(&self.node);
        (!is_broken).then_some(()).ok_or(BusError::new("broken"))
    }
}

/// What is left of a number in 53 bits, nearly.
fn in_double(number: u64) -> u64 {
    if number >> 53 == 0 {
        number
    } else {
        number & !1
    }
}

fn end_all(queues: &[Arc<Mutex<Queue>>]) {
    for queue in queues {
        queue.lock().unwrap().end();
    }
}

impl Bus for FlawedBus {
    async fn publish(&self, notice: Notice) -> Result<(), BusError> {
        self.check()?;
        self.tell(notice);
        Ok(())
    }

    async fn subscribe(&self) -> Result<Notices, BusError> {
        self.check()?;
        let had_a_break = self.shared.lock().unwrap().had_a_break.contains(&self.node);
        let queue = Arc::new(Mutex::new(Queue {
            flaw: self.flaw,
            node: self.node,
            notices: VecDeque::new(),
            is_over: false,
            is_deaf: had_a_break && self.flaw == Flaw::StaysDeaf,
            left: usize::MAX,
            waker: None,
        }));
        let begin = move |shared: &Mutex<Shared>, queue: &Arc<Mutex<Queue>>| {
            shared.lock().unwrap().queues.push(Arc::downgrade(queue));
        };
        let mut is_late = self.flaw == Flaw::SubscribesWhenPolled;
        if !is_late {
            begin(&self.shared, &queue);
        }
        if self.flaw == Flaw::AnswersLate {
            thread::sleep(Duration::from_millis(20));
        }
        let last = Dropped {
            flaw: self.flaw,
            shared: Arc::clone(&self.shared),
        };
        Ok(Notices::new(move |cx| {
            if std::mem::take(&mut is_late) {
                begin(&last.shared, &queue);
            }
            queue.lock().unwrap().poll_next(cx)
        }))
    }
}

/// Notes that a subscription was dropped.
struct Dropped {
    flaw: Flaw,
    shared: Arc<Mutex<Shared>>,
}

impl Drop for Dropped {
    fn drop(&mut self) {
        if self.flaw == Flaw::EndsAllWithTheDropped {
            end_all(&self.shared.lock().unwrap().queues());
        }
    }
}

thread_local! {
    /// The flaw of the buses that [`Flawed::set_up`] makes on this thread.
    static FLAW: Cell<Flaw> = const { Cell::new(Flaw::None) };
}

/// Runs a check that sets up its own backend.
pub(crate) fn with_flaw<T>(flaw: Flaw, check: impl FnOnce() -> T) -> T {
    FLAW.set(flaw);
    check()
}

/// Makes buses with one flaw.
pub(crate) struct Flawed(pub(crate) Flaw);

impl BusBackend for Flawed {
    type Bus = FlawedBus;

    fn set_up() -> Self {
        Self(FLAW.get())
    }

    async fn bus(&self) -> FlawedBus {
        FlawedBus::new(self.0)
    }

    async fn other_node(&self, bus: &FlawedBus) -> FlawedBus {
        bus.other_node()
    }

    async fn break_channel(&self, bus: &FlawedBus) -> bool {
        bus.break_channel();
        true
    }

    async fn mend_channel(&self, bus: &FlawedBus) {
        bus.shared.lock().unwrap().broken.remove(&bus.node);
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(50)
    }
}

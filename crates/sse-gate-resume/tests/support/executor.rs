//! Runs tasks one step at a time, by a clock that moves when all wait: [`Executor`].

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use sse_gate_core::{Clock, ManualClock, SteadyTime};

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Tasks, each of a group that can be killed, and the time. Clones share them.
#[derive(Clone)]
pub(crate) struct Executor {
    pub(crate) clock: ManualClock,
    tasks: Arc<Mutex<BTreeMap<u64, Task>>>,
    alarms: Arc<Mutex<BTreeMap<(SteadyTime, u64), Waker>>>,
    next: Arc<AtomicU64>,
}

struct Task {
    group: u64,
    /// It is out while it runs.
    work: Option<Work>,
    wake: Arc<Flag>,
}

/// Set when a task can go on.
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Executor {
    pub(crate) fn new(clock: &ManualClock) -> Self {
        Self {
            clock: clock.clone(),
            tasks: Arc::default(),
            alarms: Arc::default(),
            next: Arc::default(),
        }
    }

    fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn spawn(&self, group: u64, work: impl Future<Output = ()> + Send + 'static) {
        let task = Task {
            group,
            work: Some(Box::pin(work)),
            wake: Arc::new(Flag(AtomicBool::new(true))),
        };
        self.tasks.lock().unwrap().insert(self.number(), task);
    }

    /// How many tasks there are.
    pub(crate) fn len(&self) -> usize {
        self.tasks.lock().unwrap().len()
    }

    /// Ends all tasks of a group.
    pub(crate) fn kill(&self, group: u64) {
        let killed: Vec<_> = {
            let mut tasks = self.tasks.lock().unwrap();
            let own = tasks.iter().filter(|(_, task)| task.group == group);
            let own: Vec<_> = own.map(|(number, _)| *number).collect();
            own.iter().map(|number| tasks.remove(number)).collect()
        };
        drop(killed);
    }

    /// Is ready after this time.
    pub(crate) fn sleep(&self, span: Duration) -> impl Future<Output = ()> + Send + use<> {
        let (clock, alarms) = (self.clock.clone(), Arc::clone(&self.alarms));
        let (due, number) = (clock.steady().saturating_add(span), self.number());
        poll_fn(move |cx| {
            if due <= clock.steady() {
                return Poll::Ready(());
            }
            let mut alarms = alarms.lock().unwrap();
            alarms.insert((due, number), cx.waker().clone());
            Poll::Pending
        })
    }

    /// Runs one step of a task that can go on: `pick` chooses among so many. Returns whether there was
    /// one.
    pub(crate) fn step(&self, pick: impl FnOnce(usize) -> usize) -> bool {
        let (number, mut work, wake) = {
            let mut tasks = self.tasks.lock().unwrap();
            let can = tasks.iter().filter(|(_, task)| task.can_go_on());
            let can: Vec<_> = can.map(|(number, _)| *number).collect();
            if can.is_empty() {
                return false;
            }
            let number = can[pick(can.len())];
            let task = tasks.get_mut(&number).unwrap();
            task.wake.0.store(false, Ordering::Relaxed);
            (number, task.work.take().unwrap(), Arc::clone(&task.wake))
        };
        let waker = Waker::from(wake);
        let polled = work.as_mut().poll(&mut Context::from_waker(&waker));
        let mut tasks = self.tasks.lock().unwrap();
        match (polled, tasks.get_mut(&number)) {
            (Poll::Pending, Some(task)) => task.work = Some(work),
            (Poll::Ready(()), _) => {
                let done = tasks.remove(&number);
                drop(tasks);
                drop((done, work));
            }
            // It was killed by itself.
            (Poll::Pending, None) => {
                drop(tasks);
                drop(work);
            }
        }
        true
    }

    /// Moves the time to the next alarm, if one is due within `span`. Returns whether it did.
    pub(crate) fn ring(&self, until: SteadyTime) -> bool {
        let first = self.alarms.lock().unwrap().pop_first();
        match first {
            Some(((due, number), waker)) if due > until => {
                let mut alarms = self.alarms.lock().unwrap();
                alarms.insert((due, number), waker);
                false
            }
            Some(((due, _), waker)) => {
                let now = self.clock.steady();
                self.clock.advance(due.saturating_since(now));
                waker.wake();
                true
            }
            None => false,
        }
    }

    /// Runs all tasks until each of them waits.
    pub(crate) fn settle(&self) {
        let mut steps = 0;
        while self.step(|_| 0) {
            steps += 1;
            assert!(steps < 100_000, "tasks wake each other for ever");
        }
    }

    /// Runs all tasks for this long.
    pub(crate) fn run_for(&self, span: Duration) {
        let until = self.clock.steady().saturating_add(span);
        self.settle();
        while self.ring(until) {
            self.settle();
        }
        let rest = until.saturating_since(self.clock.steady());
        self.clock.advance(rest);
        self.settle();
    }
}

impl Task {
    fn can_go_on(&self) -> bool {
        self.work.is_some() && self.wake.0.load(Ordering::Relaxed)
    }
}

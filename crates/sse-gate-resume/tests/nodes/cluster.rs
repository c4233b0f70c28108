//! Nodes that share stores and a bus that the test can break: [`Cluster`].

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use pollster::block_on;
use sse_gate_core::{ManualClock, Subject};
use sse_gate_resume::backend::{Bus, Chore, MemoryBus, MemoryLogStore, NodeId, Notice, Notices};
use sse_gate_resume::error::BusError;
use sse_gate_resume::{
    Log, LogBudget, LogLimits, Logs, MemorySessions, ResumeKey, ResumeKeys, ResumePolicy,
    SessionLimits, Sessions, Topics,
};

use crate::support::{Client, Executor, Held, HeldLogs, RecordingObserver, Stage, StoreHandle};

/// How long a node may emit without hearing the others.
pub(crate) const MAX_SILENCE: Duration = Duration::from_secs(10);

/// The stores and the bus.
pub(crate) struct Cluster {
    pub(crate) clock: ManualClock,
    pub(crate) executor: Executor,
    sessions: MemorySessions,
    logs: MemoryLogStore,
    nodes: Mutex<Vec<(HeldLogs, StoreHandle)>>,
    pub(crate) bus: FaultyBus,
}

impl Cluster {
    pub(crate) fn new() -> Self {
        let clock = ManualClock::default();
        let bus = FaultyBus::default();
        let sessions = MemorySessions::new(SessionLimits::default()).with_clock(clock.clone());
        let logs = MemoryLogStore::default().with_clock(clock.clone());
        Self {
            executor: Executor::new(&clock),
            sessions: sessions.with_bus(&bus.inner),
            logs: logs.with_bus(&bus.inner),
            nodes: Mutex::default(),
            clock,
            bus,
        }
    }

    /// How often the nodes have read logs from the store.
    pub(crate) fn reads(&self) -> usize {
        let nodes = self.nodes.lock().unwrap();
        nodes.iter().map(|(logs, _)| logs.reads()).sum()
    }

    /// The next read of the second node is answered later.
    pub(crate) fn hold_reads(&self) -> Held {
        self.nodes.lock().unwrap()[1].0.hold_read()
    }

    /// The store has lost all sessions.
    pub(crate) fn lose_sessions(&self) {
        for (_, sessions) in &*self.nodes.lock().unwrap() {
            sessions.lose();
        }
    }

    /// A node that listens to the others.
    pub(crate) fn node(&self, number: u8) -> Stage {
        let stage = self.deaf_node(number);
        self.listen(number, &stage);
        self.executor.settle();
        assert!(stage.sessions.is_connected());
        stage
    }

    /// A node that listens, whose logs have nothing that runs their work.
    pub(crate) fn node_without_log_spawn(&self, number: u8) -> Stage {
        let stage = self.build(number, false);
        self.listen(number, &stage);
        self.executor.settle();
        stage
    }

    /// Whether logs can't be read.
    pub(crate) fn fail_reads(&self, fails: bool) {
        for (logs, _) in &*self.nodes.lock().unwrap() {
            logs.fail_reads(fails);
        }
    }

    /// Whether logs can't be asked for at all.
    pub(crate) fn fail_logs(&self, fails: bool) {
        for (logs, _) in &*self.nodes.lock().unwrap() {
            logs.fail(fails);
        }
    }

    /// Whether the answers of logs are lost.
    pub(crate) fn lose_answers(&self, loses: bool) {
        for (logs, _) in &*self.nodes.lock().unwrap() {
            logs.lose_answers(loses);
        }
    }

    /// A node has died, as the store of logs knows.
    pub(crate) fn lose_node(&self, number: u8) {
        self.executor.kill(u64::from(number));
        self.forget_node(number);
    }

    /// A node counts as dead, as the store of logs knows.
    pub(crate) fn forget_node(&self, number: u8) {
        self.logs.forget_node(NodeId::from_bytes([number; 8]));
    }

    /// A node that does not listen yet.
    pub(crate) fn deaf_node(&self, number: u8) -> Stage {
        self.build(number, true)
    }

    fn build(&self, number: u8, has_log_spawn: bool) -> Stage {
        let (clock, signals) = (self.clock.clone(), RecordingObserver::default());
        let name = NodeId::from_bytes([number; 8]);
        let spawn = self.spawn(number);
        let held = HeldLogs::new(self.logs.clone().with_node(name));
        let logs = Logs::new(LogLimits::default(), LogBudget::default())
            .with_clock(clock.clone())
            .with_store(held.clone());
        let logs = if has_log_spawn {
            logs.with_spawn(spawn.clone())
        } else {
            logs
        };
        let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap());
        let store = StoreHandle::new(self.sessions.clone().with_node(name));
        self.nodes.lock().unwrap().push((held, store.clone()));
        let sessions = Sessions::new(store.clone(), keys)
            .with_clock(clock.clone())
            .with_observer(signals.clone())
            .with_logs(&logs)
            .with_spawn(spawn)
            .with_bus(self.bus.clone());
        Stage {
            clock,
            store,
            sessions,
            logs,
            signals,
            policy: ResumePolicy::default(),
        }
    }

    /// Lets a node listen to the others.
    pub(crate) fn listen(&self, number: u8, stage: &Stage) {
        let executor = self.executor.clone();
        let listening = stage.sessions.listen(move |span| executor.sleep(span));
        self.executor.spawn(u64::from(number), listening);
    }

    fn spawn(&self, number: u8) -> impl Fn(Chore) -> Option<Chore> + Clone + Send + Sync + 'static {
        let executor = self.executor.clone();
        move |chore| {
            executor.spawn(u64::from(number), chore);
            None
        }
    }
}

/// A client that has gone from the first node to the second. The handle of its log is the first one's.
pub(crate) struct Moved {
    pub(crate) one: Stage,
    pub(crate) two: Stage,
    pub(crate) log: Log,
    pub(crate) client: Client,
}

impl Moved {
    pub(crate) fn between(one: Stage, two: Stage) -> Self {
        let log = alices(&one);
        let mut client = one.alice(&log);
        assert!(client.is_served());
        client.disconnect();
        client.reconnect(&two).unwrap();
        Self {
            one,
            two,
            log,
            client,
        }
    }
}

/// The log of a topic, as each of two nodes has it.
pub(crate) fn topic(nodes: [&Stage; 2], name: &str) -> [Log; 2] {
    nodes.map(|node| block_on(Topics::new(node.logs.clone()).log(name, None)).unwrap())
}

/// A log for one piece of work of alice's.
pub(crate) fn alices(stage: &Stage) -> Log {
    block_on(stage.logs.create_for(&Subject::new("alice").unwrap())).unwrap()
}

/// A bus whose channel the test takes down.
#[derive(Clone, Debug, Default)]
pub(crate) struct FaultyBus {
    inner: MemoryBus,
    /// Subscriptions get nothing, and are not told.
    pub(crate) is_deaf: Arc<AtomicBool>,
    /// Subscriptions end, and there is no new one.
    pub(crate) is_down: Arc<AtomicBool>,
}

impl Bus for FaultyBus {
    async fn publish(&self, notice: Notice) -> Result<(), BusError> {
        self.inner.publish(notice).await
    }

    async fn subscribe(&self) -> Result<Notices, BusError> {
        if self.is_down.load(Ordering::Relaxed) {
            return Err(BusError::new("down"));
        }
        let mut inner = self.inner.subscribe().await?;
        let (is_deaf, is_down) = (Arc::clone(&self.is_deaf), Arc::clone(&self.is_down));
        Ok(Notices::new(move |cx| {
            loop {
                let polled = inner.poll_next(cx);
                if is_down.load(Ordering::Relaxed) {
                    return Poll::Ready(None);
                }
                if polled.is_pending() || !is_deaf.load(Ordering::Relaxed) {
                    return polled;
                }
            }
        }))
    }
}

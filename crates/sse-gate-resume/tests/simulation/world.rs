//! Everything: [`World`].

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pollster::block_on;
use sse_gate_core::{Clock, Grant, ManualClock, SteadyTime};
use sse_gate_resume::backend::{
    Chore, LogId, LogName, LogStore, MemoryBus, MemoryLogStore, NodeId,
};
use sse_gate_resume::{
    LogBudget, LogLimits, Logs, MemorySessions, ResumeKey, ResumeKeys, SessionLimits, Sessions,
    Topics,
};

use crate::bus::SimulatedBus;
use crate::client::{Client, Holdings, granted};
use crate::faults::{self, DEATH_IS_NOTICED_WITHIN, Faults};
use crate::ledger::{Ledger, Tally};
use crate::node::{Node, NodeClock, subject};
use crate::plan::{Chance, Plan};
use crate::rules::Rule;
use crate::support::Executor;
use crate::thief::steal;

/// The group of tasks that are on no node.
const OUTSIDE: u64 = 0;

/// How long things go wrong.
const TROUBLE: Duration = Duration::from_secs(60);

/// The nodes, what they share, and what goes wrong. Clones are the same world.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) executor: Executor,
    pub(crate) chance: Chance,
    pub(crate) plan: Plan,
    pub(crate) ledger: Ledger,
    broken: Option<Rule>,
    sessions: MemorySessions,
    logs: MemoryLogStore,
    bus: MemoryBus,
    nodes: Arc<Mutex<Vec<Node>>>,
    groups: Arc<AtomicU64>,
    dead: Arc<Mutex<Vec<NodeId>>>,
    is_healed: Arc<AtomicBool>,
}

impl World {
    pub(crate) fn new(seed: u64, broken: Option<Rule>) -> Self {
        let chance = Chance::new(seed);
        let (clock, bus) = (ManualClock::default(), MemoryBus::default());
        let limits = SessionLimits::default();
        let sessions = MemorySessions::new(limits).with_clock(clock.clone());
        let logs = MemoryLogStore::default().with_clock(clock.clone());
        Self {
            executor: Executor::new(&clock),
            plan: Plan::new(&chance),
            ledger: Ledger::new(&clock),
            chance,
            broken,
            sessions: sessions.with_bus(&bus),
            logs: logs.with_bus(&bus),
            bus,
            nodes: Arc::default(),
            groups: Arc::new(AtomicU64::new(OUTSIDE)),
            dead: Arc::default(),
            is_healed: Arc::default(),
        }
    }

    pub(crate) fn now(&self) -> SteadyTime {
        self.executor.clock.steady()
    }

    pub(crate) fn is_healed(&self) -> bool {
        self.is_healed.load(Ordering::Relaxed)
    }

    pub(crate) fn grant(&self, subject: u64) -> Grant {
        granted(self, subject)
    }

    /// The node that a load balancer chooses.
    pub(crate) fn any_node(&self) -> Option<Node> {
        let nodes = self.nodes.lock().unwrap();
        let alive: Vec<_> = nodes
            .iter()
            .filter(|node| node.is_alive.load(Ordering::Relaxed))
            .collect();
        let chosen = alive.get(self.chance.index(alive.len().max(1)))?;
        Some(Node::clone(chosen))
    }

    /// Lives through the trouble and after it, and returns what happened.
    pub(crate) fn run(self) -> Tally {
        for _ in 0..self.plan.nodes {
            self.start_node();
        }
        for number in 1..=self.plan.clients {
            let client = Client::new(&self, number);
            let holdings = Holdings::clone(&client.holdings);
            self.executor.spawn(OUTSIDE, client.run());
            if self.plan.has_thief {
                self.executor.spawn(OUTSIDE, steal(self.clone(), holdings));
            }
        }
        for (count, what) in [
            (self.plan.crashes, Trouble::Crash),
            (self.plan.revocations, Trouble::SignOut),
            (self.plan.clock_jumps, Trouble::ClockJump),
        ] {
            for _ in 0..count {
                let (world, wait) = (self.clone(), self.chance.millis(50_000));
                self.executor.spawn(OUTSIDE, async move {
                    world.executor.sleep(wait).await;
                    world.trouble(what).await;
                });
            }
        }
        self.run_for(TROUBLE);
        self.is_healed.store(true, Ordering::Relaxed);
        self.run_for(Duration::from_secs(240));
        self.look_back();
        let tally = self.ledger.total();
        self.end();
        tally
    }

    fn run_for(&self, span: Duration) {
        let until = self.now().saturating_add(span);
        loop {
            while self.executor.step(|tasks| self.chance.index(tasks)) {}
            if !self.executor.ring(until) {
                break;
            }
        }
    }

    async fn trouble(&self, what: Trouble) {
        match what {
            Trouble::Crash => self.crash().await,
            Trouble::SignOut => {
                let number = 1 + self.chance.below(self.plan.clients);
                let Some(node) = self.any_node() else { return };
                let world = self.clone();
                self.executor.spawn(node.group, async move {
                    let began_at = world.now();
                    if node.sessions.revoke(&subject(number)).await.is_ok() {
                        world.ledger.revoked(number, began_at);
                    }
                });
            }
            Trouble::ClockJump => {
                if let Some(node) = self.any_node() {
                    let jump = i64::try_from(self.chance.below(600_000)).unwrap() - 300_000;
                    node.clock.skew.fetch_add(jump, Ordering::Relaxed);
                    self.ledger.tally(|tally| tally.clock_jumps += 1);
                }
            }
        }
    }

    /// A node dies. The others learn it a while later, and another one takes its place.
    async fn crash(&self) {
        let Some(node) = self.any_node() else { return };
        self.ledger.tally(|tally| tally.crashes += 1);
        node.is_alive.store(false, Ordering::Relaxed);
        self.executor.kill(node.group);
        self.nodes
            .lock()
            .unwrap()
            .retain(|other| other.name != node.name);
        let name = node.name;
        drop(node);
        let longest = u64::try_from(DEATH_IS_NOTICED_WITHIN.as_millis()).unwrap();
        self.executor.sleep(self.chance.millis(longest)).await;
        self.dead.lock().unwrap().push(name);
        self.sessions.forget_node(name);
        self.logs.forget_node(name);
        self.executor.sleep(self.chance.millis(3_000)).await;
        self.start_node();
    }

    fn start_node(&self) {
        let group = self.groups.fetch_add(1, Ordering::Relaxed) + 1;
        let name = NodeId::from_bytes(group.to_be_bytes());
        let is_alive = Arc::new(AtomicBool::new(true));
        let clock = NodeClock {
            base: self.executor.clock.clone(),
            offset: self.chance.millis(1_000_000),
            skew: Arc::new(AtomicI64::new(0)),
        };
        let faults = Faults {
            executor: self.executor.clone(),
            chance: self.chance.clone(),
            plan: self.plan,
            ledger: self.ledger.clone(),
            is_healed: Arc::clone(&self.is_healed),
            node: group,
            is_alive: Arc::clone(&is_alive),
        };
        let (executor, lives) = (self.executor.clone(), Arc::clone(&is_alive));
        let spawn = move |chore: Chore| {
            if lives.load(Ordering::Relaxed) {
                executor.spawn(group, chore);
            }
            None
        };
        let logs = Logs::new(LogLimits::default(), LogBudget::default())
            .with_clock(clock.clone())
            .with_entropy(self.chance.clone())
            .with_store(faults::Logs {
                inner: self.logs.clone().with_node(name),
                fates: faults.fates(),
                broken: self.broken,
            })
            .with_spawn(spawn.clone());
        let store = faults::Sessions {
            inner: self.sessions.clone().with_node(name),
            fates: faults.fates(),
            broken: self.broken,
            dead: Arc::clone(&self.dead),
            recent: self.chance.permille(500).then(Arc::default),
            ledger: self.ledger.clone(),
        };
        let sessions = Sessions::new(
            store,
            ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap()),
        )
        .with_clock(clock.clone())
        .with_entropy(self.chance.clone())
        .with_logs(&logs)
        .with_spawn(spawn)
        .with_bus(SimulatedBus {
            inner: self.bus.clone(),
            executor: self.executor.clone(),
            chance: self.chance.clone(),
            plan: self.plan,
            broken: self.broken,
            ledger: self.ledger.clone(),
            is_healed: Arc::clone(&self.is_healed),
        });
        let executor = self.executor.clone();
        let listening = sessions.listen(move |span| executor.sleep(span));
        self.executor.spawn(group, listening);
        let node = Node {
            name,
            group,
            is_alive,
            clock,
            topics: Topics::new(logs.clone()),
            sessions,
            logs,
            executor: self.executor.clone(),
            chance: self.chance.clone(),
            plan: self.plan,
            ledger: self.ledger.clone(),
        };
        if self.plan.is_feed {
            node.write(group);
        }
        self.nodes.lock().unwrap().push(node);
    }

    /// What the store has in the end.
    fn look_back(&self) {
        let Ok(name) = LogName::new("topic/room") else {
            return;
        };
        let Ok(Some(found)) = block_on(self.logs.open(name.clone())) else {
            return;
        };
        let id = LogId {
            name,
            epoch: found.epoch,
        };
        let read = block_on(self.logs.read(id, 0, usize::MAX))
            .unwrap()
            .unwrap();
        assert_eq!(read.first, 1, "the feed is kept whole");
        let events: Vec<_> = read
            .events
            .iter()
            .map(|event| String::from_utf8_lossy(event).into_owned())
            .collect();
        self.ledger.kept(found.epoch, &events);
    }

    /// Frees what holds itself.
    fn end(&self) {
        for node in self.nodes.lock().unwrap().drain(..) {
            node.is_alive.store(false, Ordering::Relaxed);
            self.executor.kill(node.group);
        }
        self.executor.kill(OUTSIDE);
    }
}

/// What goes wrong once.
#[derive(Clone, Copy)]
enum Trouble {
    Crash,
    SignOut,
    ClockJump,
}

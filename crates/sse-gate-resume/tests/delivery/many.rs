//! Many readers of one log, which come and go while it is written and trimmed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_core::Clock;
use sse_gate_resume::backend::LogEnd;
use sse_gate_resume::{
    Log, LogBudget, LogLimits, Logs, Opening, ResumePolicy, SessionLimits, Start,
};

use crate::ledger::{Ledger, Limits};
use crate::reader::Reader;
use crate::support::{CountedEntropy, Dice, Stage, grant, token};

/// Fewer without an optimiser: the reference decoder is slow without.
const HISTORIES: u64 = if cfg!(debug_assertions) { 800 } else { 50_000 };

/// A log with its readers, and another one in the same budget.
struct World {
    stage: Stage,
    logs: [(Log, Ledger); 2],
    readers: Vec<Reader>,
}

impl World {
    fn new(dice: &mut Dice) -> Self {
        let (wide, long) = (1 << 20, 1 << 40);
        let limits = Limits {
            events: dice.pick(&[1, 3, 20, 200]),
            bytes: dice.pick(&[20, 300, wide]),
            age: dice.pick(&[long, long, 1, 2_500]),
            budget: wide,
        };
        let limits = match dice.below(4) {
            // Only one of the bounds that others can meet, too.
            0 => Limits {
                age: long,
                budget: 1_500,
                ..limits
            },
            // Pages that end with their bytes.
            1 => Limits {
                events: 500,
                bytes: wide,
                age: long,
                budget: 4 * wide,
            },
            _ => limits,
        };
        let stage = Stage::new(SessionLimits::default(), LogLimits::default());
        let bounds = LogLimits::default()
            .with_max_events(usize::try_from(limits.events).unwrap())
            .with_max_bytes(limits.bytes)
            .with_max_age(Duration::from_millis(limits.age));
        let logs = Logs::new(bounds, LogBudget::new(limits.budget))
            .with_clock(stage.clock.clone())
            .with_entropy(CountedEntropy::default());
        let policy = ResumePolicy::default()
            .with_retry(Duration::from_secs(1_000))
            .with_idle(Duration::from_secs(3_600));
        let stage = stage.with_logs(logs).with_policy(policy);
        let logs = [(); 2].map(|()| (stage.log(), Ledger::new(limits)));
        Self {
            stage,
            logs,
            readers: Vec::new(),
        }
    }

    fn now(&self) -> u64 {
        self.stage.clock.now().as_unix_millis()
    }

    fn happen(&mut self, dice: &mut Dice) {
        match dice.below(16) {
            0..=4 => self.append(0, dice),
            5 => self.append(1, dice),
            6 if self.readers.len() < 6 => self.subscribe(dice),
            7..=9 => self.with_reader(dice, |world, reader, _| {
                let now = world.now();
                reader.poll(&mut world.logs[0].1, now);
            }),
            10..=12 => self.with_reader(dice, |world, reader, dice| {
                reader.drop_connection(&world.logs[0].1, dice);
            }),
            13 => self.stage.wait(Duration::from_millis(dice.below(1_500))),
            14 if dice.one_in(30) => self.end(),
            _ => self.with_reader(dice, |world, reader, _| reader.come_back(&world.stage)),
        }
        let (log, ledger) = &mut self.logs[0];
        ledger.age(self.stage.clock.now().as_unix_millis());
        let bounds = log.bounds();
        assert_eq!((bounds.first, bounds.last), (ledger.first, ledger.last()));
    }

    fn append(&mut self, which: usize, dice: &mut Dice) {
        let burst = dice.pick(&[1, 1, 1, 2, 70]);
        for _ in 0..burst {
            let now = self.now();
            let others = self.logs[1 - which].1.cost();
            let (log, ledger) = &mut self.logs[which];
            let room = dice.pick(&[1, 4, 20, 20, 200, 4_000]);
            let data = format!("{}:{}", ledger.last() + 1, "x".repeat(dice.index(room)));
            let taken = block_on(log.append(&Event::new().data(&data)));
            assert_eq!(
                taken.is_ok(),
                ledger.append(&data, others, now),
                "{taken:?}"
            );
            if let Ok(seq) = taken {
                assert_eq!(seq, ledger.last());
                assert!(which == 1 || self.readers.iter().all(Reader::is_awake));
            }
        }
    }

    fn end(&mut self) {
        block_on(self.logs[0].0.end(LogEnd::Complete)).unwrap();
        self.logs[0].1.ended = true;
        assert!(self.readers.iter().all(Reader::is_awake));
    }

    fn subscribe(&mut self, dice: &mut Dice) {
        let token = token(u8::try_from(self.readers.len()).unwrap());
        let grant = grant("alice");
        let (log, ledger) = &mut self.logs[0];
        ledger.age(self.stage.clock.now().as_unix_millis());
        let opening = Opening::new(self.stage.arrival(), &grant, token, Arc::new(log.clone()));
        let opening = opening.with_policy(self.stage.policy);
        let (last, count) = (ledger.last(), dice.below(8));
        let (opening, base) = match dice.below(4) {
            0 => (opening, 0),
            1 => (opening.on_shared_log(), last),
            2 => {
                let held = ledger.first - 1;
                let base = last.saturating_sub(count).max(held);
                (opening.with_start(Start::Last(count)), base)
            }
            _ => {
                let seq = last.saturating_sub(count);
                (opening.with_start(Start::After(seq)), seq)
            }
        };
        let subscription = block_on(self.stage.sessions.open(opening)).unwrap();
        self.readers.push(Reader::new(token, subscription, base));
    }

    fn with_reader(
        &mut self,
        dice: &mut Dice,
        act: impl FnOnce(&mut Self, &mut Reader, &mut Dice),
    ) {
        if !self.readers.is_empty() {
            let place = dice.index(self.readers.len());
            let mut reader = self.readers.swap_remove(place);
            act(self, &mut reader, dice);
            self.readers.push(reader);
        }
    }

    /// In the end everybody has had everything, or was told what is missing.
    fn everybody_arrives(&mut self) -> usize {
        let now = self.now();
        let (_, ledger) = &mut self.logs[0];
        for reader in &mut self.readers {
            reader.poll(ledger, now);
            reader.arrive(ledger);
            reader.come_back(&self.stage);
            for _ in 0..=ledger.last() + 3 {
                reader.poll(ledger, now);
            }
            reader.arrive(ledger);
            assert_eq!(reader.had, ledger.last());
        }
        self.readers.iter().map(|reader| reader.drops).sum()
    }
}

/// I8, I10, I17: readers of a log that is written, trimmed and ended as it likes see each event
/// once and in order, or exactly which are missing, wherever their connections break.
#[test]
fn no_event_is_lost_or_doubled() {
    let mut drops = 0;
    for seed in 0..HISTORIES {
        let mut dice = Dice::new(seed);
        let ran = catch_unwind(AssertUnwindSafe(|| {
            let mut world = World::new(&mut dice);
            for _ in 0..dice.below(150) {
                world.happen(&mut dice);
            }
            world.everybody_arrives()
        }));
        drops += ran.unwrap_or_else(|_| panic!("the history of seed {seed}"));
    }
    assert!(drops as u64 > 3 * HISTORIES, "{drops}");
}

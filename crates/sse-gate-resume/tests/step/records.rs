//! A record by itself, under any sequence of steps whatever.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Clock, ManualClock, SteadyTime, Timestamp};
use sse_gate_resume::backend::{
    Binding, Bounds, Delivered, LogEnd, LogEpoch, LogName, Outcome, Record, SessionEpoch, ShownId,
};
use sse_gate_resume::{CloseReason, ResumePolicy};

use crate::model::{Model, Rules, Shown};
use crate::support::{Dice, granted, request, token};

const HISTORIES: u64 = 100_000;

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
enum Step {
    Show(Shown),
    Wait(u64),
    Leave {
        connection: u64,
        got_something: bool,
    },
    Confirm {
        connection: u64,
    },
    Reopen {
        grace: u64,
    },
    Close(CloseReason),
    Append(u64),
    Trim,
    End,
    /// The store forgets what it was told since it was saved last.
    Save,
    Restore,
}

/// A record, and the model of what it must do.
struct Pair {
    record: Record,
    model: Model,
    saved: (Record, Model),
    log: Bounds,
    now: u64,
    history: Vec<Step>,
    seed: u64,
}

impl Pair {
    fn new(seed: u64, dice: &mut Dice) -> Self {
        let now = ManualClock::default().now().as_unix_millis();
        let idle = dice.pick(&[1, 30_000, 120_000]);
        let mut policy = ResumePolicy::default()
            .with_retry(Duration::from_millis(dice.pick(&[0, 1_000, 4_000])))
            .with_idle(Duration::from_millis(idle))
            .with_takeovers(u32::MAX, Duration::MAX);
        let is_strict = dice.one_in(3);
        if is_strict {
            policy = policy.with_strict_ids();
        }
        let rules = Rules {
            window: millis(policy.window()),
            retries: if is_strict { 0 } else { 2 },
            idle,
            opened: now,
            deadline: now + dice.pick(&[5_000, 200_000, 3_600_000]),
            base: dice.below(3),
        };
        let deadline = Timestamp::from_unix_millis(rules.deadline);
        let grant = granted(
            request("alice").with_deadline(deadline),
            ManualClock::default(),
        );
        let record = Record::new(Arc::new(Binding {
            token: token(1),
            grant,
            salt: [3; 32],
            log_name: LogName::default(),
            log_epoch: LogEpoch::from_bytes([0; 8]),
            owns_log: true,
            base: rules.base,
            start_after: rules.base,
            arrival_epoch: SessionEpoch::ZERO,
            arrived_at: SteadyTime::from_millis(now),
            ends_at: SteadyTime::from_millis(rules.deadline),
            policy,
        }));
        let model = Model::new(rules);
        Self {
            saved: (record.clone(), model.clone()),
            record,
            model,
            log: Bounds {
                first: 1,
                last: rules.base,
                end: None,
            },
            now,
            history: Vec::new(),
            seed,
        }
    }

    fn draw(&self, dice: &mut Dice) -> Step {
        let last = self.model.last();
        let some_connection = |dice: &mut Dice| last.saturating_sub(dice.below(3));
        match dice.below(32) {
            0..=13 => Step::Show(Shown {
                // The last one and the one before most of the time, and some that never were.
                generation: (last + 1).saturating_sub(dice.pick(&[0, 1, 1, 1, 1, 2, 2, 2, 3, 4])),
                seq: (self.log.last + 1).saturating_sub(dice.below(4)),
                is_own_token: !dice.one_in(12),
            }),
            14..=19 => Step::Wait(self.draw_wait(dice)),
            20..=23 => Step::Leave {
                connection: some_connection(dice),
                got_something: dice.one_in(2),
            },
            24 => Step::Confirm {
                connection: some_connection(dice),
            },
            25 => Step::Reopen {
                grace: dice.pick(&[0, 1, 5_000]),
            },
            26 if dice.one_in(4) => Step::Close(CloseReason::Revoked),
            27 => Step::Trim,
            28 if dice.one_in(4) => Step::End,
            29 if dice.one_in(3) => Step::Save,
            30 if dice.one_in(6) => Step::Restore,
            _ => Step::Append(dice.below(3)),
        }
    }

    /// Some time, most often until just before, at or after the moment when something ends.
    fn draw_wait(&self, dice: &mut Dice) -> u64 {
        let Rules {
            window,
            idle,
            deadline,
            ..
        } = self.model.rules;
        let first = self.model.taken_first().unwrap_or(self.now);
        let end = match dice.below(8) {
            0..=3 => first + window,
            4..=5 => self.model.left().unwrap_or(self.now) + idle,
            6 => deadline,
            _ => return dice.below(3_000),
        };
        (end + dice.below(3)).saturating_sub(self.now + 1)
    }

    /// Takes a step, and says what came of it if an id was shown.
    fn take(&mut self, step: Step) -> Option<Outcome> {
        self.history.push(step);
        let mut shown_for = None;
        let now = SteadyTime::from_millis(self.now);
        match step {
            Step::Show(shown) => {
                let presented = ShownId {
                    generation: shown.generation,
                    seq: shown.seq,
                    token: token(if shown.is_own_token { 1 } else { 2 }),
                };
                let outcome = self.record.redeem(&presented, &self.log, now);
                let log = (self.log.last, self.log.end.is_some());
                let expected = self.model.show(shown, log, self.now);
                assert_eq!(outcome, expected, "{self:?}");
                shown_for = Some(outcome);
            }
            Step::Wait(millis) => self.now += millis,
            Step::Leave {
                connection,
                got_something,
            } => {
                let delivered = if got_something {
                    Delivered::Confirmed
                } else {
                    Delivered::Sent
                };
                self.record.release(connection, delivered, now);
                self.model.leave(connection, got_something, self.now);
            }
            Step::Confirm { connection } => {
                self.record.confirm(connection);
                self.model.confirm(connection);
            }
            Step::Reopen { grace } => {
                let reopened = self.record.reopen(Duration::from_millis(grace), now);
                assert_eq!(reopened, self.model.reopen(grace, self.now), "{self:?}");
            }
            Step::Close(why) => {
                assert_eq!(self.record.close(why), self.model.close(why), "{self:?}");
            }
            Step::Append(events) if self.log.end.is_none() => self.log.last += events,
            Step::Trim => self.log.first = self.log.last + 1,
            Step::End => self.log.end = Some(LogEnd::Complete),
            Step::Save => self.saved = (self.record.clone(), self.model.clone()),
            Step::Restore => (self.record, self.model) = self.saved.clone(),
            Step::Append(_) => {}
        }
        assert_eq!(self.record.closed(), self.model.over, "{self:?}");
        assert_eq!(self.record.generation(), self.model.last(), "{self:?}");
        assert_eq!(
            self.record.is_attached(),
            self.model.is_served(),
            "{self:?}"
        );
        shown_for
    }
}

impl std::fmt::Debug for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            seed,
            record,
            model,
            history,
            ..
        } = self;
        write!(f, "seed {seed}: {record:?}\n{model:?}\n{history:#?}")
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap()
}

/// I4, I5, E17: a hundred thousand histories, with stores that lose writes, each step compared
/// with the model's.
#[test]
fn a_record_does_what_the_rules_say() {
    let mut outcomes = BTreeSet::new();
    for seed in 0..HISTORIES {
        let mut dice = Dice::new(seed);
        let mut pair = Pair::new(seed, &mut dice);
        for _ in 0..dice.below(40) {
            let step = pair.draw(&mut dice);
            outcomes.extend(pair.take(step).map(|outcome| match outcome {
                Outcome::Resumed { again, .. } => format!("Resumed, again: {again}"),
                other => format!("{other:?}"),
            }));
        }
    }
    // One of each: five reasons to be over, everything had, four refusals, taken and taken again.
    assert_eq!(outcomes.len(), 12, "{outcomes:?}");
}

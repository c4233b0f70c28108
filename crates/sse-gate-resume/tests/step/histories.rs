//! Histories of a client and a thief, and what is promised about every one of them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use sse_gate_resume::CloseReason;

use crate::actors::{Arrives, CLIENT, THIEF, World};
use crate::support::{Dice, parts};

/// Fewer without an optimiser, which digests are slow without.
const HISTORIES: u64 = if cfg!(debug_assertions) {
    10_000
} else {
    100_000
};

impl World {
    /// One thing that happens.
    fn happen(&mut self, dice: &mut Dice) {
        match dice.below(24) {
            0..=5 => self.come_back(CLIENT, dice),
            6..=9 => self.come_back(THIEF, dice),
            10..=12 => self.steal(dice),
            13..=14 => self.look(dice),
            15..=16 => self.disconnect(dice),
            17..=19 => self.wait(dice),
            20..=21 => self.append(),
            22 if dice.one_in(8) => self.close(CloseReason::Revoked),
            22 if dice.one_in(8) => self.end(),
            _ => self.sweep(),
        }
    }

    /// A client shows what it had last. A thief shows anything that it has, at any place in the
    /// log, with the token or without.
    fn come_back(&mut self, who: usize, dice: &mut Dice) {
        let Some(mut id) = self.held[who].last().cloned() else {
            return;
        };
        let mut knows_token = true;
        if who == THIEF {
            let held = &self.held[who];
            let seq = dice.below(12);
            id = parts(&held[dice.index(held.len())]).moved_to(seq);
            knows_token = !dice.one_in(4);
        }
        let arrives = dice.pick(&[Arrives::Yes, Arrives::Yes, Arrives::No, Arrives::Unnoticed]);
        self.show(who, &id, knows_token, arrives);
    }

    fn steal(&mut self, dice: &mut Dice) {
        let held = &self.held[CLIENT];
        if !held.is_empty() {
            let id = held[held.len() - 1 - dice.index(held.len().min(4))].clone();
            self.held[THIEF].push(id);
        }
    }

    fn look(&mut self, dice: &mut Dice) {
        if !self.connections.is_empty() {
            let place = dice.index(self.connections.len());
            let (generation, who, connection) = self.connections.swap_remove(place);
            self.read(generation, who, connection);
        }
    }

    fn disconnect(&mut self, dice: &mut Dice) {
        if !self.connections.is_empty() {
            let place = dice.index(self.connections.len());
            let (generation, _, connection) = self.connections.swap_remove(place);
            drop(connection);
            self.leave(generation);
        }
    }

    fn wait(&mut self, dice: &mut Dice) {
        let rules = self.model.rules;
        let end = match dice.below(6) {
            0..=2 => self.model.taken_first().map(|first| first + rules.window),
            3 => self.model.left().map(|left| left + rules.idle),
            4 if dice.one_in(4) => Some(rules.deadline + dice.pick(&[0, rules.idle])),
            _ => None,
        };
        // Just before it, at it, or just after.
        let now = self.now();
        let until = end.unwrap_or(now + dice.below(4_000)) + dice.below(3);
        let span = until.saturating_sub(now + 1);
        self.stage.wait(Duration::from_millis(span));
    }

    /// How many connections get anything from now on.
    fn served(&mut self) -> usize {
        for (generation, who, connection) in std::mem::take(&mut self.connections) {
            self.read(generation, who, connection);
        }
        self.connections.len()
    }

    /// The promises, which hold whatever the model says.
    fn keeps_its_promises(&mut self) {
        let mut uses = BTreeMap::<u64, Vec<u64>>::new();
        for (generation, at) in &self.accepted {
            uses.entry(*generation).or_default().push(*at);
        }
        for (generation, at) in uses {
            assert!(
                at.len() <= 1 + self.model.rules.retries,
                "{generation}: {at:?}"
            );
            let late = at[at.len() - 1] - at[0];
            assert!(late < self.model.rules.window, "{generation}: {at:?}");
        }
        assert!(self.served() <= 1);
    }
}

/// Runs a history, and names its seed if it fails.
fn run(seed: u64, history: impl FnOnce(&mut Dice)) {
    let mut dice = Dice::new(seed);
    let ran = catch_unwind(AssertUnwindSafe(|| history(&mut dice)));
    assert!(ran.is_ok(), "the history of seed {seed}");
}

/// I4, I5, I6, I14, I15, I18: histories with a thief, each answer and each signal compared with
/// the model's.
#[test]
fn sessions_do_what_the_rules_say() {
    for seed in 0..HISTORIES {
        run(seed, |dice| {
            let mut world = World::new(dice);
            world.look(dice);
            for _ in 0..dice.below(24) {
                world.happen(dice);
            }
            world.keeps_its_promises();
        });
    }
}

/// I5: a client by itself that loses no more answers in a row than it may, and comes back in time,
/// is never refused.
#[test]
fn a_client_by_itself_is_never_refused() {
    for seed in 0..HISTORIES / 10 {
        run(seed, |dice| {
            let mut world = World::new(dice);
            world.look(dice);
            let mut lost = 0;
            for _ in 0..dice.below(24) {
                let id = world.held[CLIENT].last().unwrap().clone();
                let may_be_lost = lost < world.model.rules.retries && dice.one_in(2);
                let arrives = if may_be_lost {
                    dice.pick(&[Arrives::No, Arrives::Unnoticed])
                } else {
                    Arrives::Yes
                };
                lost = if may_be_lost { lost + 1 } else { 0 };
                let taken = world.accepted.len();
                world.show(CLIENT, &id, true, arrives);
                assert_eq!(world.accepted.len(), taken + 1, "{:?}", world.model);
                world.append();
                world.stage.wait(Duration::from_millis(dice.below(2_000)));
            }
        });
    }
}

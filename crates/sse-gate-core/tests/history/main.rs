//! Random histories of a gate against a model that fits on a page: every token is redeemed at
//! most once, every cap is exact, and every refusal has its reason.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod world;

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;

use world::{PAYLOAD, World};

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    /// Reads the epoch, as who begins to authenticate a caller does.
    Begin,
    Issue {
        subject: usize,
        resource: usize,
        payload: usize,
        secs: u64,
        /// In one of the epochs read so far, or in the present one.
        begun: Option<Index>,
    },
    /// Shows one of the tokens issued so far, for one of the resources.
    Redeem {
        token: Index,
        resource: usize,
    },
    Withdraw {
        token: Index,
    },
    WithdrawAll {
        subject: usize,
    },
    Advance {
        secs: u64,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let token = any::<Index>;
    let step = prop_oneof![
        1 => Just(Step::Begin),
        6 => (
            0..3usize,
            0..2usize,
            prop_oneof![Just(0), 2..=PAYLOAD + 2],
            1..=70u64,
            prop::option::weighted(0.3, token()),
        ).prop_map(|(subject, resource, payload, secs, begun)| {
            Step::Issue { subject, resource, payload, secs, begun }
        }),
        4 => (token(), 0..2usize).prop_map(|(token, resource)| Step::Redeem { token, resource }),
        1 => token().prop_map(|token| Step::Withdraw { token }),
        1 => (0..3usize).prop_map(|subject| Step::WithdrawAll { subject }),
        2 => (0..40u64).prop_map(|secs| Step::Advance { secs }),
    ];
    prop::collection::vec(step, 1..120)
}

impl World {
    fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let count = self.count();
        match step {
            Step::Issue {
                subject,
                resource,
                payload,
                secs,
                begun,
            } => {
                let begun = begun.filter(|_| self.begun() > 0);
                let begun = begun.map(|at| at.index(self.begun()));
                self.issue(*subject, *resource, (*payload, *secs), begun)
            }
            Step::Begin => {
                self.begin();
                Ok(())
            }
            Step::Redeem { token, resource } if count > 0 => {
                self.redeem(token.index(count), *resource)
            }
            Step::Withdraw { token } if count > 0 => self.withdraw(token.index(count)),
            Step::WithdrawAll { subject } => self.withdraw_all(*subject),
            Step::Advance { secs } => {
                self.advance(Duration::from_secs(*secs));
                Ok(())
            }
            Step::Redeem { .. } | Step::Withdraw { .. } => Ok(()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// A1, B9, C12, C20, C14, C15, C16, E10
    #[test]
    fn every_history_is_as_the_model_says(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            world.step(step)?;
        }
    }
}

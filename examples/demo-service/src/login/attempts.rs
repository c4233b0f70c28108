//! How often a client may try to log in: [`Attempts`].

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// How many attempts on one name may come at once, and how many more each second.
const ON_ONE: (u32, u32) = (10, 1);

/// The same for attempts on all names together.
const IN_ALL: (u32, u32) = (300, 100);

/// How many names are told apart. A client can make names up without end, so they are gathered
/// into so many groups, by a hash that no client can foresee.
const GROUPS: u64 = 4_096;

/// A limit on attempts to log in, by the name of the user, and in all.
///
/// Unknown names are limited as all others, and before any password is looked at: the limit
/// tells neither who exists nor whether a password was right. It locks nobody out: one attempt
/// becomes free each second. While somebody else keeps on trying a name, its user has to share
/// these. A service that is attacked like that limits attempts by the client's network, too.
#[derive(Debug)]
pub struct Attempts {
    clock: DefaultClock,
    hasher: RandomState,
    on_one: DefaultKeyedRateLimiter<u64>,
    in_all: DefaultDirectRateLimiter,
}

impl Attempts {
    /// None so far.
    pub fn new() -> Self {
        Self {
            clock: DefaultClock::default(),
            hasher: RandomState::new(),
            on_one: RateLimiter::keyed(quota(ON_ONE)),
            in_all: RateLimiter::direct(quota(IN_ALL)),
        }
    }

    /// Counts an attempt to log in by this name. At the limit it says how long to wait.
    pub fn count(&self, username: &str) -> Result<(), Duration> {
        let group = self.hasher.hash_one(username) % GROUPS;
        let on_one = self.on_one.check_key(&group);
        let wait = match on_one {
            Ok(()) => self.in_all.check(),
            Err(refused) => Err(refused),
        };
        wait.map_err(|refused| refused.wait_time_from(self.clock.now()))
    }
}

impl Default for Attempts {
    fn default() -> Self {
        Self::new()
    }
}

fn quota((burst, each_second): (u32, u32)) -> Quota {
    let number = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(number(each_second)).allow_burst(number(burst))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G19
    #[test]
    fn a_name_that_is_tried_too_often_waits_a_second_and_others_do_not() {
        for name in ["alice", "a name that nobody has"] {
            let attempts = Attempts::new();
            for attempt in 0..ON_ONE.0 {
                assert_eq!(attempts.count(name), Ok(()), "attempt {attempt} on {name}");
            }
            let wait = attempts.count(name).unwrap_err();
            assert!(wait <= Duration::from_secs(1), "{wait:?}");
            // One of them may be in the same group by chance.
            let others = ["bob", "carol", "dave", "eve", "frank"];
            let admitted = others.map(|name| attempts.count(name).is_ok());
            assert!(admitted.iter().filter(|is_admitted| **is_admitted).count() >= 3);
        }
    }

    /// G19
    #[test]
    fn all_names_together_have_a_limit_that_is_soon_over() {
        let attempts = Attempts::new();
        let admitted = |round: u32| attempts.count(&format!("name {round}"));
        let refused = (0..10 * IN_ALL.0).find_map(|round| admitted(round).err());
        let wait = refused.expect("there is a limit");
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
    }
}

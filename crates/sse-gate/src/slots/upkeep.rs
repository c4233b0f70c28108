//! The task that renews the places of a node, and frees those of streams that are gone: [`run`].
//!
//! It renews all places each third of their time. So two renewals in a row may fail before a place ends.
//!
//! | the limiter | what the task does |
//! |---|---|
//! | has kept the place | nothing |
//! | says that the place is gone | it claims the place again, after each renewal until it is granted |
//! | says that a later connection has it | it forgets the place |
//! | fails | it asks again after a third of the time |
//!
//! It never ends a stream. A stream was admitted when there was room, and if the limiter fails later, that
//! is no reason to end it.
//!
//! Places are claimed again one by one, for half of the time until the next renewal. So after a long
//! outage of the limiter, renewals are not late because many places are gone. The next round begins behind the last place
//! of this one, so that none waits for others that are refused each time.

use std::sync::Arc;
use std::time::Duration;

use sse_gate_resume::backend::{Claimed, Place, Renewed, StreamLimiter};
use sse_gate_resume::error::LimiterError;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::limiter::SharedPlaces;

/// How many places one call to the limiter has at most, so that no call takes it long.
const AT_ONCE: usize = 1_000;

/// The shortest time between two renewals.
const MIN_INTERVAL: Duration = Duration::from_millis(50);

/// Renews and frees places until there are none.
///
/// The limiter is asked without the bounds for requests: there is one task, and each of its questions has
/// a third of the places' time.
pub(super) fn run(places: Arc<SharedPlaces>) -> impl Future<Output = ()> + Send {
    let ttl = places.limiter.ttl();
    // A task that is dropped before its first poll drops this, too.
    let upkeep = Upkeep {
        interval: (ttl / 3).max(MIN_INTERVAL),
        ttl,
        places,
        claims: 0,
        has_ended: false,
    };
    go_on(upkeep)
}

/// Frees at once, and renews when it is time.
async fn go_on(mut upkeep: Upkeep) {
    let mut next = Instant::now() + upkeep.interval;
    loop {
        if Instant::now() >= next {
            next = Instant::now() + upkeep.interval;
            upkeep.renew().await;
        }
        let could_free = upkeep.free().await;
        if upkeep.rests() {
            return;
        }
        if could_free {
            let _ = timeout_at(next, upkeep.places.freed.notified()).await;
        } else {
            sleep_until(next).await;
        }
    }
}

/// What the task works with. When it is dropped before the end, another task can be started.
struct Upkeep {
    places: Arc<SharedPlaces>,
    /// How long a place lasts.
    ttl: Duration,
    /// The time from one renewal to the next, and for each question to the limiter.
    interval: Duration,
    /// How many places were claimed again, granted or not.
    claims: usize,
    /// Whether the task has noted its end itself.
    has_ended: bool,
}

impl Upkeep {
    /// Asks the limiter. `None` if it fails or does not answer in time.
    async fn ask<T>(&self, question: impl Future<Output = Result<T, LimiterError>>) -> Option<T> {
        timeout(self.interval, question).await.ok()?.ok()
    }

    /// Frees the places of streams that are gone. Returns whether the limiter could be asked. If not, it
    /// is asked again until the places have ended by themselves.
    async fn free(&self) -> bool {
        let mut freed = self.places.take_freed();
        freed.retain(|(_, since)| since.elapsed() < self.ttl);
        while !freed.is_empty() {
            let rest = freed.split_off(freed.len().min(AT_ONCE));
            let chunk = freed.iter().map(|(place, _)| place.clone()).collect();
            if self.ask(self.places.limiter.free(chunk)).await.is_none() {
                freed.extend(rest);
                self.places.free_later(freed);
                return false;
            }
            freed = rest;
        }
        true
    }

    /// Renews the places of all open streams. Places that have ended meanwhile are claimed again: their
    /// streams were admitted, and they go on in any case.
    async fn renew(&mut self) {
        let mut gone = Vec::new();
        for chunk in self.places.to_renew().chunks(AT_ONCE) {
            let asked = self.places.limiter.renew(chunk.to_vec());
            let Some(renewed) = self.ask(asked).await else {
                return;
            };
            for (place, renewed) in chunk.iter().zip(renewed) {
                match renewed {
                    Renewed::Kept => {}
                    Renewed::Gone => gone.push(place.clone()),
                    Renewed::Replaced => self.places.forget(place),
                }
            }
        }
        if !gone.is_empty() {
            let behind = self.claims % gone.len();
            gone.rotate_left(behind);
        }
        self.claim_again(gone, Instant::now() + self.interval / 2)
            .await;
    }

    /// Claims places again, as far as there is room. None is begun after `until`.
    async fn claim_again(&mut self, gone: Vec<Place>, until: Instant) {
        for place in gone {
            if Instant::now() >= until {
                return;
            }
            self.claims += 1;
            match self.ask(self.places.limiter.claim(place.clone())).await {
                Some(Claimed::Granted | Claimed::FullForSubject) => {}
                Some(Claimed::Replaced) => self.places.forget(&place),
                Some(Claimed::Full) | None => return,
            }
        }
    }

    /// Whether there is nothing more to do.
    fn rests(&mut self) -> bool {
        self.has_ended = self.places.rests();
        self.has_ended
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        if !self.has_ended {
            self.places.is_left_alone();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use sse_gate_core::Subject;
    use sse_gate_resume::backend::{PlaceId, SharedLimiter};
    use tokio::time::sleep;

    use super::super::Pulse;
    use super::super::limiter::NodePlaces;
    use super::*;

    const TTL: Duration = Duration::from_secs(60);

    /// It has lost all places, takes a second for each claim, and refuses all but one.
    #[derive(Clone, Debug, Default)]
    struct Slow {
        replaced: Arc<OnceLock<PlaceId>>,
    }

    impl StreamLimiter for Slow {
        fn ttl(&self) -> Duration {
            TTL
        }

        async fn has_room(&self, _: PlaceId) -> Result<bool, LimiterError> {
            Ok(true)
        }

        async fn claim(&self, place: Place) -> Result<Claimed, LimiterError> {
            sleep(Duration::from_secs(1)).await;
            Ok(if self.replaced.get() == Some(&place.id) {
                Claimed::Replaced
            } else {
                Claimed::FullForSubject
            })
        }

        async fn renew(&self, places: Vec<Place>) -> Result<Vec<Renewed>, LimiterError> {
            Ok(vec![Renewed::Gone; places.len()])
        }

        async fn free(&self, _: Vec<Place>) -> Result<(), LimiterError> {
            Ok(())
        }
    }

    /// G16: in the time that it has, only ten of many places can be claimed again.
    #[tokio::test(start_paused = true)]
    async fn no_place_waits_for_those_that_are_refused_each_time() {
        let limiter = Slow::default();
        let places = NodePlaces::new(SharedLimiter::new(limiter.clone()), TTL);
        let hold = |n: u128| {
            let place = Place {
                subject: Subject::new("alice").unwrap(),
                id: PlaceId::from_bytes(n.to_be_bytes()),
                generation: 1,
            };
            places.clone().hold(place, Arc::new(Pulse::new()))
        };
        let open: Vec<_> = (0..200).map(hold).collect();
        let last = places.0.to_renew().pop().unwrap();
        limiter.replaced.set(last.id).unwrap();
        sleep(25 * TTL / 3).await;
        let left = places.0.to_renew();
        assert!(!left.contains(&last), "it was not claimed again");
        assert_eq!(left.len(), 199);
        drop(open);
    }
}

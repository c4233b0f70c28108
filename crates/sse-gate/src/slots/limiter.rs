//! The places that this node has among the streams of all nodes: [`NodePlaces`].
//!
//! | a place is | from | until |
//! |---|---|---|
//! | held | its claim was granted | its stream is gone, or a later connection has it |
//! | to be freed | its stream is gone | the limiter has freed it, or its time is up |
//!
//! A request claims its place itself, within the bounds of a store. The rest is done by one task:
//! [`upkeep`]. So a limiter that hangs leaves one task behind, however many streams end meanwhile.
//!
//! The lock is held for a few steps in a map, and never together with the lock of the slots. The task is
//! woken when nothing is locked.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sse_gate_resume::backend::{Claimed, Place, PlaceId, SharedLimiter, StreamLimiter};
use sse_gate_resume::error::LimiterError;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::{Pulse, upkeep};
use crate::room::shrink;
use crate::store::{HasRead, StoreAccess};

/// The places of this node's streams in a limiter that all nodes share. Clones have the same places.
///
/// One task renews them, and frees those of streams that are gone. It runs while there are any.
#[derive(Clone, Debug)]
pub(crate) struct NodePlaces(pub(super) Arc<SharedPlaces>);

/// What the handles, the held places and the task share.
pub(super) struct SharedPlaces {
    pub(super) limiter: SharedLimiter,
    /// How long a server may let a stream wait before its place is renewed no more.
    patience: Duration,
    /// What this node has, and what is left to do.
    state: Mutex<State>,
    /// Tells the task that a place is to be freed.
    pub(super) freed: Notify,
}

#[derive(Default)]
struct State {
    /// The places of open streams, with what is known of their servers.
    held: HashMap<PlaceKey, (Place, Arc<Pulse>)>,
    /// The places of streams that are gone, and since when.
    freed: Vec<(Place, Instant)>,
    /// Whether the task runs.
    is_kept_up: bool,
}

/// What a place is found by on this node. Two connections of one session are two.
type PlaceKey = (PlaceId, u64);

fn key(place: &Place) -> PlaceKey {
    (place.id, place.generation)
}

/// A place of an open stream. When it is dropped, the place is freed in the background.
pub(crate) struct HeldPlace {
    key: PlaceKey,
    places: NodePlaces,
}

/// Why a stream has got no place.
#[derive(Debug)]
pub(crate) enum NoPlace {
    /// The limiter can't be asked.
    Unavailable(LimiterError),
    /// A later connection of the session has the place.
    Replaced,
    /// The subject has as many streams as it may have, on all nodes together.
    FullForSubject,
    /// There are as many streams as there may be, on all nodes together.
    Full,
}

impl NodePlaces {
    /// No places yet. `patience` is the time after which a stream counts as stalled.
    pub(super) fn new(limiter: SharedLimiter, patience: Duration) -> Self {
        Self(Arc::new(SharedPlaces {
            limiter,
            patience,
            state: Mutex::default(),
            freed: Notify::new(),
        }))
    }

    /// The limiter that all nodes share.
    pub(super) fn limiter(&self) -> SharedLimiter {
        self.0.limiter.clone()
    }

    /// Whether there is room in all for this place. It is claimed later.
    ///
    /// Keep the guard that is returned until then: see [`HasRead`].
    pub(crate) async fn has_room(
        &self,
        access: &StoreAccess,
        id: PlaceId,
    ) -> Result<(bool, HasRead), LimiterError> {
        let (limiter, asking) = (self.0.limiter.clone(), access.clone());
        let question = async move {
            let has_room = limiter.has_room(id).await?;
            Ok((has_room, asking.has_read()))
        };
        access.read(Box::pin(question)).await
    }

    /// Claims a place for a stream.
    ///
    /// A claim that is granted after its time, or after its client is gone, is taken back: the place is
    /// dropped with the answer.
    pub(crate) async fn claim(
        &self,
        access: &StoreAccess,
        place: Place,
        pulse: Arc<Pulse>,
    ) -> Result<HeldPlace, NoPlace> {
        let places = self.clone();
        let question = async move {
            let claimed = places.0.limiter.claim(place.clone()).await;
            match claimed.map_err(NoPlace::Unavailable)? {
                Claimed::Granted => Ok(places.hold(place, pulse)),
                Claimed::Replaced => Err(NoPlace::Replaced),
                Claimed::FullForSubject => Err(NoPlace::FullForSubject),
                Claimed::Full => Err(NoPlace::Full),
            }
        };
        access.ask(Box::pin(question)).await
    }

    /// Keeps a place that was granted.
    pub(super) fn hold(self, place: Place, pulse: Arc<Pulse>) -> HeldPlace {
        let key = key(&place);
        let mut state = self.0.lock();
        state.held.insert(key, (place, pulse));
        self.0.keep_up(state);
        HeldPlace { key, places: self }
    }
}

impl SharedPlaces {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the task, unless it runs. It needs a Tokio runtime.
    fn keep_up(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        if state.is_kept_up {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            state.is_kept_up = true;
            drop(state);
            runtime.spawn(upkeep::run(Arc::clone(self)));
        }
    }

    /// A stream is gone: its place is to be freed, unless another connection has it.
    fn let_go(self: &Arc<Self>, key: PlaceKey) {
        let mut state = self.lock();
        let Some((place, _)) = state.held.remove(&key) else {
            return;
        };
        shrink(&mut state.held);
        // Without a runtime no task can free it. It ends by itself.
        if state.is_kept_up || Handle::try_current().is_ok() {
            state.freed.push((place, Instant::now()));
            self.keep_up(state);
            self.freed.notify_one();
        }
    }

    /// The places to renew. Those of streams that have lost their slot are to be freed. A place is not
    /// renewed while its stream is stalled, so that another stream can get it, on any node.
    pub(super) fn to_renew(&self) -> Vec<Place> {
        let now = Instant::now();
        let mut state = self.lock();
        let State { held, freed, .. } = &mut *state;
        let lost = held.extract_if(|_, (_, pulse)| !pulse.has_place());
        freed.extend(lost.map(|(_, (place, _))| (place, now)));
        shrink(held);
        let served = held
            .values()
            .filter(|(_, pulse)| !pulse.is_stalled(now, self.patience));
        served.map(|(place, _)| place.clone()).collect()
    }

    /// The places that are to be freed. They are listed no longer.
    pub(super) fn take_freed(&self) -> Vec<(Place, Instant)> {
        std::mem::take(&mut self.lock().freed)
    }

    /// Lists places again that could not be freed.
    pub(super) fn free_later(&self, places: Vec<(Place, Instant)>) {
        self.lock().freed.extend(places);
    }

    /// A later connection has the place. This node no longer renews it, nor frees it.
    pub(super) fn forget(&self, place: &Place) {
        let mut state = self.lock();
        state.held.remove(&key(place));
        shrink(&mut state.held);
    }

    /// Notes that the task ends, if there is nothing to do. Returns whether it ends.
    pub(super) fn rests(&self) -> bool {
        let mut state = self.lock();
        let is_idle = state.held.is_empty() && state.freed.is_empty();
        if is_idle {
            state.is_kept_up = false;
        }
        is_idle
    }

    /// Notes that the task is gone before its end, with its runtime.
    pub(super) fn is_left_alone(&self) {
        self.lock().is_kept_up = false;
    }
}

impl Drop for HeldPlace {
    fn drop(&mut self) {
        self.places.0.let_go(self.key);
    }
}

impl fmt::Debug for HeldPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HeldPlace").field(&self.key).finish()
    }
}

impl fmt::Debug for SharedPlaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedPlaces")
            .field("limiter", &self.limiter)
            .field("held", &self.lock().held.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use sse_gate_core::Subject;
    use sse_gate_resume::backend::MemoryLimiter;

    use super::*;

    /// A stream is gone, has lost its slot, or is on another node.
    #[test]
    fn room_is_given_back_when_places_have_gone() {
        let limiter = SharedLimiter::new(MemoryLimiter::default());
        let places = NodePlaces::new(limiter, Duration::ZERO);
        let room = || places.0.lock().held.capacity();
        let gone: [fn(&NodePlaces, &[HeldPlace]); 3] = [
            |_, _| {},
            |places, _| assert!(places.0.to_renew().is_empty()),
            |places, list| {
                for HeldPlace { key, .. } in list {
                    let (place, _) = places.0.lock().held[key].clone();
                    places.0.forget(&place);
                }
            },
        ];
        for (number, go) in gone.into_iter().enumerate() {
            let hold = |n: u128| {
                let place = Place {
                    subject: Subject::new("alice").unwrap(),
                    id: PlaceId::from_bytes(n.to_be_bytes()),
                    generation: 1,
                };
                let pulse = Arc::new(Pulse::new());
                if number == 1 {
                    let now = Instant::now();
                    pulse.server_took(now);
                    assert!(pulse.give_up(now + Duration::from_secs(1), Duration::ZERO));
                }
                places.clone().hold(place, pulse)
            };
            let list: Vec<_> = (0..1_000).map(hold).collect();
            assert!(room() >= 1_000);
            go(&places, &list);
            if number == 0 {
                drop(list);
            } else {
                std::mem::forget(list);
            }
            assert!(room() <= 128, "{} after step {number}", room());
        }
    }
}

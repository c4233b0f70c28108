//! The operations of a limiter, as the checks use them: one that can't be asked fails the check.

use sse_gate_core::{Entropy, Subject, SystemEntropy};

use crate::store::{Claimed, Place, PlaceId, Renewed, StreamLimiter};

const ASKED: &str = "a limiter under test can be asked";

/// A new place of this subject's, for the first connection of a session.
pub(super) fn place(subject: &str) -> Place {
    let mut bytes = [0; 32];
    let filled = SystemEntropy.fill(&mut bytes);
    filled.expect("a test machine has randomness");
    Place {
        subject: Subject::new(subject).expect("the checks use short names"),
        id: PlaceId::from_bytes(std::array::from_fn(|at| bytes[at])),
        generation: 1,
    }
}

/// The same place for a later connection.
pub(super) fn later(place: &Place, generation: u64) -> Place {
    Place {
        generation,
        ..place.clone()
    }
}

pub(super) async fn claim<L: StreamLimiter>(limiter: &L, place: &Place) -> Claimed {
    limiter.claim(place.clone()).await.expect(ASKED)
}

/// Claims a place for which there is room.
pub(super) async fn get<L: StreamLimiter>(limiter: &L, place: &Place) {
    let claimed = claim(limiter, place).await;
    assert_eq!(claimed, Claimed::Granted, "a place was refused");
}

/// A new place of this subject's, for which there is room.
pub(super) async fn get_new<L: StreamLimiter>(limiter: &L, subject: &str) -> Place {
    let place = place(subject);
    get(limiter, &place).await;
    place
}

/// Claims a new place for which there is no room.
pub(super) async fn is_refused<L: StreamLimiter>(limiter: &L, subject: &str, why: Claimed) {
    let claimed = claim(limiter, &place(subject)).await;
    assert_eq!(claimed, why, "a newcomer got another answer");
}

pub(super) async fn has_room<L: StreamLimiter>(limiter: &L, place: &Place) -> bool {
    limiter.has_room(place.id).await.expect(ASKED)
}

pub(super) async fn renew<L: StreamLimiter>(limiter: &L, places: &[&Place]) -> Vec<Renewed> {
    let places = places.iter().map(|place| (*place).clone()).collect();
    limiter.renew(places).await.expect(ASKED)
}

pub(super) async fn free<L: StreamLimiter>(limiter: &L, places: &[&Place]) {
    let places = places.iter().map(|place| (*place).clone()).collect();
    limiter.free(places).await.expect(ASKED);
}

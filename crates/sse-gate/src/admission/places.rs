//! The place of a stream among those of all nodes, if the slots have a limiter.
//!
//! The limiter is asked twice. The first question comes before any step that can't be taken back: whether
//! there is room in all. Its answer depends on no subject, so it needs no token. The second question is the
//! claim, when the subject is known and has a slot on this node.
//!
//! Between the two, the last place may go to another stream. Then a token was spent for nothing, or a
//! client that comes back gets a new id and waits.

use sse_gate_core::{Signal, Subject, TokenKey};
use sse_gate_resume::backend::{Place, PlaceId};

use super::GateRejection;
use super::admit::{AdmissionContext, Refused};
use crate::slots::{NoPlace, Slot};

impl AdmissionContext {
    /// Looks for room for a stream: for that of this token and of its session, if it may go on with one. A place is
    /// claimed when the subject is known.
    ///
    /// This comes before the token is taken and before the session goes on, so that both stay untouched
    /// if there is no room.
    pub(super) async fn find_room(&mut self, token: Option<TokenKey>) -> Result<(), NoPlace> {
        let Some(places) = self.config.slots.places() else {
            return Ok(());
        };
        let access = &self.config.stream_limiter;
        // No token has this key.
        let token = token.unwrap_or_else(|| TokenKey::from_bytes([0; 32]));
        let asked = places.has_room(access, PlaceId::of(&token)).await;
        let (has_room, reader) = asked.map_err(NoPlace::Unavailable)?;
        self.limiter_read = Some(reader);
        has_room.then_some(()).ok_or(NoPlace::Full)
    }

    /// Fails if the limiter does not answer. For a caller that continues a session, whose place is not
    /// known yet.
    pub(super) async fn find_limiter(&mut self) -> Result<(), NoPlace> {
        match self.find_room(None).await {
            Err(why @ NoPlace::Unavailable(_)) => Err(why),
            _ => Ok(()),
        }
    }

    /// Claims the place of a stream. The token names it: all connections of a session have the same token.
    pub(super) async fn claim_place(
        &mut self,
        slot: &Slot,
        subject: &Subject,
        token: Option<TokenKey>,
        generation: u64,
    ) -> Result<(), NoPlace> {
        let Some((places, token)) = self.config.slots.places().zip(token) else {
            return Ok(());
        };
        if let Some(reader) = self.limiter_read.take() {
            reader.goes_on();
        }
        let place = Place {
            subject: subject.clone(),
            id: PlaceId::of(&token),
            generation,
        };
        let access = &self.config.stream_limiter;
        let claim = places.claim(access, place, slot.pulse());
        slot.hold(claim.await?);
        Ok(())
    }

    /// The answer to a request that has got no place: the same as without a slot.
    pub(super) fn without_place(&self, why: &NoPlace, resume_id: Option<&str>) -> Refused {
        self.tell_of(why);
        match why {
            NoPlace::Unavailable(_) => self.unavailable(resume_id),
            NoPlace::Full | NoPlace::Replaced => self.config.full(resume_id).into(),
            NoPlace::FullForSubject => {
                let refused = self.config.turn_away(GateRejection::SubjectCapacity);
                refused.into()
            }
        }
    }

    /// Tells the observer if the limiter has failed.
    pub(super) fn tell_of(&self, why: &NoPlace) {
        if let NoPlace::Unavailable(error) = why {
            let check = GateRejection::Unavailable.as_str();
            let signal = Signal::TurnedAway { check };
            self.config.gate.observe_error(signal, error);
        }
    }
}

//! Turns an attempt into an open stream: [`admit`].
//!
//! Each door has a file of its own. What they share is here: the slot, the check whether the subject
//! was revoked meanwhile, and the guard of the stream.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use sse_gate_core::{Epoch, Grant, TokenKey};
use sse_gate_resume::{Arrival, Resumed};

use super::attempt::{Attempt, Credential};
use super::config::Config;
use super::guard::StreamGuard;
use super::{GateRejection, answer, bearer_door, session_door, token_door};
use crate::Granted;
use crate::resume::{NewSession, Resumable, ResumableStream};
use crate::slots::{Claim, Reservation, Slot};
use crate::store::HasRead;

/// An answer that needs no handler.
pub(super) type Answer = Response<Full<Bytes>>;

/// The answer to a request that opens no stream. It is boxed because it is large and rare.
pub(super) type Refused = Box<Answer>;

/// A stream whose handler may be called.
pub(super) struct Admitted {
    /// Frees the slot and tells the observer when the stream ends.
    pub(super) guard: StreamGuard,
    /// What the handler finds in the extensions of the request.
    pub(super) granted: Granted,
    /// What the handler attaches a log to. Only resumable routes have one.
    pub(super) stream: Option<ResumableStream>,
}

/// Chooses the door for a request: session, token, or bearer.
///
/// With a token, a resume id is tried first. If it is not valid, the request is judged as if it had
/// no id.
pub(super) async fn admit(config: Arc<Config>, attempt: Attempt) -> Result<Admitted, Refused> {
    let Attempt {
        credential,
        resume_id,
        has_many_ids,
    } = attempt;
    let mut context = AdmissionContext {
        // Read this before any credential is looked at, so that a later revocation is noticed.
        epoch: config.gate.registry().epoch(),
        config,
        limiter_read: None,
    };
    match credential {
        Credential::Caller { head, resource } => {
            bearer_door::open(context, *head, resource, resume_id).await
        }
        Credential::Token { token, reservation } => {
            let shown_id = resume_id.as_ref().map(|id| &***id);
            // Until the limiter has answered, the token and the session stay untouched.
            // A stream that is open already has its place, and a spent token must not tell that it has one.
            let settings = context.config.resumable.as_ref();
            let may_go_on =
                settings.is_some_and(|it| shown_id.is_some() || it.opening_grace.is_some());
            let key = may_go_on.then(|| token.key());
            if let Err(why) = context.find_room(key).await {
                return Err(context.without_place(&why, shown_id));
            }
            let settings = context.config.resumable.clone();
            if let Some((settings, id)) = settings.zip(resume_id.clone())
                && let Some((resumed, claim)) =
                    session_door::resume(&context, &settings, id, token.key()).await?
            {
                return context
                    .again(reservation, &settings, resumed, Some(claim))
                    .await;
            }
            token_door::open(context, reservation, token, shown_id, has_many_ids).await
        }
    }
}

/// The generation of the first connection of a session.
const FIRST: u64 = 1;

/// What a new stream is opened with, besides its grant.
pub(super) struct FirstOpening<'r> {
    /// The key of its token, or a random one for a caller without a token. `None` if nothing is named by
    /// it.
    pub(super) token: Option<TokenKey>,
    /// What a resumable stream needs.
    pub(super) session: Option<(Resumable, Arrival)>,
    /// The last event that a caller with its own credential has.
    pub(super) cursor: Option<u64>,
    /// The resume id that the request shows, which is not valid.
    pub(super) resume_id: Option<&'r str>,
}

/// What all doors need to admit one request.
pub(super) struct AdmissionContext {
    pub(super) config: Arc<Config>,
    /// When the request arrived, in terms of revocations.
    epoch: Epoch,
    /// The limiter of all nodes has answered, and is asked for a place later.
    pub(super) limiter_read: Option<HasRead>,
}

impl AdmissionContext {
    /// A slot for the stream of a caller that is known now.
    pub(super) fn reserve(&self, resume_id: Option<&str>) -> Result<Reservation, Refused> {
        let reservation = self.config.slots.reserve();
        reservation.ok_or_else(|| self.config.full(resume_id).into())
    }

    /// Opens a new stream with a grant. The last checks are whether the subject may have another stream,
    /// on this node and on all together, and whether it was revoked meanwhile.
    pub(super) async fn first(
        mut self,
        reservation: Reservation,
        grant: Grant,
        opening: FirstOpening<'_>,
    ) -> Result<Admitted, Refused> {
        let Some(slot) = reservation.claim(grant.subject()) else {
            let refused = self.config.turn_away(GateRejection::SubjectCapacity);
            return Err(refused.into());
        };
        let (token, resume_id) = (opening.token, opening.resume_id);
        let claimed = self.claim_place(&slot, grant.subject(), token, FIRST).await;
        claimed.map_err(|why| self.without_place(&why, resume_id))?;
        let config = self.config;
        if config
            .gate
            .registry()
            .is_revoked(grant.subject(), self.epoch)
        {
            return Err(config.refuse(GateRejection::BadToken).into());
        }
        let Some(((settings, arrival), token)) = opening.session.zip(token) else {
            return Ok(strict(&config, slot, grant));
        };
        let guard = StreamGuard::resumable(&config, &slot, &grant);
        let granted = Granted::new(grant, guard.time_left());
        let first = NewSession {
            token,
            arrival,
            slot,
            cursor: opening.cursor,
        };
        let stores = config.stream_stores.clone();
        let stream = ResumableStream::first(granted, settings, stores, first);
        Ok(with_stream(guard, stream))
    }

    /// Continues a session. Its previous connection was cut, but may still be open.
    pub(super) async fn again(
        mut self,
        reservation: Reservation,
        settings: &Resumable,
        resumed: Resumed,
        claim: Option<Claim>,
    ) -> Result<Admitted, Refused> {
        let config = Arc::clone(&self.config);
        let binding = resumed.binding();
        let (subject, session) = (binding.grant.subject(), resumed.lease().session());
        let claim = claim.or_else(|| config.slots.claim_again(subject, session));
        let slot = claim.and_then(|claim| reservation.give_to(claim));
        let Some(slot) = slot else {
            return Err(answer::later_with_id(resumed).into());
        };
        let (token, generation) = (Some(binding.token), resumed.lease().generation());
        let claimed = self.claim_place(&slot, subject, token, generation).await;
        if let Err(why) = claimed {
            self.tell_of(&why);
            return Err(answer::later_with_id(resumed).into());
        }
        let grant = resumed.grant();
        let guard = StreamGuard::resumable(&config, &slot, &grant);
        let granted = Granted::new(grant, guard.time_left());
        let stores = config.stream_stores.clone();
        let stream = ResumableStream::again(granted, settings.clone(), stores, slot, resumed);
        Ok(with_stream(guard, stream))
    }

    /// The answer when a store fails. A client with a resume id is told to come back later: a refusal
    /// would stop its `EventSource` for good.
    pub(super) fn unavailable(&self, resume_id: Option<&str>) -> Refused {
        let answer = match (&self.config.resumable, resume_id) {
            (Some(settings), Some(id)) => answer::later(&settings.sessions, id),
            _ => self.config.refuse(GateRejection::Unavailable),
        };
        answer.into()
    }
}

fn strict(config: &Config, slot: Slot, grant: Grant) -> Admitted {
    let guard = StreamGuard::strict(config, slot, &grant);
    Admitted {
        granted: Granted::new(grant, guard.time_left()),
        guard,
        stream: None,
    }
}

/// Admits a resumable stream. The guard keeps its slot until the handler attaches the stream.
fn with_stream(guard: StreamGuard, stream: ResumableStream) -> Admitted {
    Admitted {
        guard: guard.keeping(stream.unattached()),
        granted: stream.granted().clone(),
        stream: Some(stream),
    }
}

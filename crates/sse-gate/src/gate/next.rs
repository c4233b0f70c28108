//! What comes after the store's answer: [`Next`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use sse_gate_core::{Grant, Presented, Refusal, TokenKey};
use sse_gate_resume::{Arrival, NotResumed};
use zeroize::Zeroizing;

use super::future::Question;
use super::layer::Config;
use super::redemption::{Redeemed, Redemption};
use super::session_door::{Admitted, SessionDoor};
use super::{Rejection, answer};
use crate::Granted;
use crate::resume::{First, Resumable, ResumableStream};
use crate::slots::Reservation;
use crate::stream_guard::StreamGuard;

/// A request that waits for the store, and all that it takes to hand it on.
pub(super) struct Next<S, ReqBody> {
    pub(super) inner: S,
    pub(super) request: Request<ReqBody>,
    pub(super) config: Arc<Config>,
    pub(super) admission: Admission,
}

/// What a request has when it asks the store.
pub(super) struct Admission {
    /// A place among the open streams.
    pub(super) reservation: Reservation,
    /// The key of its token.
    pub(super) token: TokenKey,
    /// The resume id that it shows.
    pub(super) resume_id: Option<Zeroizing<Box<str>>>,
    /// Whether it shows more than one, so that none counts.
    pub(super) has_many_ids: bool,
}

/// What becomes of it.
pub(super) enum Step<S, ReqBody> {
    /// It goes to its handler, and this watches over its stream.
    Handle(S, Request<ReqBody>, StreamGuard),
    /// Something else is asked: about its token, or for the session that its token may have opened
    /// already.
    Ask(Question, Next<S, ReqBody>),
    /// It needs no handler.
    Answer(Response<Full<Bytes>>),
}

impl<S, ReqBody> Next<S, ReqBody> {
    /// The gate has answered.
    pub(super) fn redeemed(self, redeemed: Result<Redeemed, Refusal>) -> Step<S, ReqBody> {
        match redeemed {
            Ok((grant, arrival)) => self.first(grant, arrival),
            Err(refusal) if refusal.is_unavailable() => self.unavailable(),
            Err(_) if self.admission.has_many_ids => self.turn_away(Rejection::ManyTokens),
            Err(_) => match self.lost_answer() {
                Some(question) => Step::Ask(question, self),
                None => self.refuse(Rejection::BadToken),
            },
        }
    }

    /// The sessions have answered.
    ///
    /// An id that is no good counts for nothing: the `token` that came with it may be a fresh one.
    pub(super) fn resumed(
        self,
        settings: &Resumable,
        token: Option<Presented>,
        resumed: Result<Admitted, NotResumed>,
    ) -> Step<S, ReqBody> {
        match (resumed, token) {
            (Ok(admitted), _) => self.again(settings, admitted),
            (Err(NotResumed::Gone(_)), _) => Step::Answer(answer::gone()),
            (
                Err(NotResumed::Unavailable(_) | NotResumed::TooSoon | NotResumed::NotAdmitted),
                _,
            ) => self.later(settings),
            (Err(_), Some(token)) => Step::Ask(Question::Token(token), self),
            (Err(_), None) => self.refuse(Rejection::BadToken),
        }
    }

    /// A token was redeemed: the last check is whether its subject may have another stream.
    fn first(self, grant: Grant, arrival: Option<Arrival>) -> Step<S, ReqBody> {
        let Self {
            inner,
            mut request,
            config,
            admission,
        } = self;
        let Some(slot) = admission.reservation.claim(grant.subject()) else {
            return Step::Answer(config.turn_away(Rejection::SubjectCapacity));
        };
        let Some((settings, arrival)) = config.resumable.clone().zip(arrival) else {
            let guard = StreamGuard::strict(config.gate.clone(), slot, &grant);
            let granted = Granted::new(grant, guard.time_left());
            request.extensions_mut().insert(granted);
            return Step::Handle(inner, request, guard);
        };
        let guard = StreamGuard::resumable(config.gate.clone(), &slot, &grant);
        let granted = Granted::new(grant, guard.time_left());
        let first = First {
            token: admission.token,
            arrival,
            slot,
        };
        let access = config.session_store.clone();
        let stream = ResumableStream::first(granted, settings, access, first);
        hand_on(inner, request, guard, stream)
    }

    /// A session goes on. Its connection before was cut, and may still be there.
    fn again(self, settings: &Resumable, (resumed, claim): Admitted) -> Step<S, ReqBody> {
        let Self {
            inner,
            request,
            config,
            admission,
        } = self;
        let (subject, session) = (&resumed.binding().subject, resumed.lease().session());
        let claim = claim.or_else(|| config.slots.claim_again(subject, session));
        let slot = claim.and_then(|claim| admission.reservation.give_to(claim));
        let Some(slot) = slot else {
            return Step::Answer(answer::later_with_id(resumed));
        };
        let grant = resumed.grant();
        let guard = StreamGuard::resumable(config.gate.clone(), &slot, &grant);
        resumed.lease().hold(slot);
        let granted = Granted::new(grant, guard.time_left());
        let access = config.session_store.clone();
        let stream = ResumableStream::again(granted, settings.clone(), access, resumed);
        hand_on(inner, request, guard, stream)
    }

    /// Asks the store for the grant of its token.
    pub(super) fn redemption(&self, token: Presented) -> Redemption {
        let config = &*self.config;
        let redemption = Redemption::new(&config.gate, token, &config.tokens);
        match &config.resumable {
            Some(settings) => redemption.of_session(&settings.sessions, &config.session_store),
            None => redemption,
        }
    }

    /// Asks the sessions for the one of its resume id.
    pub(super) fn resuming(&self, settings: &Resumable, token: TokenKey) -> SessionDoor {
        let id = self.admission.resume_id.clone().unwrap_or_default();
        let (slots, access) = (&self.config.slots, &self.config.session_store);
        SessionDoor::resume(&settings.sessions, id, token, slots, access)
    }

    /// Asks the sessions for the one that its token has opened.
    pub(super) fn reopening(&self, settings: &Resumable, grace: Duration) -> SessionDoor {
        let Admission { token, .. } = self.admission;
        SessionDoor::reopen(&settings.sessions, token, grace, &self.config.session_store)
    }

    /// Whether the first answer to its token may be lost, so that it counts once more. A client with
    /// an id has had an answer.
    fn lost_answer(&self) -> Option<Question> {
        let settings = self.config.resumable.as_ref()?;
        let is_first = self.admission.resume_id.is_none();
        let grace = settings.opening_grace.filter(|_| is_first)?;
        Some(Question::Reopening(settings.clone(), grace))
    }

    /// It failed a check that needs no store.
    pub(super) fn turn_away(&self, rejection: Rejection) -> Step<S, ReqBody> {
        Step::Answer(self.config.turn_away(rejection))
    }

    /// A store can't say whether this client may have its stream. A refusal would stop one for
    /// good that comes back with an id.
    fn unavailable(&self) -> Step<S, ReqBody> {
        match self.config.resumable.as_ref() {
            Some(settings) if self.admission.resume_id.is_some() => self.later(settings),
            _ => self.refuse(Rejection::Unavailable),
        }
    }

    fn later(&self, settings: &Resumable) -> Step<S, ReqBody> {
        let id = self.admission.resume_id.as_ref().map(|id| &***id);
        Step::Answer(answer::later(&settings.sessions, id.unwrap_or_default()))
    }

    fn refuse(&self, rejection: Rejection) -> Step<S, ReqBody> {
        Step::Answer((self.config.on_refusal)(rejection))
    }
}

/// Hands a request on with its stream, which the guard keeps until the handler attaches it.
fn hand_on<S, ReqBody>(
    inner: S,
    mut request: Request<ReqBody>,
    guard: StreamGuard,
    stream: ResumableStream,
) -> Step<S, ReqBody> {
    let guard = guard.keeping(&stream);
    let extensions = request.extensions_mut();
    extensions.insert(stream.granted().clone());
    extensions.insert(stream);
    Step::Handle(inner, request, guard)
}

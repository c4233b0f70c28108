//! What comes after the store's answer: [`Next`].

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use sse_gate_core::{Grant, Refusal, Signal, SteadyTime, TokenKey};
use sse_gate_resume::{NotResumed, Resumed};
use zeroize::Zeroizing;

use super::layer::Config;
use super::session_door::SessionDoor;
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
    /// What opens a session, on a resumable route.
    pub(super) opening: Option<(TokenKey, SteadyTime)>,
    /// The resume id that it shows; empty if it shows none.
    pub(super) resume_id: Zeroizing<Box<str>>,
}

/// What becomes of it.
pub(super) enum Step<S, ReqBody> {
    /// It goes to its handler, and this watches over its stream.
    Handle(S, Request<ReqBody>, StreamGuard),
    /// The session is asked for that its token may have opened already.
    Reopen(SessionDoor, Resumable, Next<S, ReqBody>),
    /// It needs no handler.
    Answer(Response<Full<Bytes>>),
}

impl<S, ReqBody> Next<S, ReqBody> {
    /// The gate has answered.
    pub(super) fn redeemed(self, redeemed: Result<Grant, Refusal>) -> Step<S, ReqBody> {
        match redeemed {
            Ok(grant) => self.first(grant),
            Err(refusal) if refusal.is_unavailable() => self.unavailable(),
            Err(_) => match self.reopening() {
                Some((door, settings)) => Step::Reopen(door, settings, self),
                None => self.refuse(Rejection::BadToken),
            },
        }
    }

    /// The sessions have answered.
    pub(super) fn resumed(
        self,
        settings: &Resumable,
        resumed: Result<Resumed, NotResumed>,
    ) -> Step<S, ReqBody> {
        match resumed {
            Ok(resumed) => self.again(settings, resumed),
            Err(NotResumed::Gone(_)) => Step::Answer(answer::gone()),
            Err(NotResumed::Unavailable(_)) => self.later(settings),
            Err(_) => self.refuse(Rejection::BadToken),
        }
    }

    /// A token was redeemed: the last check is whether its subject may have another stream.
    fn first(self, grant: Grant) -> Step<S, ReqBody> {
        let Self {
            inner,
            mut request,
            config,
            admission,
        } = self;
        let Some(slot) = admission.reservation.claim(grant.subject()) else {
            config.gate.observe(Signal::TurnedAway {
                check: Rejection::SubjectCapacity.as_str(),
            });
            return Step::Answer((config.on_refusal)(Rejection::SubjectCapacity));
        };
        let Some((settings, (token, at))) = config.resumable.clone().zip(admission.opening) else {
            let guard = StreamGuard::strict(config.gate.clone(), slot, &grant);
            let granted = Granted::new(grant, guard.time_left());
            request.extensions_mut().insert(granted);
            return Step::Handle(inner, request, guard);
        };
        let guard = StreamGuard::resumable(config.gate.clone(), slot.pulse(), &grant);
        let granted = Granted::new(grant, guard.time_left());
        let first = First { token, at, slot };
        let access = config.session_store.clone();
        let stream = ResumableStream::first(granted, settings, access, first);
        hand_on(inner, request, guard, stream)
    }

    /// A session goes on. Its connection before was cut, so its place is free again, unless
    /// somebody was faster.
    fn again(self, settings: &Resumable, resumed: Resumed) -> Step<S, ReqBody> {
        let Self {
            inner,
            request,
            config,
            admission,
        } = self;
        let Some(slot) = admission.reservation.claim(&resumed.binding().subject) else {
            return Step::Answer(answer::later_with_id(resumed));
        };
        let grant = resumed.grant();
        let guard = StreamGuard::resumable(config.gate.clone(), slot.pulse(), &grant);
        resumed.lease().hold(slot);
        let granted = Granted::new(grant, guard.time_left());
        let access = config.session_store.clone();
        let stream = ResumableStream::again(granted, settings.clone(), access, resumed);
        hand_on(inner, request, guard, stream)
    }

    fn reopening(&self) -> Option<(SessionDoor, Resumable)> {
        let settings = self.config.resumable.clone()?;
        let (grace, (token, _)) = settings.opening_grace.zip(self.admission.opening)?;
        let access = &self.config.session_store;
        let door = SessionDoor::reopen(&settings.sessions, token, grace, access);
        Some((door, settings))
    }

    /// A store can't say whether this client may have its stream. A refusal would stop one for
    /// good that comes back with an id.
    fn unavailable(&self) -> Step<S, ReqBody> {
        match self.config.resumable.as_ref() {
            Some(settings) if !self.admission.resume_id.is_empty() => self.later(settings),
            _ => self.refuse(Rejection::Unavailable),
        }
    }

    fn later(&self, settings: &Resumable) -> Step<S, ReqBody> {
        Step::Answer(answer::later(&settings.sessions, &self.admission.resume_id))
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

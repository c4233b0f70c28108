//! The session door: a client continues a stream with a resume id and the spent token of its session.

use std::time::Duration;

use futures_core::future::BoxFuture;
use sse_gate_core::{Resource, Subject, TokenKey};
use sse_gate_resume::backend::Binding;
use sse_gate_resume::error::{ResumeError, SessionError};
use sse_gate_resume::{Arrival, Resumed};
use zeroize::Zeroizing;

use super::admit::{AdmissionContext, Refused};
use super::answer;
use crate::resume::Resumable;
use crate::slots::Claim;
use crate::store::HasRead;

/// Reads what a session needs that is opened later. This comes before any credential is looked at, so
/// that a revocation in between is noticed.
pub(super) async fn arrive(
    context: &AdmissionContext,
    settings: &Resumable,
) -> Result<(Arrival, HasRead), SessionError> {
    let access = &context.config.stream_stores.sessions;
    let (sessions, asking) = (settings.sessions.clone(), access.clone());
    let arriving = Box::pin(async move {
        let arrival = sessions.arrival().await?;
        Ok((arrival, asking.has_read()))
    });
    if !settings.sessions.is_connected() {
        return arriving.await;
    }
    access.read(arriving).await
}

/// Asks for a session, within the bounds of its store.
///
/// Sessions that don't hear the other nodes refuse at once, without their store. So this does not count as a
/// failure of the store, which a sign-out may still need.
async fn ask<T>(
    context: &AdmissionContext,
    settings: &Resumable,
    asking: BoxFuture<'static, Result<T, ResumeError>>,
) -> Result<T, ResumeError>
where
    T: Send + 'static,
{
    if !settings.sessions.is_connected() {
        return asking.await;
    }
    context.config.stream_stores.sessions.ask(asking).await
}

/// Asks for the session of a resume id and of the token in the URL. `None` if the id is not valid.
///
/// The question runs to its end even if the client goes away. The session then knows that its
/// connection is gone.
pub(super) async fn resume(
    context: &AdmissionContext,
    settings: &Resumable,
    id: Zeroizing<Box<str>>,
    token: TokenKey,
) -> Result<Option<(Resumed, Claim)>, Refused> {
    let (sessions, slots, shown) = (
        settings.sessions.clone(),
        context.config.slots.clone(),
        id.clone(),
    );
    let asking = Box::pin(async move {
        let admit =
            |session, binding: &Binding| slots.claim_again(binding.grant.subject(), session);
        sessions.resume_if(&shown, token, admit).await
    });
    let resumed = ask(context, settings, asking).await;
    answered(settings, &id, resumed)
}

/// The same for a caller with its own credential. The session must belong to the same subject and the
/// same resource.
pub(super) async fn resume_as(
    context: &AdmissionContext,
    settings: &Resumable,
    id: Zeroizing<Box<str>>,
    (subject, resource): (Subject, Resource),
) -> Result<Option<(Resumed, Claim)>, Refused> {
    let (sessions, slots, shown) = (
        settings.sessions.clone(),
        context.config.slots.clone(),
        id.clone(),
    );
    let asking = Box::pin(async move {
        let admit =
            |session, binding: &Binding| slots.claim_again(binding.grant.subject(), session);
        let asked = sessions.resume_as(&shown, &subject, &resource, admit);
        asked.await
    });
    let resumed = ask(context, settings, asking).await;
    answered(settings, &id, resumed)
}

/// Opens the session of a token a second time, if the first answer may be lost. `None` if the token
/// has no such session.
pub(super) async fn reopen(
    context: &AdmissionContext,
    settings: &Resumable,
    token: TokenKey,
    grace: Duration,
) -> Result<Option<Resumed>, Refused> {
    let sessions = settings.sessions.clone();
    let asking = Box::pin(async move { sessions.reopen(token, grace).await });
    let reopened = ask(context, settings, asking).await;
    answered(settings, "", reopened)
}

/// What the answer of the sessions means for the request. A client that may come back gets no error:
/// that would stop its `EventSource` for good.
fn answered<T>(
    settings: &Resumable,
    id: &str,
    answer: Result<T, ResumeError>,
) -> Result<Option<T>, Refused> {
    match answer {
        Ok(resumed) => Ok(Some(resumed)),
        Err(ResumeError::Gone(_)) => Err(answer::gone().into()),
        Err(ResumeError::Unavailable(_) | ResumeError::TooSoon | ResumeError::NotAdmitted) => {
            Err(answer::later(&settings.sessions, id).into())
        }
        Err(_) => Ok(None),
    }
}

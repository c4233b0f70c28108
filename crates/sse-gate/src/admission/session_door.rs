//! The second door: a resume id and the spent token of its session go on with a stream.

use std::time::Duration;

use sse_gate_core::{Resource, Subject, TokenKey};
use sse_gate_resume::backend::Binding;
use sse_gate_resume::error::{ResumeError, SessionError};
use sse_gate_resume::{Arrival, Resumed};
use zeroize::Zeroizing;

use super::admit::{Refused, Visit};
use super::answer;
use crate::resume::Resumable;
use crate::slots::Claim;
use crate::store::HasRead;

/// Reads what a session needs that is opened later, before any credential is looked at.
pub(super) async fn arrive(
    visit: &Visit,
    settings: &Resumable,
) -> Result<(Arrival, HasRead), SessionError> {
    let access = &visit.config.session_store;
    let (sessions, asking) = (settings.sessions.clone(), access.clone());
    let arriving = Box::pin(async move {
        let arrival = sessions.arrival().await?;
        Ok((arrival, asking.has_read()))
    });
    access.read(arriving).await
}

/// Asks for the session of a resume id and of the key of the token in the URL; `None` if the id counts
/// for nothing.
///
/// It is asked to the end: if the client goes meanwhile, the session knows that its connection is
/// gone.
pub(super) async fn resume(
    visit: &Visit,
    settings: &Resumable,
    id: Zeroizing<Box<str>>,
    token: TokenKey,
) -> Result<Option<(Resumed, Claim)>, Refused> {
    let (sessions, slots, shown) = (
        settings.sessions.clone(),
        visit.config.slots.clone(),
        id.clone(),
    );
    let asking = Box::pin(async move {
        let admit =
            |session, binding: &Binding| slots.claim_again(binding.grant.subject(), session);
        sessions.resume_if(&shown, token, admit).await
    });
    let resumed = visit.config.session_store.ask(asking).await;
    answered(settings, &id, resumed)
}

/// The same for a caller that has shown a credential of its own: the session must be its own, and
/// one of this resource.
pub(super) async fn resume_as(
    visit: &Visit,
    settings: &Resumable,
    id: Zeroizing<Box<str>>,
    (subject, resource): (Subject, Resource),
) -> Result<Option<(Resumed, Claim)>, Refused> {
    let (sessions, slots, shown) = (
        settings.sessions.clone(),
        visit.config.slots.clone(),
        id.clone(),
    );
    let asking = Box::pin(async move {
        let admit =
            |session, binding: &Binding| slots.claim_again(binding.grant.subject(), session);
        let asked = sessions.resume_as(&shown, &subject, &resource, admit);
        asked.await
    });
    let resumed = visit.config.session_store.ask(asking).await;
    answered(settings, &id, resumed)
}

/// Opens the session of a token once more, whose first answer may be lost; `None` if there is none.
pub(super) async fn reopen(
    visit: &Visit,
    settings: &Resumable,
    token: TokenKey,
    grace: Duration,
) -> Result<Option<Resumed>, Refused> {
    let sessions = settings.sessions.clone();
    let asking = Box::pin(async move { sessions.reopen(token, grace).await });
    let reopened = visit.config.session_store.ask(asking).await;
    answered(settings, "", reopened)
}

/// What the sessions' answer means. A client that may come back is never told an error: that would
/// stop it for good.
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

//! The bearer door: a caller opens a stream with its own credential, without a token.

use http::request::Parts;
use sse_gate_core::{
    EntropyError, Epoch, GrantRequest, IssueError, MintRefusalReason, Resource, Signal, TokenKey,
};
use zeroize::Zeroizing;

use super::admit::{AdmissionContext, Admitted, FirstOpening, Refused};
use super::session_door;
use crate::mint::{Denied, MintRejection};

/// Asks the authenticator and the authorizer of the route's mint. Then it opens the stream, or
/// continues it if the request has a resume id. No token is issued.
pub(super) async fn open(
    mut context: AdmissionContext,
    head: Parts,
    resource: Resource,
    resume_id: Option<Zeroizing<Box<str>>>,
) -> Result<Admitted, Refused> {
    let cursor = cursor(&head);
    let settings = context.config.resumable.clone();
    let arrived = match &settings {
        Some(settings) => match session_door::arrive(&context, settings).await {
            Ok(arrived) => Some(arrived),
            Err(error) => {
                let signal = Signal::CallerRefused(MintRefusalReason::Unavailable);
                context.config.gate.observe_error(signal, &error);
                return Err(context.unavailable(resume_id.as_ref().map(|id| &***id)));
            }
        },
        None => None,
    };
    let request = match permit(&context, head, &resource).await {
        Ok(request) => request,
        Err(rejection) => return Err(refuse(&context, &rejection)),
    };
    let reservation = context.reserve(resume_id.as_ref().map(|id| &***id))?;
    if let Some((settings, id)) = settings.clone().zip(resume_id.clone()) {
        if let Err(why) = context.find_limiter().await {
            return Err(context.without_place(&why, Some(&id)));
        }
        let caller = (request.subject().clone(), resource);
        if let Some((resumed, claim)) =
            session_door::resume_as(&context, &settings, id, caller).await?
        {
            return context
                .again(reservation, &settings, resumed, Some(claim))
                .await;
        }
    }
    let grant = match context.config.gate.grant(request).await {
        Ok(grant) => grant,
        Err(error) => return Err(refuse(&context, &MintRejection::NotIssued(error))),
    };
    let session = settings.zip(arrived).map(|(settings, (arrival, reader))| {
        reader.goes_on();
        (settings, arrival)
    });
    // It names the session, and the place among the streams of all nodes.
    let needs_name = session.is_some() || context.config.slots.places().is_some();
    let opening = FirstOpening {
        token: needs_name.then(|| name(&context)).transpose()?,
        session,
        cursor,
        resume_id: resume_id.as_ref().map(|id| &***id),
    };
    context.config.gate.observe(Signal::CallerAdmitted);
    context.first(reservation, grant, opening).await
}

/// What the mint permits this caller. The authorizer may not permit another resource than the one in
/// the path.
async fn permit(
    context: &AdmissionContext,
    head: Parts,
    resource: &Resource,
) -> Result<GrantRequest, MintRejection> {
    let config = &*context.config;
    let callers = config.callers.as_ref().ok_or(MintRejection::Path)?;
    let request = callers.permit(head, &config.route, resource).await?;
    if request.resource() != resource {
        return Err(Denied::NotFound.into());
    }
    // An authenticator may know a caller from before the request, and the epoch of that.
    config.gate.check_epoch(&request).await?;
    // A revocation since the request arrived is noticed when the stream is opened.
    Ok(request.with_epoch(Epoch::ZERO))
}

fn refuse(context: &AdmissionContext, rejection: &MintRejection) -> Refused {
    let config = &*context.config;
    let signal = Signal::CallerRefused(rejection.reason());
    match rejection.error() {
        Some(error) => config.gate.observe_error(signal, error),
        None => config.gate.observe(signal),
    }
    rejection
        .to_problem(&config.challenge)
        .into_response()
        .into()
}

/// A random name for the session, in place of a token's key. No token has this key.
fn name(context: &AdmissionContext) -> Result<TokenKey, Refused> {
    let mut bytes = [0; 32];
    let filled = context.config.gate.entropy().fill(&mut bytes);
    let failed =
        |error: EntropyError| refuse(context, &MintRejection::NotIssued(IssueError::from(error)));
    filled.map_err(failed)?;
    Ok(TokenKey::from_bytes(bytes))
}

/// The number of the last event that the caller has: a `Last-Event-ID` that is a number, or else the
/// parameter `after` in the query.
fn cursor(head: &Parts) -> Option<u64> {
    let by_header = head.headers.get("last-event-id");
    let by_header = by_header.and_then(|value| value.to_str().ok()?.parse().ok());
    by_header.or_else(|| {
        let pairs = head.uri.query()?.split('&');
        let mut values = pairs.filter_map(|pair| pair.strip_prefix("after="));
        values.next()?.parse().ok()
    })
}

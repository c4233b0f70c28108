//! Turns a request into a token: [`answer`].

use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, PROXY_AUTHORIZATION};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response};
use http_body_util::Full;
use sse_gate_core::Signal;

use super::GateClock;
use super::decide::Decide;
use super::read::PendingBody;
use super::rejection::MintRejection;
use super::settings::Settings;
use crate::IssuedToken;
use crate::headers;
use crate::route::scrub;

/// The response to a request. The observer is told of a refusal and its reason.
pub(super) async fn answer(
    decider: &dyn Decide,
    request: Request<PendingBody>,
    settings: &Settings,
) -> Response<Full<Bytes>> {
    let is_head = request.method() == Method::HEAD;
    let rejection = match issue(decider, request, settings).await {
        Ok(issued) => return issued.into_response_as(settings.token_member),
        Err(rejection) => rejection,
    };
    let signal = Signal::MintRefused(rejection.reason());
    match rejection.error() {
        Some(error) => settings.gate.observe_error(signal, error),
        None => settings.gate.observe(signal),
    }
    let response = rejection.to_problem(&settings.challenge).into_response();
    if is_head {
        headers::without_content(response)
    } else {
        response
    }
}

async fn issue(
    decider: &dyn Decide,
    request: Request<PendingBody>,
    settings: &Settings,
) -> Result<IssuedToken, MintRejection> {
    if request.method() != Method::POST {
        return Err(MintRejection::Method);
    }
    let (mut parts, body) = request.into_parts();
    let found = settings.route.find_mint(&parts);
    let found = found.ok_or(MintRejection::Path)?;
    prepare(&mut parts, settings);
    // A subject that signs out during this request gets no token, however slow the body is. Only an
    // authenticated caller is told that the store failed.
    let epoch = settings.tokens.epoch().await;
    let _reader = epoch.is_ok().then(|| settings.access.has_read());
    let caller = decider.identify(&parts).await?;
    let epoch = epoch.map_err(|error| settings.not_issued(error.into()))?;
    let permit = caller.permit(parts, body, found, settings).await?;
    let epoch = permit.request.epoch().map_or(epoch, |own| own.min(epoch));
    let issued = settings
        .tokens
        .issue(permit.request.with_epoch(epoch))
        .await?;
    Ok(IssuedToken::new(issued, permit.members))
}

/// Prepares the head for the authenticator: credentials are hidden, and the clock is added.
pub(super) fn prepare(parts: &mut Parts, settings: &Settings) {
    hide_credentials(&mut parts.headers);
    scrub(&mut parts.uri);
    let clock = GateClock(Arc::clone(&settings.gate.clock()));
    parts.extensions.insert(clock);
}

/// Marks credentials as sensitive, so that the `Debug` of these headers does not show them.
fn hide_credentials(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        if [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(name) {
            value.set_sensitive(true);
        }
    }
}

pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let essence = |value: &HeaderValue| {
        let text = value.to_str().unwrap_or_default();
        let media = text.split(';').next().unwrap_or_default();
        media.trim().eq_ignore_ascii_case("application/json")
    };
    headers.get(CONTENT_TYPE).is_some_and(essence)
}

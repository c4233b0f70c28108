//! From the request to the token: [`Endpoint`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, PROXY_AUTHORIZATION};
use http::{HeaderValue, Method, Request, Response};
use http_body::Body;
use http_body_util::Full;
use sse_gate_core::{Gate, IssueError, SharedStore, Signal, StoreRole};

use super::bodies::{Bodies, BodyLimits};
use super::refusal::BoxError;
use super::refusal::{BodyFault, MintRefusal};
use super::{Authenticator, Authorizer, MintRequest, read, response};
use crate::StreamRoute;
use crate::headers;
use crate::route::{Params, Pattern, scrub};
use crate::store::{GuardedStore, StoreAccess, store_access};

/// Room for a payload of 64 KiB whose every other character is escaped.
const MAX_BODY: usize = 128 * 1024;

const BODY_TIME_LIMIT: Duration = Duration::from_secs(10);

/// Who decides.
pub(super) struct Endpoint<A, Z> {
    pub(super) authenticator: A,
    pub(super) authorizer: Z,
}

/// What can be set after a service was made.
#[derive(Clone)]
pub(super) struct Settings {
    gate: Gate<SharedStore>,
    /// The same gate, its store asked within bounds.
    guarded: Gate<GuardedStore>,
    access: StoreAccess,
    pub(super) pattern: Option<Arc<Pattern>>,
    pub(super) stream: Option<StreamRoute>,
    pub(super) max_body: usize,
    pub(super) body_time_limit: Duration,
    pub(super) bodies: Bodies,
    pub(super) token_member: &'static str,
}

impl Settings {
    pub(super) fn new(gate: Gate<SharedStore>) -> Self {
        let access = store_access(&gate, StoreRole::Tokens);
        Self {
            guarded: GuardedStore::with(&gate, access.clone()),
            access,
            gate,
            pattern: None,
            stream: None,
            max_body: MAX_BODY,
            body_time_limit: BODY_TIME_LIMIT,
            bodies: Bodies::new(BodyLimits::default()),
            token_member: "sse_token",
        }
    }

    pub(super) fn with_store_budget(mut self, budget: Duration) -> Self {
        self.access = self.access.with_budget(budget);
        self.guarded = GuardedStore::with(&self.gate, self.access.clone());
        self
    }

    /// Tells of a token that was not issued before the gate was asked for it.
    fn not_issued(&self, error: IssueError) -> IssueError {
        let signal = Signal::IssueRefused(error.kind());
        self.gate.observe_error(signal, &error);
        error
    }

    /// The parameters in the path; an error if it is not one of the pattern.
    fn params(&self, path: &str) -> Result<Params, MintRefusal> {
        match &self.pattern {
            Some(pattern) => pattern.decode(path).ok_or(MintRefusal::Path),
            None => Ok(Vec::new()),
        }
    }
}

impl<A: Authenticator, Z: Authorizer> Endpoint<A, Z> {
    /// The response. Its observer is told of a refusal, and why.
    pub(super) async fn answer<B>(
        &self,
        request: Request<B>,
        settings: &Settings,
    ) -> Response<Full<Bytes>>
    where
        B: Body<Error: Into<BoxError>>,
    {
        let is_head = request.method() == Method::HEAD;
        match self.issue(request, settings).await {
            Ok(response) => response,
            Err(refusal) => {
                let signal = Signal::MintRefused(refusal.reason());
                match refusal.error() {
                    Some(error) => settings.gate.observe_error(signal, error),
                    None => settings.gate.observe(signal),
                }
                let response = refusal.to_problem().into_response();
                if is_head {
                    headers::without_content(response)
                } else {
                    response
                }
            }
        }
    }

    async fn issue<B>(
        &self,
        request: Request<B>,
        settings: &Settings,
    ) -> Result<Response<Full<Bytes>>, MintRefusal>
    where
        B: Body<Error: Into<BoxError>>,
    {
        if request.method() != Method::POST {
            return Err(MintRefusal::Method);
        }
        let (mut parts, body) = request.into_parts();
        hide_credentials(&mut parts.headers);
        let params = settings.params(parts.uri.path())?;
        scrub(&mut parts.uri);
        // A subject that signs out while this request is under way gets no token, however slow the
        // body is. Only an authenticated caller is told that the store is down.
        let epoch = settings.guarded.epoch().await;
        let _reader = epoch.is_ok().then(|| settings.access.has_read());
        let identity = self.authenticator.authenticate(&parts).await?;
        let epoch = epoch.map_err(|error| settings.not_issued(error.into()))?;
        // The place is kept until there is an answer, for as long as the bytes are.
        let (body, _place) = read::body(body, identity.subject(), settings).await?;
        if !body.is_empty() && !is_json(&parts.headers) {
            return Err(BodyFault::NotJson.into());
        }
        let request = MintRequest {
            identity: identity.with_claims(()),
            parts,
            body,
            params,
            stream: settings.stream.clone(),
        };
        let permit = self.authorizer.authorize(request).await?;
        let epoch = permit.grant.epoch().map_or(epoch, |own| own.min(epoch));
        let grant = permit.grant.with_epoch(epoch);
        let issued = settings.guarded.issue(grant).await?;
        Ok(response::token(
            &issued,
            settings.token_member,
            permit.members,
        ))
    }
}

/// Keeps credentials out of the `Debug` output of these headers, for the code that they are handed to.
fn hide_credentials(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        if [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(name) {
            value.set_sensitive(true);
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = |value: &HeaderValue| {
        let media = value
            .to_str()
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default();
        media.trim().eq_ignore_ascii_case("application/json")
    };
    headers.get(CONTENT_TYPE).is_some_and(essence)
}

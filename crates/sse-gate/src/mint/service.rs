//! [`MintService`].

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, PROXY_AUTHORIZATION};
use http::{Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use sse_gate_core::{Gate, SharedStore, TokenStore};
use tower_service::Service;

use super::{Authenticator, Authorizer, Denied, MintRequest, response};
use crate::problem::Problem;
use crate::route::{InvalidRoute, Params, Pattern};

type BoxError = Box<dyn Error + Send + Sync>;

/// Room for a payload of 64 KiB whose every other character is escaped.
const MAX_BODY: usize = 128 * 1024;

/// A tower service that answers requests for tokens. See the [module](super).
pub struct MintService<A, Z> {
    endpoint: Arc<Endpoint<A, Z>>,
    settings: Settings,
}

/// What can be set after a service was made.
#[derive(Clone)]
struct Settings {
    pattern: Option<Arc<Pattern>>,
    max_body: usize,
    token_member: &'static str,
}

struct Endpoint<A, Z> {
    gate: Gate<SharedStore>,
    authenticator: A,
    authorizer: Z,
}

impl<A: Authenticator, Z: Authorizer> MintService<A, Z> {
    /// A service that issues tokens of `gate`'s.
    pub fn new<S: TokenStore + Clone>(gate: &Gate<S>, authenticator: A, authorizer: Z) -> Self {
        let endpoint = Endpoint {
            gate: gate.erased(),
            authenticator,
            authorizer,
        };
        Self {
            endpoint: Arc::new(endpoint),
            settings: Settings {
                pattern: None,
                max_body: MAX_BODY,
                token_member: "sse_token",
            },
        }
    }
}

impl<A, Z> MintService<A, Z> {
    /// The largest body that is read, in bytes; 128 KiB by default.
    pub fn with_max_body(mut self, bytes: usize) -> Self {
        self.settings.max_body = bytes;
        self
    }

    /// The name of the member of the response that is the token; `sse_token` by default.
    pub fn naming_token(mut self, member: &'static str) -> Self {
        self.settings.token_member = member;
        self
    }

    /// The pattern of its path, `/rooms/{room}/events-token` say, for the authorizer to have the
    /// [parameters](MintRequest::param) of. Every other path is answered with 404.
    ///
    /// It goes by the whole path, as the service sees it.
    pub fn at(mut self, pattern: &str) -> Result<Self, InvalidRoute> {
        self.settings.pattern = Some(Arc::new(Pattern::new(pattern)?));
        Ok(self)
    }
}

impl<A: Authenticator, Z: Authorizer> Endpoint<A, Z> {
    async fn answer<B>(
        &self,
        request: Request<B>,
        settings: &Settings,
    ) -> Result<Response<Full<Bytes>>, Problem>
    where
        B: Body<Error: Into<BoxError>>,
    {
        if request.method() != Method::POST {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            return Err(Problem::new(status, "Ask for a token with POST.").with_allow("POST"));
        }
        let (mut parts, body) = request.into_parts();
        hide_credentials(&mut parts.headers);
        let params = settings.params(parts.uri.path())?;
        let identity = self.authenticator.authenticate(&parts).await;
        let identity = identity.map_err(|error| Problem::from(&error))?;
        let body = read(body, settings.max_body).await?;
        if !body.is_empty() && !is_json(&parts.headers) {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "The body must be application/json."));
        }
        let permit = self
            .authorizer
            .authorize(MintRequest {
                identity,
                parts,
                body,
                params,
            })
            .await?;
        let issued = self
            .gate
            .issue(permit.grant)
            .await
            .map_err(|error| Problem::from(&error))?;
        Ok(response::token(
            &issued,
            settings.token_member,
            permit.members,
        ))
    }
}

impl Settings {
    /// The parameters in the path; 404 if it is not one of the pattern.
    fn params(&self, path: &str) -> Result<Params, Problem> {
        match &self.pattern {
            Some(pattern) => pattern.decode(path).ok_or_else(|| Denied::NotFound.into()),
            None => Ok(Vec::new()),
        }
    }
}

async fn read<B: Body<Error: Into<BoxError>>>(body: B, max: usize) -> Result<Bytes, Problem> {
    match Limited::new(body, max).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The body is too large.",
        )),
        Err(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "The body broke off.")),
    }
}

/// Has the `Debug` of these headers show no credential, to whomever they are handed.
fn hide_credentials(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        if [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(name) {
            value.set_sensitive(true);
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = |value: &http::HeaderValue| {
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

impl<A, Z, B> Service<Request<B>> for MintService<A, Z>
where
    A: Authenticator,
    Z: Authorizer,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = MintFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> MintFuture {
        let (endpoint, settings) = (Arc::clone(&self.endpoint), self.settings.clone());
        MintFuture(Box::pin(async move {
            let answer = endpoint.answer(request, &settings).await;
            answer.unwrap_or_else(Problem::into_response)
        }))
    }
}

impl<A, Z> Clone for MintService<A, Z> {
    fn clone(&self) -> Self {
        Self {
            endpoint: Arc::clone(&self.endpoint),
            settings: self.settings.clone(),
        }
    }
}

impl<A, Z> fmt::Debug for MintService<A, Z> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintService")
            .field("max_body", &self.settings.max_body)
            .finish_non_exhaustive()
    }
}

/// The response of a [`MintService`] to come.
///
/// It is boxed: what an authenticator and an authorizer return has no name.
pub struct MintFuture(Pin<Box<dyn Future<Output = Response<Full<Bytes>>> + Send>>);

impl Future for MintFuture {
    type Output = Result<Response<Full<Bytes>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx).map(Ok)
    }
}

impl fmt::Debug for MintFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintFuture").finish_non_exhaustive()
    }
}

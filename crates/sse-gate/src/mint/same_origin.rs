//! The check that a cookie needs: [`SameOrigin`].

use std::sync::Arc;

use http::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use http::request::Parts;
use http::uri::Scheme;
use http::{HeaderValue, Uri};

use super::{AuthError, Authenticator, Challenge, Identity};
use crate::origin::{self, InvalidOrigin};

/// Lets an authenticator go by a cookie: it refuses requests that pages of other origins make.
///
/// A browser sends a service's cookies with every request to it, also with one that a foreign page
/// makes (cross-site request forgery). So a cookie alone does not show that the user wants the token.
/// `SameOrigin` looks at two headers that no page can forge, before it asks the authenticator:
///
/// | `Sec-Fetch-Site` | `Origin` | |
/// |---|---|---|
/// | any, or none | one of the [allowed](Self::with_allowed_origins) | passes |
/// | `same-origin` | any other, or none | passes |
/// | `same-site`, `cross-site`, `none` | any other, or none | refused |
/// | no such header | the service's own | passes |
/// | no such header | any other, or none | refused |
///
/// A request that has one of the two headers twice is refused too. The client is answered with 403,
/// and the gate's observer is told of
/// [`CredentialReason::Origin`](sse_gate_core::CredentialReason::Origin).
///
/// Browsers send `Sec-Fetch-Site` to `https` addresses and to localhost, and `Origin` with every POST.
/// A program sends neither by itself. Programs can set `Authorization`, so let them use a
/// [bearer](super::Bearer).
///
/// # The service's own origin
///
/// That is an origin with the host and the port of the request: those of its URI, or those in `Host`.
/// A page of `https` passes even if the request came to the service over `http`, as a proxy in front
/// of it may speak TLS. A page of `http` is refused if the URI of the request says `https`. If your
/// proxy changes `Host`, list the public origin as an allowed one: old browsers need that.
///
/// # Streams
///
/// A cookie opens no stream, only a token does. [`GateLayer`](crate::GateLayer) never reads `Cookie`.
/// Even [`with_callers`](crate::GateLayer::with_callers) asks an authenticator only about requests
/// with an `Authorization` header, and this check applies to them as well.
///
/// # Example
///
/// With sessions of the crate tower-sessions, the authenticator takes the `Session` out of
/// `parts.extensions`. Here it is a type of the program:
///
/// ```
/// use http::request::Parts;
/// use http::{Request, StatusCode};
/// use http_body_util::Empty;
/// use sse_gate::mint::{AuthError, Denied, Identity, MintRequest, MintService, Permit, SameOrigin};
/// use sse_gate::{Gate, SseRoute};
/// use tower::Service;
///
/// /// A layer of the program reads the cookie, and puts this into the request's extensions.
/// #[derive(Clone)]
/// struct SignedIn {
///     user: String,
/// }
///
/// async fn who(parts: Parts) -> Result<Identity, AuthError> {
///     let session = parts.extensions.get::<SignedIn>();
///     let session = session.ok_or_else(AuthError::missing)?;
///     Ok(Identity::named(&session.user)?)
/// }
///
/// # async fn may_watch(request: MintRequest) -> Result<Permit, Denied> { Ok(request.permit()) }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (gate, route) = (Gate::in_memory(), SseRoute::new("/feed")?);
/// let mut mint = MintService::new(&gate, &route, SameOrigin::new(who), may_watch);
///
/// let request = |site: &str| {
///     Request::post("/feed-token")
///         .header("sec-fetch-site", site)
///         .extension(SignedIn { user: "alice".into() })
///         .body(Empty::<bytes::Bytes>::new())
/// };
/// assert_eq!(mint.call(request("same-origin")?).await?.status(), StatusCode::OK);
/// assert_eq!(mint.call(request("cross-site")?).await?.status(), StatusCode::FORBIDDEN);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SameOrigin<A> {
    inner: A,
    allowed: Arc<[HeaderValue]>,
}

impl<A> SameOrigin<A> {
    /// Asks `authenticator` about requests of the service's own pages, and refuses all others.
    pub fn new(authenticator: A) -> Self {
        Self {
            inner: authenticator,
            allowed: Arc::default(),
        }
    }

    /// Other origins whose pages may use the cookie, as browsers write them: `https://app.example`.
    ///
    /// A page of such an origin also needs your CORS headers, which must allow credentials, and a
    /// cookie that browsers send to other sites (`SameSite=None`).
    pub fn with_allowed_origins<'o>(
        mut self,
        origins: impl IntoIterator<Item = &'o str>,
    ) -> Result<Self, InvalidOrigin> {
        self.allowed = origins
            .into_iter()
            .map(origin::check)
            .collect::<Result<_, _>>()?;
        Ok(self)
    }
}

impl<A: Authenticator> Authenticator for SameOrigin<A> {
    type Claims = A::Claims;

    async fn authenticate(&self, parts: &Parts) -> Result<Identity<A::Claims>, AuthError> {
        check(parts, &self.allowed).map_err(|why| AuthError::foreign_origin().because(why))?;
        self.inner.authenticate(parts).await
    }

    /// Whatever the wrapped authenticator says, a 401 asks for a cookie.
    fn challenge(&self) -> Challenge {
        Challenge::cookie()
    }
}

/// Finds out whether a page may use the cookie. The error is for logs, and shows nothing that the
/// client sent.
fn check(parts: &Parts, allowed: &[HeaderValue]) -> Result<(), &'static str> {
    const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
    let site = at_most_one(&parts.headers, &SEC_FETCH_SITE)
        .map_err(|Repeated| "request has two Sec-Fetch-Site headers")?;
    let origin = at_most_one(&parts.headers, &ORIGIN)
        .map_err(|Repeated| "request has two Origin headers")?;
    match (site, origin) {
        (_, Some(origin)) if allowed.contains(origin) => Ok(()),
        (Some(site), _) if site == "same-origin" => Ok(()),
        (Some(_), _) => Err("Sec-Fetch-Site is not same-origin"),
        (None, Some(origin)) if is_own(origin, parts) => Ok(()),
        (None, Some(_)) => Err("Origin is not the service's own"),
        (None, None) => Err("request has neither Sec-Fetch-Site nor Origin"),
    }
}

/// A header is there more than once.
struct Repeated;

/// The value of this header, if there is one.
fn at_most_one<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'h HeaderValue>, Repeated> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (first, None) => Ok(first),
        (_, Some(_)) => Err(Repeated),
    }
}

/// Compares the origin with the address that the request was sent to.
fn is_own(origin: &HeaderValue, parts: &Parts) -> bool {
    let origin = origin.to_str().ok().and_then(|it| it.split_once("://"));
    let (default_port, host) = match origin {
        Some(("https", host)) => (":443", host),
        Some(("http", host)) if !is_https(&parts.uri) => (":80", host),
        _ => return false,
    };
    let own = match parts.uri.authority() {
        Some(authority) => authority.as_str(),
        None => match at_most_one(&parts.headers, &HOST) {
            Ok(Some(host)) => host.to_str().unwrap_or_default(),
            _ => return false,
        },
    };
    // Browsers leave this port out of the origin; a proxy may write it into `Host`.
    let own = own.strip_suffix(default_port).unwrap_or(own);
    !own.is_empty() && own.eq_ignore_ascii_case(host)
}

fn is_https(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTPS)
}

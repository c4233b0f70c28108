//! Callers that are known by a cookie: [`CookieAuthenticator`].

mod header;

use std::fmt;

use http::request::Parts;

use super::{AuthError, Authenticator, Challenge, Identity, SameOrigin};
use crate::origin::InvalidOrigin;

/// Knows callers by a session cookie, and refuses requests of foreign pages.
///
/// The function gets the cookie's value, and looks up whose session it is. All checks come before
/// that:
///
/// | what is wrong | answer |
/// |---|---|
/// | the request does not come from a page of the service's [own origin](SameOrigin), or of an [allowed](Self::with_allowed_origins) one | 403 |
/// | there is no cookie of this name, or an empty one | 401 |
/// | there are two cookies of this name, or the value has characters that no cookie has | 400 |
/// | the value is longer than [4,096 bytes](Self::MAX_LEN) | 431 |
///
/// Other cookies are ignored. The value is given as it was sent: nothing is decoded, and quotes stay
/// where they are (RFC 6265 §4.1.1).
///
/// A sibling host (`other.app.example`) can set a cookie for the whole domain. A browser then sends
/// two cookies of one name, and no rule says which of them is yours. Such a request is refused. Name
/// your cookie `__Host-…` to keep siblings from setting it.
///
/// If a layer reads the cookie, as that of tower-sessions does, wrap an authenticator of your own in
/// [`SameOrigin`].
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Arc;
/// use http::{Request, StatusCode};
/// use http_body_util::Empty;
/// use sse_gate::mint::{
///     AuthError, CookieAuthenticator, Denied, Identity, MintRequest, MintService, Permit,
/// };
/// use sse_gate::{Gate, SseRoute};
/// use tower::Service;
///
/// let sessions = Arc::new(HashMap::from([("4f1c".to_owned(), "alice".to_owned())]));
/// let authenticator = CookieAuthenticator::new("__Host-session", move |value: String| {
///     let sessions = Arc::clone(&sessions);
///     async move {
///         let user = sessions.get(&value).ok_or_else(AuthError::invalid)?;
///         Ok(Identity::named(user)?)
///     }
/// });
///
/// # async fn may_watch(request: MintRequest) -> Result<Permit, Denied> { Ok(request.permit()) }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn ask(authenticator: impl sse_gate::mint::Authenticator<Claims = ()>) -> Result<(), Box<dyn std::error::Error>> {
/// let (gate, route) = (Gate::in_memory(), SseRoute::new("/feed")?);
/// let mut mint = MintService::new(&gate, &route, authenticator, may_watch);
///
/// let request = |site: &str| {
///     Request::post("/feed-token")
///         .header("cookie", "theme=dark; __Host-session=4f1c")
///         .header("sec-fetch-site", site)
///         .body(Empty::<bytes::Bytes>::new())
/// };
/// assert_eq!(mint.call(request("same-origin")?).await?.status(), StatusCode::OK);
/// assert_eq!(mint.call(request("cross-site")?).await?.status(), StatusCode::FORBIDDEN);
/// # Ok(())
/// # }
/// # ask(authenticator).unwrap();
/// ```
#[derive(Clone)]
pub struct CookieAuthenticator<F>(SameOrigin<NamedCookie<F>>);

/// The authenticator without the check of the origin. It is private, so that no program can use it
/// without.
#[derive(Clone)]
struct NamedCookie<F> {
    name: Box<str>,
    find: F,
}

impl CookieAuthenticator<()> {
    /// The longest value that is read, in bytes: 4,096. Browsers keep no longer ones (RFC 6265 §6.1).
    pub const MAX_LEN: usize = 4096;
}

impl<F> CookieAuthenticator<F> {
    /// Asks `find` whose session the value of the cookie `name` is.
    ///
    /// Names are compared byte for byte. If no cookie can have this name, because it is empty or has a
    /// `=` or a `;` in it, every request is answered with 401.
    pub fn new<Fut, C>(name: impl Into<Box<str>>, find: F) -> Self
    where
        F: Fn(String) -> Fut,
        Fut: Future<Output = Result<Identity<C>, AuthError>>,
    {
        let name = name.into();
        Self(SameOrigin::new(NamedCookie { name, find }))
    }

    /// Other origins whose pages may use the cookie. See [`SameOrigin::with_allowed_origins`].
    pub fn with_allowed_origins<'o>(
        self,
        origins: impl IntoIterator<Item = &'o str>,
    ) -> Result<Self, InvalidOrigin> {
        self.0.with_allowed_origins(origins).map(Self)
    }
}

impl<F, Fut, C> Authenticator for CookieAuthenticator<F>
where
    F: Fn(String) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Identity<C>, AuthError>> + Send,
    C: Send + Sync + 'static,
{
    type Claims = C;

    fn authenticate(
        &self,
        parts: &Parts,
    ) -> impl Future<Output = Result<Identity<C>, AuthError>> + Send {
        self.0.authenticate(parts)
    }

    fn challenge(&self) -> Challenge {
        self.0.challenge()
    }
}

impl<F, Fut, C> Authenticator for NamedCookie<F>
where
    F: Fn(String) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Identity<C>, AuthError>> + Send,
    C: Send + Sync + 'static,
{
    type Claims = C;

    async fn authenticate(&self, parts: &Parts) -> Result<Identity<C>, AuthError> {
        let value = header::value_of(&self.name, &parts.headers)?;
        (self.find)(value.to_owned()).await
    }
}

impl<F> fmt::Debug for CookieAuthenticator<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CookieAuthenticator")
            .finish_non_exhaustive()
    }
}

//! Finds out who asks for a token: [`Authenticator`].

use http::request::Parts;

use super::{AuthError, Challenge, Identity};

/// Finds out who makes a request, from its head.
///
/// An async function or a closure that takes [`Parts`] is an authenticator. If it needs a state, see
/// [`with_state`](super::with_state).
///
/// ```
/// use http::request::Parts;
/// use sse_gate::mint::{AuthError, Bearer, Identity};
///
/// async fn authenticate(parts: Parts) -> Result<Identity, AuthError> {
///     match Bearer::of(&parts.headers)?.as_str() {
///         "alices-key" => Ok(Identity::named("alice")?),
///         _ => Err(AuthError::invalid()),
///     }
/// }
/// ```
///
/// A type of your own implements the trait. It borrows the head, and may return claims of any type:
///
/// ```
/// use http::request::Parts;
/// use sse_gate::mint::{AuthError, Authenticator, Bearer, Identity};
///
/// struct ApiKey(String);
///
/// impl Authenticator for ApiKey {
///     type Claims = ();
///
///     async fn authenticate(&self, parts: &Parts) -> Result<Identity, AuthError> {
///         if Bearer::of(&parts.headers)?.as_str() == self.0 {
///             return Ok(Identity::named("the service")?);
///         }
///         Err(AuthError::invalid())
///     }
/// }
/// ```
///
/// # Which header to read
///
/// Read a header that a foreign page can't make a browser send: `Authorization`, with
/// [`Bearer::of`](super::Bearer::of). A browser sends `Cookie` with requests of foreign pages too. An
/// authenticator that reads a cookie needs a check of the origin: use
/// [`CookieAuthenticator`](super::CookieAuthenticator), or wrap it in
/// [`SameOrigin`](super::SameOrigin).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an authenticator",
    label = "an `async fn(http::request::Parts) -> Result<Identity, AuthError>` is needed here",
    note = "the function takes `Parts` by value; with a state use `with_state(state, function)`"
)]
pub trait Authenticator: Send + Sync + 'static {
    /// What the credential says beside the subject. The authorizer gets it in the [`Identity`]. Use `()`
    /// for nothing.
    type Claims: Send + Sync + 'static;

    /// The identity of the caller, or why the request is not authenticated.
    ///
    /// `Authorization`, `Cookie` and `Proxy-Authorization` are marked as sensitive in `parts`, so its
    /// `Debug` does not show them.
    fn authenticate(
        &self,
        parts: &Parts,
    ) -> impl Future<Output = Result<Identity<Self::Claims>, AuthError>> + Send;

    /// The `WWW-Authenticate` header of a 401. By default it asks for bearer tokens.
    fn challenge(&self) -> Challenge {
        Challenge::bearer()
    }
}

impl<F, Fut, C> Authenticator for F
where
    F: Fn(Parts) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Identity<C>, AuthError>> + Send,
    C: Send + Sync + 'static,
{
    type Claims = C;

    fn authenticate(
        &self,
        parts: &Parts,
    ) -> impl Future<Output = Result<Identity<C>, AuthError>> + Send {
        self(parts.clone())
    }
}

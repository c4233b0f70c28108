//! Who asks for a token: [`Authenticator`].

use http::request::Parts;

use super::{AuthError, Challenge, Identity};

/// Finds out who makes a request, from its head.
///
/// An async function or a closure that takes [`Parts`] is one, and with
/// [`with_state`](super::with_state) one that takes a state before them:
///
/// ```
/// use http::request::Parts;
/// use sse_gate::mint::{AuthError, Bearer, Identity};
///
/// async fn who(parts: Parts) -> Result<Identity, AuthError> {
///     match Bearer::of(&parts.headers)?.as_str() {
///         "alices-key" => Ok(Identity::named("alice")?),
///         _ => Err(AuthError::invalid()),
///     }
/// }
/// ```
///
/// A type of its own implements the trait. It borrows the head, and may carry claims of any type:
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
/// # Which header to go by
///
/// One that no foreign page can make a browser send: `Authorization`, which
/// [`Bearer::of`](super::Bearer::of) reads. `Cookie` is sent with every request, whoever made the
/// browser send it. An authenticator that goes by a cookie needs a check of the origin: use
/// [`SameOrigin`](super::SameOrigin).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an authenticator",
    label = "an `async fn(http::request::Parts) -> Result<Identity, AuthError>` is needed here",
    note = "the function takes `Parts` by value; with a state use `with_state(state, function)`"
)]
pub trait Authenticator: Send + Sync + 'static {
    /// What the credential says beside the subject. The authorizer gets it in the
    /// [`Identity`].
    type Claims: Send + Sync + 'static;

    /// The caller's identity, or why there is none.
    fn authenticate(
        &self,
        parts: &Parts,
    ) -> impl Future<Output = Result<Identity<Self::Claims>, AuthError>> + Send;

    /// What a 401 asks for: bearer tokens, unless this says otherwise.
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

//! Decides whether a caller may open a stream: [`Authorizer`].

use super::{Denied, MintRequest, Permit};

/// Decides whether a caller may open a stream, and with which data.
///
/// An async function or a closure that takes a [`MintRequest`] is an authorizer. If it needs a state,
/// see [`with_state`](super::with_state).
///
/// ```
/// use sse_gate::mint::{Denied, MintRequest, Permit};
///
/// async fn may_enter(request: MintRequest) -> Result<Permit, Denied> {
///     match request.param("room") {
///         Some("secret") => Err(Denied::Forbidden),
///         _ => Ok(request.permit()),
///     }
/// }
/// ```
///
/// A type of your own implements the trait, for the claims that its authenticator returns:
///
/// ```
/// use sse_gate::mint::{Authorizer, Denied, MintRequest, Permit};
///
/// struct Claims {
///     is_admin: bool,
/// }
///
/// struct AdminsOnly;
///
/// impl Authorizer<Claims> for AdminsOnly {
///     async fn authorize(&self, request: MintRequest<Claims>) -> Result<Permit, Denied> {
///         if request.identity.claims().is_admin {
///             return Ok(request.permit());
///         }
///         Err(Denied::Forbidden)
///     }
/// }
/// ```
///
/// It is asked once for each token. With [`GateLayer::with_callers`](crate::GateLayer::with_callers) it
/// is also asked for each stream that a caller opens without a token.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't authorize requests with the claims `{C}`",
    label = "an `async fn(MintRequest<{C}>) -> Result<Permit, Denied>` is needed here",
    note = "the claims are those of the authenticator; with a state use `with_state(state, function)`"
)]
pub trait Authorizer<C = ()>: Send + Sync + 'static {
    /// The permit for this request, or why it is denied.
    fn authorize(
        &self,
        request: MintRequest<C>,
    ) -> impl Future<Output = Result<Permit, Denied>> + Send;
}

/// An authorizer that permits every caller whom the authenticator knows.
///
/// ```
/// use sse_gate::prelude::*;
///
/// # async fn authenticate(_: http::request::Parts) -> Result<Identity, AuthError> { Err(AuthError::missing()) }
/// let (gate, route) = (Gate::in_memory(), SseRoute::new("/news")?);
/// let mint = MintService::new(&gate, &route, authenticate, any_caller);
/// # let _ = mint;
/// # Ok::<(), sse_gate::InvalidRoute>(())
/// ```
///
/// # Errors
///
/// None. It has the type of an authorizer.
pub async fn any_caller<C>(request: MintRequest<C>) -> Result<Permit, Denied> {
    Ok(request.permit())
}

impl<C, F, Fut> Authorizer<C> for F
where
    F: Fn(MintRequest<C>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Permit, Denied>> + Send,
{
    fn authorize(
        &self,
        request: MintRequest<C>,
    ) -> impl Future<Output = Result<Permit, Denied>> + Send {
        self(request)
    }
}

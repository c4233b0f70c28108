//! Functions that need a state: [`with_state`].

use http::request::Parts;

use super::{AuthError, Authenticator, Authorizer, Denied, Identity, MintRequest, Permit};

/// An authenticator or authorizer made of a state and a function that takes it.
#[derive(Clone, Debug)]
pub struct WithState<S, F> {
    state: S,
    function: F,
}

/// Gives a function a state, which is cloned for each request: a pool of connections, say. The
/// function may be an authenticator or an authorizer.
///
/// ```
/// use std::collections::HashSet;
/// use std::sync::Arc;
/// use sse_gate::mint::{Denied, MintRequest, Permit, with_state};
///
/// type Members = Arc<HashSet<String>>;
///
/// async fn may_enter(members: Members, request: MintRequest) -> Result<Permit, Denied> {
///     if members.contains(request.identity.subject().as_str()) {
///         return Ok(request.permit());
///     }
///     Err(Denied::Forbidden)
/// }
///
/// let members: Members = Arc::new(HashSet::from(["alice".to_owned()]));
/// let authorizer = with_state(members, may_enter);
/// # let _ = authorizer;
/// ```
pub fn with_state<S, F>(state: S, function: F) -> WithState<S, F> {
    WithState { state, function }
}

impl<S, F, Fut, C> Authenticator for WithState<S, F>
where
    S: Clone + Send + Sync + 'static,
    F: Fn(S, Parts) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Identity<C>, AuthError>> + Send,
    C: Send + Sync + 'static,
{
    type Claims = C;

    fn authenticate(
        &self,
        parts: &Parts,
    ) -> impl Future<Output = Result<Identity<C>, AuthError>> + Send {
        (self.function)(self.state.clone(), parts.clone())
    }
}

impl<S, F, Fut, C> Authorizer<C> for WithState<S, F>
where
    S: Clone + Send + Sync + 'static,
    F: Fn(S, MintRequest<C>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Permit, Denied>> + Send,
{
    fn authorize(
        &self,
        request: MintRequest<C>,
    ) -> impl Future<Output = Result<Permit, Denied>> + Send {
        (self.function)(self.state.clone(), request)
    }
}

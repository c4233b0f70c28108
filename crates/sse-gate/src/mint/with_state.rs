//! Functions that need a state: [`with_state`].

use http::request::Parts;

use super::{AuthError, Authenticator, Authorizer, Denied, Identity, MintRequest, Permit};

/// An authenticator or authorizer that is made of a state and a function. [`with_state`] makes it.
#[derive(Clone, Debug)]
pub struct WithState<S, F> {
    state: S,
    function: F,
}

/// Gives a state to a function, like a pool of connections. The function takes the state first, and
/// then what an authenticator or an authorizer takes. The state is cloned for each request.
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
///
/// For an authenticator:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Arc;
/// use http::request::Parts;
/// use sse_gate::mint::{AuthError, Bearer, Identity, with_state};
///
/// type Keys = Arc<HashMap<String, String>>;
///
/// async fn authenticate(keys: Keys, parts: Parts) -> Result<Identity, AuthError> {
///     let key = Bearer::of(&parts.headers)?;
///     let user = keys.get(key.as_str()).ok_or_else(AuthError::invalid)?;
///     Ok(Identity::named(user)?)
/// }
///
/// let keys: Keys = Arc::new(HashMap::from([("k-1".to_owned(), "alice".to_owned())]));
/// let authenticator = with_state(keys, authenticate);
/// # let _ = authenticator;
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

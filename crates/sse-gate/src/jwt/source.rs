//! Where keys come from: [`KeySource`].

use std::future::ready;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::{JwkSet, JwtKey, KeyError, KeyId};

/// Finds the key that a JWT says it was signed with.
///
/// These are ready to use:
///
/// | source | keys |
/// |---|---|
/// | [`JwtKey`] | one, for each JWT and whatever its `kid` |
/// | [`JwkSet`] | those of a text that the program has, by `kid` |
/// | `RemoteJwkSet` (feature `jwks`) | those that the issuer publishes, fetched again when they change |
///
/// Implement it for keys from anywhere else:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::RwLock;
/// use sse_gate::jwt::{JwtKey, KeyError, KeyId, KeySource};
///
/// /// Keys that another task replaces now and then.
/// struct Tenants(RwLock<HashMap<KeyId, JwtKey>>);
///
/// impl KeySource for Tenants {
///     async fn key(&self, id: Option<&KeyId>) -> Result<JwtKey, KeyError> {
///         // A JWT without a `kid` could be signed with any of them.
///         let id = id.ok_or_else(KeyError::unknown)?;
///         let keys = self.0.read().map_err(|_| KeyError::unavailable("a writer panicked"))?;
///         keys.get(id).cloned().ok_or_else(KeyError::unknown)
///     }
/// }
/// ```
pub trait KeySource: Send + Sync + 'static {
    /// The key with this id. `None` is asked for by a JWT that has no `kid`: answer with a key only if
    /// there is exactly one.
    ///
    /// Nothing of the JWT is verified when this is called, so bound what an unknown id costs.
    ///
    /// # Errors
    ///
    /// [`KeyError::unknown`] refuses the JWT: the client gets 401. [`KeyError::unavailable`] says that
    /// the source can't tell: the client gets 503 and may come back with the same JWT.
    fn key(&self, id: Option<&KeyId>) -> impl Future<Output = Result<JwtKey, KeyError>> + Send;

    /// The keys that are there from the beginning. [`JwtAuthenticator::new`](super::JwtAuthenticator::new)
    /// tries each of them, so that a key that can't be used is an error at the start.
    fn initial_keys(&self) -> Vec<JwtKey> {
        Vec::new()
    }
}

impl KeySource for JwtKey {
    fn key(&self, _: Option<&KeyId>) -> impl Future<Output = Result<JwtKey, KeyError>> + Send {
        ready(Ok(self.clone()))
    }

    fn initial_keys(&self) -> Vec<JwtKey> {
        vec![self.clone()]
    }
}

impl KeySource for JwkSet {
    fn key(&self, id: Option<&KeyId>) -> impl Future<Output = Result<JwtKey, KeyError>> + Send {
        ready(self.get(id).cloned().ok_or_else(KeyError::unknown))
    }

    fn initial_keys(&self) -> Vec<JwtKey> {
        self.keys().cloned().collect()
    }
}

impl<S: KeySource> KeySource for Arc<S> {
    fn key(&self, id: Option<&KeyId>) -> impl Future<Output = Result<JwtKey, KeyError>> + Send {
        (**self).key(id)
    }

    fn initial_keys(&self) -> Vec<JwtKey> {
        (**self).initial_keys()
    }
}

/// A [`KeySource`] whose type is forgotten, so that authenticators have no parameter for it.
///
/// Its futures are boxed: one small allocation for each JWT, which is far cheaper than a signature.
pub(super) trait ErasedSource: Send + Sync {
    fn key<'a>(&'a self, id: Option<&'a KeyId>) -> BoxFuture<'a, Result<JwtKey, KeyError>>;
}

impl<S: KeySource> ErasedSource for S {
    fn key<'a>(&'a self, id: Option<&'a KeyId>) -> BoxFuture<'a, Result<JwtKey, KeyError>> {
        Box::pin(KeySource::key(self, id))
    }
}

//! Keys that the issuer publishes: [`RemoteJwkSet`].

mod builder;
mod error;
mod fetch;
mod flight;
mod state;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use self::fetch::Fetch;
use self::flight::Boarded;
use self::state::{Lookup, State};
use super::{JwkSet, JwtKey, KeyError, KeyId, KeySource};

pub use builder::{RemoteJwkSetBuilder, RemoteJwkSetError};
pub use error::{FetchError, FetchErrorKind};

/// The keys of an issuer, fetched from it by an HTTP client of yours. Clones share the keys.
///
/// The client is any tower service from [`http::Request`] to [`http::Response`]: a client of hyper-util
/// with a TLS connector, or a stack of tower-http around it. It must not follow redirects. Fetches run
/// as tasks of the tokio runtime that the requests run in.
///
/// ```
/// use bytes::Bytes;
/// use http_body_util::Empty;
/// use hyper_util::client::legacy::{Client, connect::HttpConnector};
/// use hyper_util::rt::TokioExecutor;
/// use sse_gate::jwt::RemoteJwkSet;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut connector = HttpConnector::new(); // with TLS around it: `hyper_rustls::HttpsConnector`, say
/// connector.enforce_http(false);
/// let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);
///
/// // The issuer's configuration says where its keys are.
/// let keys = RemoteJwkSet::builder_for_issuer("https://id.example/realms/main").build(client.clone())?;
/// // Or say it yourself.
/// let keys = RemoteJwkSet::builder("https://id.example/keys")
///     .with_on_fetch(|fetched| match fetched {
///         Ok(set) => set.skipped().iter().for_each(|key| println!("{key}")),
///         Err(error) => println!("{error}"),
///     })
///     .build(client)?;
/// # #[cfg(feature = "jwt-rust-crypto")]
/// let authenticator = sse_gate::JwtAuthenticator::new(keys, "https://id.example", "my-service")?;
/// # Ok(())
/// # }
/// ```
///
/// # When it fetches
///
/// | when | how often | requests |
/// |---|---|---|
/// | the first key is asked for | once, then each 5 s until it succeeds | wait, for at most 5 s |
/// | an unknown `kid` is asked for | each 30 s at most | wait, for at most 5 s |
/// | the keys are [older than 5 minutes](RemoteJwkSetBuilder::with_refresh_after) | each 30 s at most | go on with the old keys |
/// | they are 30 s older than that, as no request came | once | wait, for at most 5 s |
///
/// There is one fetch at a time, and all requests that need it wait for it. It goes on when they are
/// dropped. A fetch has 5 s, reads at most 256 KiB and 64 keys, and follows no redirect.
///
/// # What a request gets
///
/// | | the key is there | it is not |
/// |---|---|---|
/// | the last fetch succeeded | the key | 401, unknown |
/// | it failed, and older keys are good | the key | 503: a newer set may have it |
/// | it failed, and no keys are good | 503 | 503 |
///
/// # When the issuer is down
///
/// The old keys stay good for 10 minutes after the last fetch that succeeded. After that each JWT is
/// answered with 503 until a fetch succeeds.
#[derive(Clone)]
pub struct RemoteJwkSet(Arc<Shared>);

/// What clones share, and fetches under way.
struct Shared {
    fetch: Box<dyn Fetch>,
    on_fetch: Box<OnFetch>,
    state: Mutex<State>,
}

type OnFetch = dyn Fn(Result<&JwkSet, &FetchError>) + Send + Sync;

impl RemoteJwkSet {
    /// How long a fetch may take, with the issuer's configuration and the keys together: 5 s.
    pub const FETCH_TIME_LIMIT: Duration = Duration::from_secs(5);

    /// How much time there is between two fetches while there are good keys: 30 s.
    pub const MIN_INTERVAL: Duration = Duration::from_secs(30);

    /// How much time there is between two fetches while there are no good keys: 5 s.
    pub const RETRY_INTERVAL: Duration = Duration::from_secs(5);

    /// How long keys are good after they were fetched: 10 minutes.
    pub const MAX_AGE: Duration = Duration::from_secs(10 * 60);

    /// Fetches keys from this address, which must begin with `https://`.
    pub fn builder(uri: &str) -> RemoteJwkSetBuilder {
        RemoteJwkSetBuilder::at(uri)
    }

    /// Fetches keys from where the configuration of this issuer says (OIDC Discovery 1.0 §4):
    /// the issuer with `/.well-known/openid-configuration` behind it.
    ///
    /// Its `issuer` must be this one, to the letter, and its `jwks_uri` must begin with `https://`. The
    /// configuration is read again with each fetch.
    pub fn builder_for_issuer(issuer: &str) -> RemoteJwkSetBuilder {
        RemoteJwkSetBuilder::of_issuer(issuer)
    }

    fn new(fetch: Box<dyn Fetch>, on_fetch: Box<OnFetch>, refresh_after: Duration) -> Self {
        Self(Arc::new(Shared {
            fetch,
            on_fetch,
            state: Mutex::new(State::new(refresh_after)),
        }))
    }

    /// Waits until there are keys, with one fetch at most. Call it at the start of a program whose first
    /// requests must not wait, or that must not start without keys.
    ///
    /// # Errors
    ///
    /// If the fetch fails. The cause is an `Arc` of a [`FetchError`].
    ///
    /// ```no_run
    /// # async fn start(keys: sse_gate::jwt::RemoteJwkSet) -> Result<(), Box<dyn std::error::Error>> {
    /// if let Err(error) = keys.ready().await {
    ///     eprintln!("the issuer can't be asked yet: {error}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn ready(&self) -> Result<(), KeyError> {
        self.find(State::set).await.map(drop)
    }

    /// Looks something up. If a fetch could change the answer, waits for it and looks again, once.
    async fn find<T>(&self, look_up: impl Fn(&State, Instant) -> Lookup<T>) -> Result<T, KeyError> {
        let (found, boarded) = {
            let mut state = self.0.state();
            match look_up(&state, Instant::now()) {
                Lookup::Found {
                    value,
                    is_due,
                    is_stale,
                } => {
                    let boarded = is_due.then(|| Boarded::on(&self.0, &mut state));
                    let waits = is_stale && boarded.is_some();
                    ((!waits).then_some(value), boarded)
                }
                Lookup::Missing { fetch: true, .. } => {
                    (None, Some(Boarded::on(&self.0, &mut state)))
                }
                Lookup::Missing { error, .. } => return Err(error),
            }
        };
        let landing = boarded.map(Boarded::depart);
        if let Some(value) = found {
            return Ok(value);
        }
        if let Some(mut landing) = landing {
            // Nothing is ever sent: the sender goes when the fetch has ended, in whatever way.
            let _ = landing.changed().await;
        }
        match look_up(&self.0.state(), Instant::now()) {
            Lookup::Found { value, .. } => Ok(value),
            Lookup::Missing { error, .. } => Err(error),
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeySource for RemoteJwkSet {
    async fn key(&self, id: Option<&KeyId>) -> Result<JwtKey, KeyError> {
        self.find(|state, now| state.key(id, now)).await
    }
}

impl fmt::Debug for RemoteJwkSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteJwkSet")
            .field("state", &*self.0.state())
            .finish_non_exhaustive()
    }
}

//! How keys are fetched: [`RemoteJwkSetBuilder`].

use std::fmt;
use std::time::Duration;

use http::uri::Scheme;
use http::{Request, Response, Uri};
use http_body::Body;
use tower_service::Service;

use super::fetch::{BoxError, Fetcher, getter};
use super::{FetchError, OnFetch, RemoteJwkSet};
use crate::jwt::{JwkSet, RsaAlgorithm};

/// Half of [`RemoteJwkSet::MAX_AGE`]: an issuer may be down for the other half before a JWT is refused.
const DEFAULT_REFRESH_AFTER: Duration = Duration::from_secs(5 * 60);

/// Says where a [`RemoteJwkSet`] fetches its keys, and how.
///
/// ```
/// use std::time::Duration;
/// use http_body_util::Empty;
/// use hyper_util::client::legacy::Client;
/// use hyper_util::rt::TokioExecutor;
/// use sse_gate::jwt::{RemoteJwkSet, RemoteJwkSetError, RsaAlgorithm};
///
/// let client = || Client::builder(TokioExecutor::new()).build_http::<Empty<bytes::Bytes>>();
/// let keys = RemoteJwkSet::builder("https://id.example/keys")
///     .with_refresh_after(Duration::from_secs(60))
///     .with_rsa_default(RsaAlgorithm::Ps256)
///     .build(client());
/// assert!(keys.is_ok());
/// // In a test, with an issuer on the same machine.
/// let builder = || RemoteJwkSet::builder_for_issuer("http://127.0.0.1:8080/realms/main");
/// assert_eq!(builder().build(client()).err(), Some(RemoteJwkSetError::Insecure));
/// assert!(builder().with_insecure_http().build(client()).is_ok());
/// ```
pub struct RemoteJwkSetBuilder {
    place: PlaceText,
    insecure_http: bool,
    refresh_after: Duration,
    rsa: RsaAlgorithm,
    on_fetch: Box<OnFetch>,
}

/// Where keys are, before it is checked.
enum PlaceText {
    Keys(String),
    Issuer(String),
}

/// Where keys are.
pub(super) enum Place {
    Keys(Uri),
    Issuer {
        name: String,
        /// The address of the issuer's configuration.
        uri: Uri,
    },
}

impl RemoteJwkSetBuilder {
    pub(super) fn at(uri: &str) -> Self {
        Self::new(PlaceText::Keys(uri.to_owned()))
    }

    pub(super) fn of_issuer(issuer: &str) -> Self {
        Self::new(PlaceText::Issuer(issuer.to_owned()))
    }

    fn new(place: PlaceText) -> Self {
        Self {
            place,
            insecure_http: false,
            refresh_after: DEFAULT_REFRESH_AFTER,
            rsa: RsaAlgorithm::default(),
            on_fetch: Box::new(|_| ()),
        }
    }

    /// Allows `http://`, for tests on one machine.
    ///
    /// Anyone between the issuer and the service can then put in keys of their own, and sign JWTs for any
    /// subject with them.
    pub fn with_insecure_http(mut self) -> Self {
        self.insecure_http = true;
        self
    }

    /// How old keys get before they are fetched again in the background: 5 minutes by default, less than
    /// [10 minutes](RemoteJwkSet::MAX_AGE).
    ///
    /// A key that the issuer withdraws is accepted for this long and 30 s more, and as long as the issuer can't be
    /// asked, up to 10 minutes.
    pub fn with_refresh_after(mut self, age: Duration) -> Self {
        self.refresh_after = age;
        self
    }

    /// What an RSA key is for if it has no `alg`: RS256 by default.
    pub fn with_rsa_default(mut self, algorithm: RsaAlgorithm) -> Self {
        self.rsa = algorithm;
        self
    }

    /// Calls this after each fetch that ran to its end, with the set or the error.
    ///
    /// It is for logs and alarms. While old keys are good, requests don't show that fetches fail, and
    /// after 10 minutes all of them do. [`JwkSet::skipped`] tells which keys can't be used. It runs in the
    /// task of the fetch: it must not block.
    pub fn with_on_fetch(
        mut self,
        hook: impl Fn(Result<&JwkSet, &FetchError>) + Send + Sync + 'static,
    ) -> Self {
        self.on_fetch = Box::new(hook);
        self
    }

    /// The source of keys, with this client. Nothing is fetched yet: see [`RemoteJwkSet::ready`].
    ///
    /// Each request is a `GET` with an empty body and the whole URI, made with a clone of the client. The
    /// body's type is the client's choice, as long as its default is empty: `Empty<Bytes>`, `Full<Bytes>`.
    pub fn build<S, B, R>(self, client: S) -> Result<RemoteJwkSet, RemoteJwkSetError>
    where
        S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: Default + Send + 'static,
        R: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
    {
        if self.refresh_after >= RemoteJwkSet::MAX_AGE {
            return Err(RemoteJwkSetError::RefreshAfter);
        }
        let fetcher = Fetcher {
            get: getter(client),
            place: self.place.parse(self.insecure_http)?,
            insecure_http: self.insecure_http,
            rsa: self.rsa,
        };
        Ok(RemoteJwkSet::new(
            Box::new(fetcher),
            self.on_fetch,
            self.refresh_after,
        ))
    }
}

impl PlaceText {
    fn parse(self, insecure_http: bool) -> Result<Place, RemoteJwkSetError> {
        match self {
            Self::Keys(uri) => parse_uri(&uri, insecure_http).map(Place::Keys),
            Self::Issuer(name) => {
                // OIDC Discovery 1.0 §4: an issuer has no query.
                if name.contains('?') {
                    return Err(RemoteJwkSetError::Uri);
                }
                let base = name.strip_suffix('/').unwrap_or(&name);
                let uri = format!("{base}/.well-known/openid-configuration");
                let uri = parse_uri(&uri, insecure_http)?;
                Ok(Place::Issuer { name, uri })
            }
        }
    }
}

/// An address that a client can be sent to: with a scheme that is allowed and a host, and without a
/// password or a fragment.
pub(super) fn parse_uri(text: &str, insecure_http: bool) -> Result<Uri, RemoteJwkSetError> {
    let uri: Uri = text.parse().map_err(|_| RemoteJwkSetError::Uri)?;
    let has_host = uri.host().is_some_and(|host| !host.is_empty());
    // `Uri` drops a fragment without a word.
    if !has_host
        || text.contains('#')
        || uri.authority().is_some_and(|it| it.as_str().contains('@'))
    {
        return Err(RemoteJwkSetError::Uri);
    }
    match uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTPS => Ok(uri),
        Some(scheme) if *scheme == Scheme::HTTP && insecure_http => Ok(uri),
        Some(scheme) if *scheme == Scheme::HTTP => Err(RemoteJwkSetError::Insecure),
        _ => Err(RemoteJwkSetError::Uri),
    }
}

impl fmt::Debug for RemoteJwkSetBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteJwkSetBuilder")
            .field("insecure_http", &self.insecure_http)
            .field("refresh_after", &self.refresh_after)
            .field("rsa", &self.rsa)
            .finish_non_exhaustive()
    }
}

/// Keys can't be fetched with these settings. It does not print the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteJwkSetError {
    /// The address is not a URL with a host. One with a password or a fragment is not taken, nor an
    /// issuer with a query.
    #[error("address of the keys or the issuer is not a plain https URL")]
    Uri,
    /// The address begins with `http://`.
    #[error("address of the keys or the issuer is http, not https")]
    Insecure,
    /// Keys would not be fetched again before they are too old: after 10 minutes.
    #[error("keys must be fetched again before they are 10 minutes old")]
    RefreshAfter,
}

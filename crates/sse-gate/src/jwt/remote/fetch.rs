//! One fetch, from the requests to the keys: [`Fetcher`].

use std::error::Error;
use std::future::poll_fn;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures_core::future::BoxFuture;
use http::header::ACCEPT;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use tower_service::Service;

use super::builder::{Place, parse_uri};
use super::{FetchError, FetchErrorKind};
use crate::jwt::{JwkSet, RsaAlgorithm};

pub(super) type BoxError = Box<dyn Error + Send + Sync>;

type Fetched<'a, T> = BoxFuture<'a, Result<T, FetchError>>;

/// Fetches keys. It is boxed, so that sources have no parameter for the client: a fetch is rare.
pub(super) trait Fetch: Send + Sync {
    fn fetch(&self) -> Fetched<'_, JwkSet>;
}

/// Fetches a set of keys from a place, with a client.
pub(super) struct Fetcher<G> {
    pub(super) get: G,
    pub(super) place: Place,
    pub(super) insecure_http: bool,
    pub(super) rsa: RsaAlgorithm,
}

/// The members that matter of an issuer's configuration (OIDC Discovery 1.0 §3).
#[derive(Deserialize)]
struct Configuration {
    issuer: String,
    jwks_uri: String,
}

impl<G: Fn(Uri) -> Fetched<'static, Bytes> + Send + Sync> Fetch for Fetcher<G> {
    fn fetch(&self) -> Fetched<'_, JwkSet> {
        Box::pin(async {
            let uri = match &self.place {
                Place::Keys(uri) => uri.clone(),
                Place::Issuer { name, uri } => self.find_keys(name, uri.clone()).await?,
            };
            let text = (self.get)(uri).await?;
            JwkSet::parse_with_rsa_default(text, self.rsa).map_err(FetchError::keys)
        })
    }
}

impl<G: Fn(Uri) -> Fetched<'static, Bytes> + Send + Sync> Fetcher<G> {
    /// Where the keys of an issuer are.
    async fn find_keys(&self, issuer: &str, uri: Uri) -> Result<Uri, FetchError> {
        let unusable = || FetchError::of(FetchErrorKind::Configuration);
        let text = (self.get)(uri).await?;
        let configuration = serde_json::from_slice::<Configuration>(&text);
        // The errors are not kept: they may quote the text.
        let configuration = configuration.map_err(|_| unusable())?;
        if configuration.issuer != issuer {
            return Err(FetchError::of(FetchErrorKind::Issuer));
        }
        let uri = parse_uri(&configuration.jwks_uri, self.insecure_http);
        uri.map_err(|error| unusable().because(error))
    }
}

/// What fetches one text with clones of this client.
pub(super) fn getter<S, B, R>(client: S) -> impl Fn(Uri) -> Fetched<'static, Bytes> + Send + Sync
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Default + Send + 'static,
    R: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    // A client that can be cloned need not be `Sync`.
    let client = Mutex::new(client);
    move |uri| {
        let client = client.lock().unwrap_or_else(PoisonError::into_inner);
        Box::pin(get(client.clone(), uri))
    }
}

async fn get<S, B, R>(mut client: S, uri: Uri) -> Result<Bytes, FetchError>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Error: Into<BoxError>,
    B: Default,
    R: Body<Error: Into<BoxError>>,
{
    let mut request = Request::new(B::default());
    *request.uri_mut() = uri;
    // RFC 7517 §8.5. What comes is judged by its text: many issuers serve keys as another type.
    let types = HeaderValue::from_static("application/jwk-set+json, application/json");
    request.headers_mut().insert(ACCEPT, types);
    poll_fn(|cx| client.poll_ready(cx))
        .await
        .map_err(FetchError::client)?;
    let response = client.call(request).await.map_err(FetchError::client)?;
    if response.status() != StatusCode::OK {
        return Err(FetchError::of(FetchErrorKind::Status(response.status())));
    }
    let body = Limited::new(response.into_body(), JwkSet::MAX_LEN);
    match body.collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(FetchError::of(FetchErrorKind::TooLong))
        }
        Err(error) => Err(FetchError::of(FetchErrorKind::Body).because(error)),
    }
}

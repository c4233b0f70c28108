//! A new token for each attempt: [`MintEachTime`].

use std::fmt;

use serde_json::{Map, Value};

use super::bearers::Bearers;
use super::mint::Mint;
use super::{TokenError, TokenSource};
use crate::machine::Attempt;
use crate::transport::Http;
use crate::{BearerSource, InvalidUrlError, StreamRequest};

/// Gets a new token for each attempt: flow A, for routes on which a token opens one connection.
///
/// It posts JSON to the mint, with the bearer in a header, and expects `{"sse_token","stream_url"}`. The
/// stream is asked for at `stream_url`, or else at that of
/// [`with_stream_url`](MintEachTime::with_stream_url), with the token in the query. So the bearer is in no URL, and
/// what is in a URL has been used. After the first event the JSON has the member `last_event_id`, the
/// [position](Attempt::position) of the last one, so that the stream goes on.
///
/// ```
/// use sse_gate_client::{Bearer, MintEachTime};
///
/// let source = MintEachTime::new("https://example.org/generations/7/stream-token")?
///     .with_bearer(Bearer::new("jwt")?);
/// # let _ = source;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct MintEachTime {
    mint: Mint,
    body: Map<String, Value>,
}

impl MintEachTime {
    /// Tokens of the mint at this URL.
    ///
    /// # Errors
    /// If it is not an absolute URL of `http` or `https`, or has a user or a password in it.
    pub fn new(mint: &str) -> Result<Self, InvalidUrlError> {
        Ok(Self {
            mint: Mint::new(mint)?,
            body: Map::new(),
        })
    }

    /// Shows the mint a bearer from this source. After a 401 of the mint it is asked once more.
    pub fn with_bearer(mut self, source: impl BearerSource) -> Self {
        self.mint.set_bearers(Bearers::new(source));
        self
    }

    /// Sends these members to the mint, beside `last_event_id`.
    pub fn with_body(mut self, body: Map<String, Value>) -> Self {
        self.body = body;
        self
    }

    /// The URL of the stream, for a mint that answers with an `sse_token` alone. It is relative to that of the
    /// mint, and of the same origin, unless [`with_stream_origin`](MintEachTime::with_stream_origin) names another.
    /// By default such an answer is an error.
    pub fn with_stream_url(mut self, url: impl Into<String>) -> Self {
        self.mint.place.url = Some(url.into());
        self
    }

    /// The query parameter for the token: `token` by default.
    pub fn with_parameter(mut self, name: impl Into<String>) -> Self {
        self.mint.place.parameter = name.into();
        self
    }

    /// Takes streams of this origin, in place of the mint's own.
    ///
    /// # Errors
    /// If it is not an absolute URL of `http` or `https`.
    pub fn with_stream_origin(mut self, url: &str) -> Result<Self, InvalidUrlError> {
        self.mint.place.set_origin(url)?;
        Ok(self)
    }
}

impl TokenSource for MintEachTime {
    async fn request(&mut self, attempt: Attempt, http: Http) -> Result<StreamRequest, TokenError> {
        let mut body = self.body.clone();
        if let Some(position) = attempt.position() {
            body.insert("last_event_id".to_owned(), position.into());
        }
        let url = self.mint.ask(&http, &Value::Object(body)).await?;
        Ok(StreamRequest::at(url))
    }
}

/// Without the body, which is the user's.
impl fmt::Debug for MintEachTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintEachTime")
            .field("mint", &self.mint)
            .finish_non_exhaustive()
    }
}

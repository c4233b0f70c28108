//! One token for all attempts: [`MintOnce`].

use std::fmt;

use serde_json::Value;

use super::bearers::Bearers;
use super::mint::Mint;
use super::{TokenError, TokenSource};
use crate::machine::Attempt;
use crate::transport::Http;
use crate::{BearerSource, InvalidUrlError, StreamRequest};

/// Gets one token, and comes back to the same URL with the id of the last event: flow B, for resumable
/// routes.
///
/// It posts JSON to the mint, with the bearer in a header, and expects `{"stream_id"}`, or
/// `{"sse_token","stream_url"}`. An answer without `stream_url` can take the URL of
/// [`with_stream_url`](MintOnce::with_stream_url). The token is spent by the first connection. What lets the client go on
/// is the id that the server sent last.
///
/// **A new token may begin the work anew**, and a language model's answer would be paid for twice. So a
/// 401, or the end of the session, is final as soon as the stream has been open. A stream that can be opened anew, such as a
/// feed, takes [`with_renewal`](MintOnce::with_renewal).
///
/// ```
/// use serde_json::json;
/// use sse_gate_client::{Bearer, MintOnce};
///
/// let question = json!({ "message": "What is a token?", "session_id": "1" });
/// let answer = MintOnce::new("https://example.org/api/chat/stream/initiate", question)?
///     .with_bearer(Bearer::new("jwt")?);
/// let feed = MintOnce::new("https://example.org/topics/news/stream-token", json!({}))?
///     .with_bearer(Bearer::new("jwt")?)
///     .with_renewal(true);
/// # let _ = (answer, feed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct MintOnce {
    mint: Mint,
    body: Value,
    renewal: bool,
    /// The stream that is open, or was.
    stream: Option<StreamRequest>,
}

impl MintOnce {
    /// A token of the mint at this URL, for which this is posted as JSON.
    ///
    /// # Errors
    /// If it is not an absolute URL of `http` or `https`, or has a user or a password in it.
    pub fn new(mint: &str, body: Value) -> Result<Self, InvalidUrlError> {
        Ok(Self {
            mint: Mint::new(mint)?,
            body,
            renewal: false,
            stream: None,
        })
    }

    /// Shows the mint a bearer from this source. After a 401 of the mint it is asked once more.
    pub fn with_bearer(mut self, source: impl BearerSource) -> Self {
        self.mint.set_bearers(Bearers::new(source));
        self
    }

    /// Whether a stream that was open, and whose session is over, is opened anew, with a new token. By default it
    /// is not. The JSON then has the member `last_event_id`, the [position](Attempt::position) of the last
    /// event.
    pub fn with_renewal(mut self, renewal: bool) -> Self {
        self.renewal = renewal;
        self
    }

    /// The URL of the stream, for a mint that answers without a `stream_url`. It is relative to that of the
    /// mint, and of the same origin, unless [`with_stream_origin`](MintOnce::with_stream_origin) names another.
    ///
    /// For a mint that answers with a `stream_id` alone, `{stream_id}` in it stands for that id. By default the id
    /// takes the place of the mint's last segment. A URL without `{stream_id}` is for a mint that answers with
    /// an `sse_token` alone.
    pub fn with_stream_url(mut self, url: impl Into<String>) -> Self {
        self.mint.place.url = Some(url.into());
        self
    }

    /// The query parameter for an `sse_token`: `token` by default.
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

impl TokenSource for MintOnce {
    async fn request(&mut self, attempt: Attempt, http: Http) -> Result<StreamRequest, TokenError> {
        if attempt.is_refused() && attempt.has_opened() && !self.renewal {
            return Err(TokenError::refused());
        }
        if let Some(stream) = self.stream.take().filter(|_| !attempt.is_refused()) {
            return Ok(self.stream.insert(stream).clone());
        }
        let url = match attempt.position() {
            // A stream that is opened anew goes on, if the mint takes this.
            Some(position) if attempt.has_opened() => {
                let mut body = self.body.clone();
                if let Value::Object(members) = &mut body {
                    members.insert("last_event_id".to_owned(), position.into());
                }
                self.mint.ask(&http, &body).await?
            }
            _ => self.mint.ask(&http, &self.body).await?,
        };
        Ok(self.stream.insert(StreamRequest::at(url)).clone())
    }
}

/// Without the body, which is the user's.
impl fmt::Debug for MintOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintOnce")
            .field("mint", &self.mint)
            .field("renewal", &self.renewal)
            .finish_non_exhaustive()
    }
}

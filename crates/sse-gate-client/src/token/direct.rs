//! A stream without a token: [`Direct`].

use http::{HeaderName, HeaderValue};

use super::bearers::Bearers;
use super::{TokenError, TokenSource};
use crate::machine::Attempt;
use crate::transport::Http;
use crate::{BearerSource, InvalidUrlError, StreamRequest};

/// A stream that needs no token: a public one, or one that takes the bearer itself in the header
/// `Authorization` (the bearer door of `sse-gate`).
///
/// Nothing secret stands in the URL. After a 401 the source of the bearer is asked again, and told
/// so.
///
/// ```
/// use sse_gate_client::{Bearer, Direct};
///
/// let public = Direct::new("https://example.org/news")?;
/// let own = Direct::new("https://example.org/feed")?.with_bearer(Bearer::new("jwt")?);
/// # let _ = (public, own);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Direct {
    stream: StreamRequest,
    bearers: Bearers,
}

impl Direct {
    /// The stream at this URL.
    ///
    /// # Errors
    /// If it is not an absolute URL of `http` or `https`, or has a user or a password in it.
    pub fn new(url: &str) -> Result<Self, InvalidUrlError> {
        Ok(Self {
            stream: StreamRequest::new(url)?,
            bearers: Bearers::default(),
        })
    }

    /// Adds a header to each request, such as a key of an API.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.stream = self.stream.with_header(name, value);
        self
    }

    /// Shows a bearer from this source.
    pub fn with_bearer(mut self, source: impl BearerSource) -> Self {
        self.bearers = Bearers::new(source);
        self
    }
}

impl TokenSource for Direct {
    async fn request(&mut self, attempt: Attempt, _: Http) -> Result<StreamRequest, TokenError> {
        let bearer = self.bearers.next(attempt.is_refused()).await?;
        let request = self.stream.clone();
        Ok(match bearer {
            Some(bearer) => request.with_bearer(&bearer),
            None => request,
        })
    }
}

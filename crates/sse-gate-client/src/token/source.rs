//! Where requests for a stream come from: [`TokenSource`].

use std::pin::Pin;

use super::TokenError;
use crate::StreamRequest;
use crate::machine::Attempt;
use crate::transport::Http;

/// Makes the request for each attempt, with a credential that is good for it.
///
/// It is asked before each attempt, and not for a redirect. The ready-made ones are
/// [`MintEachTime`](crate::MintEachTime), [`MintOnce`](crate::MintOnce) and
/// [`Direct`](crate::Direct).
///
/// ```
/// use http::Request;
/// use sse_gate_client::{Attempt, Http, StreamRequest, TokenError, TokenSource};
///
/// /// Asks a service for the URL of the stream.
/// struct Discovered;
///
/// impl TokenSource for Discovered {
///     async fn request(
///         &mut self,
///         attempt: Attempt,
///         http: Http,
///     ) -> Result<StreamRequest, TokenError> {
///         if attempt.is_refused() {
///             return Err(TokenError::permanent("the service gives no other URL"));
///         }
///         let request = Request::get("https://example.org/where").body(Vec::new());
///         let response = http.send(request.map_err(TokenError::permanent)?).await?;
///         if !response.status().is_success() {
///             return Err(TokenError::from_status(response.status(), response.headers()));
///         }
///         let url = String::from_utf8_lossy(response.body());
///         StreamRequest::new(url.trim()).map_err(TokenError::permanent)
///     }
/// }
/// ```
///
/// A source around another one, which adds a header:
///
/// ```
/// use http::{HeaderName, HeaderValue};
/// use sse_gate_client::{Attempt, Http, MintOnce, StreamRequest, TokenError, TokenSource};
///
/// struct Traced(MintOnce);
///
/// impl TokenSource for Traced {
///     async fn request(
///         &mut self,
///         attempt: Attempt,
///         http: Http,
///     ) -> Result<StreamRequest, TokenError> {
///         let number = HeaderValue::from(attempt.number());
///         let request = self.0.request(attempt, http).await?;
///         Ok(request.with_header(HeaderName::from_static("x-attempt"), number))
///     }
/// }
/// ```
pub trait TokenSource: Send + 'static {
    /// The request for this attempt. `http` sends what the source has to ask for, over the client's own
    /// transport.
    ///
    /// # Errors
    /// A [`TokenError`] says whether the client asks again later.
    fn request(
        &mut self,
        attempt: Attempt,
        http: Http,
    ) -> impl Future<Output = Result<StreamRequest, TokenError>> + Send;
}

/// A source whose type is not known. Its future is boxed: there is one for each attempt.
pub(crate) trait ErasedSource: Send {
    fn request(
        &mut self,
        attempt: Attempt,
        http: Http,
    ) -> Pin<Box<dyn Future<Output = Result<StreamRequest, TokenError>> + Send + '_>>;
}

impl<S: TokenSource> ErasedSource for S {
    fn request(
        &mut self,
        attempt: Attempt,
        http: Http,
    ) -> Pin<Box<dyn Future<Output = Result<StreamRequest, TokenError>> + Send + '_>> {
        Box::pin(TokenSource::request(self, attempt, http))
    }
}

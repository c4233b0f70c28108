//! How requests are sent: [`Transport`], and the ready-made ones.
//!
//! | transport | feature | TLS |
//! |---|---|---|
//! | [`ReqwestTransport`] | `reqwest`, on by default | rustls with AWS-LC, and the platform's verifier |
//! | [`HyperTransport`] | `hyper` | rustls with ring, and the platform's roots |
//!
//! Both speak HTTP/1.1 and HTTP/2, follow no redirect, send no `Referer` and ask for no compression. They
//! ping HTTP/2 connections, so that a dead one is not used for the next attempt.

mod erased;
mod http_handle;
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "reqwest")]
mod reqwest;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;

use crate::BoxError;

#[cfg(feature = "hyper")]
pub use self::hyper::HyperTransport;
#[cfg(feature = "reqwest")]
pub use self::reqwest::ReqwestTransport;
pub(crate) use erased::{ErasedBody, ErasedTransport, Sending};
pub use http_handle::Http;

/// How often an HTTP/2 connection is tried, and how long an answer may take.
#[cfg(any(feature = "hyper", feature = "reqwest"))]
const PING: std::time::Duration = std::time::Duration::from_secs(15);

/// Sends a request, and returns the answer when its head is there.
///
/// Implement it for a client of your own, or for a test. It must follow no redirect: the client does,
/// within one origin. It must not decompress the body. Dropping the future or the body must end the
/// request.
///
/// ```
/// use bytes::Bytes;
/// use futures_util::StreamExt;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use sse_gate_client::{Direct, EventSource, Transport};
///
/// /// A server that knows one answer.
/// struct Canned;
///
/// impl Transport for Canned {
///     type Body = Full<Bytes>;
///     type Error = http::Error;
///
///     async fn send(&self, request: Request<Bytes>) -> Result<Response<Full<Bytes>>, http::Error> {
///         assert_eq!(request.headers()["accept"], "text/event-stream");
///         let stream = "data: hello\n\nevent: sse.close\ndata: {\"reason\":\"complete\"}\n\n";
///         Response::builder()
///             .header("content-type", "text/event-stream")
///             .body(stream.into())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut events = EventSource::new(Canned, Direct::new("https://example.org/")?).events();
/// while let Some(event) = events.next().await {
///     assert_eq!(event?.data(), "hello");
/// }
/// # Ok(())
/// # }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// The body of an answer.
    type Body: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static;

    /// Why there is no answer.
    type Error: Into<BoxError>;

    /// Sends this request.
    ///
    /// # Errors
    /// If there is no answer. The client tries again.
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Self::Body>, Self::Error>> + Send;
}

//! The transport on hyper: [`HyperTransport`].

use std::fmt;
use std::io;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::{PING, Transport};

/// Sends with hyper-util's client, over HTTP/1.1 or HTTP/2.
///
/// It is the smaller one of the two transports, and knows no proxies. Its TLS is rustls with ring, unless
/// you bring a connector of your own.
///
/// ```
/// use sse_gate_client::HyperTransport;
///
/// let transport = HyperTransport::new()?;
/// # let _ = transport;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct HyperTransport<C = HttpsConnector<HttpConnector>> {
    client: Client<C, Full<Bytes>>,
}

impl HyperTransport {
    /// A transport that trusts the roots of the platform.
    ///
    /// # Errors
    /// If the platform has none.
    pub fn new() -> io::Result<Self> {
        let provider = rustls::crypto::ring::default_provider();
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(provider)?
            .https_or_http()
            .enable_all_versions()
            .build();
        Ok(Self::with_connector(connector))
    }
}

impl<C: Connect + Clone + Send + Sync + 'static> HyperTransport<C> {
    /// A transport over connections of yours: with roots of your own, or over a Unix socket.
    pub fn with_connector(connector: C) -> Self {
        let mut builder = Client::builder(TokioExecutor::new());
        // A token opens one stream: a request that was sent may not be sent again by itself.
        builder.retry_canceled_requests(false);
        // A connection that is dead must not be used for the next attempt.
        builder
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .http2_keep_alive_interval(PING)
            .http2_keep_alive_timeout(PING)
            .http2_keep_alive_while_idle(true);
        Self {
            client: builder.build(connector),
        }
    }
}

impl<C: Connect + Clone + Send + Sync + 'static> Transport for HyperTransport<C> {
    type Body = hyper::body::Incoming;
    type Error = Error;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Self::Body>, Self::Error> {
        self.client.request(request.map(Full::new)).await
    }
}

impl<C> fmt::Debug for HyperTransport<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HyperTransport(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_is_the_name_alone() {
        let transport = HyperTransport::new().expect("there are roots");
        assert_eq!(format!("{transport:?}"), "HyperTransport(..)");
    }
}

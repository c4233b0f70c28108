//! The transport on hyper: [`HyperTransport`].

use std::io;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::TokioExecutor;

use super::Transport;

/// Sends with hyper-util's client, rustls and ring, over HTTP/1.1 or HTTP/2.
///
/// It is the smaller one of the two transports, and knows no proxies.
///
/// ```
/// use sse_gate_client::HyperTransport;
///
/// let transport = HyperTransport::new()?;
/// # let _ = transport;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct HyperTransport {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
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
        let mut builder = Client::builder(TokioExecutor::new());
        // A token opens one stream: a request that was sent may not be sent again by itself.
        builder.retry_canceled_requests(false);
        Ok(Self {
            client: builder.build(connector),
        })
    }
}

impl Transport for HyperTransport {
    type Body = hyper::body::Incoming;
    type Error = Error;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Self::Body>, Self::Error> {
        self.client.request(request.map(Full::new)).await
    }
}

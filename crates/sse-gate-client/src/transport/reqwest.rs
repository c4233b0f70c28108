//! The transport on reqwest: [`ReqwestTransport`].

use bytes::Bytes;
use http::{Request, Response};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

use super::{PING, Transport};

/// Sends with reqwest and rustls, over HTTP/1.1 or HTTP/2.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_client::ReqwestTransport;
///
/// let transport = ReqwestTransport::new()?;
/// let patient = reqwest::Client::builder().connect_timeout(Duration::from_secs(5));
/// let transport = ReqwestTransport::from_builder(patient)?;
/// # let _ = transport;
/// # Ok::<(), reqwest::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    client: Client,
}

impl ReqwestTransport {
    /// A transport with reqwest's own settings.
    ///
    /// # Errors
    /// If the TLS backend can't be set up.
    pub fn new() -> Result<Self, reqwest::Error> {
        Self::from_builder(Client::builder())
    }

    /// A transport with settings of yours: proxies, roots, time limits to connect.
    ///
    /// It takes a builder and not a client, because some settings have to be as a stream needs them: no
    /// redirects, no `Referer`, no decompression, pings on HTTP/2. Set no time limit for the whole request: it would cut
    /// each stream.
    ///
    /// # Errors
    /// If the TLS backend can't be set up.
    pub fn from_builder(builder: ClientBuilder) -> Result<Self, reqwest::Error> {
        let builder = builder.redirect(Policy::none()).referer(false);
        // A connection that is dead must not be used for the next attempt.
        let builder = builder
            .http2_keep_alive_interval(PING)
            .http2_keep_alive_timeout(PING)
            .http2_keep_alive_while_idle(true);
        let builder = builder.no_gzip().no_brotli().no_deflate().no_zstd();
        let client = builder.retry(reqwest::retry::never()).build()?;
        Ok(Self { client })
    }
}

impl Transport for ReqwestTransport {
    type Body = reqwest::Body;
    type Error = reqwest::Error;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Self::Body>, Self::Error> {
        let request = reqwest::Request::try_from(request)?;
        // An error would print the URL, with the token in it.
        let response = self.client.execute(request).await;
        response
            .map(Response::from)
            .map_err(reqwest::Error::without_url)
    }
}

//! What a token source sends its own requests with: [`Http`].

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use super::ErasedTransport;
use crate::TokenError;

/// How large the answer to a token source may be.
const MAX_ANSWER: usize = 64 * 1024;

/// Sends the requests of a [`TokenSource`](crate::TokenSource), over the transport of its client.
///
/// It follows no redirect, so that a bearer goes nowhere but to the URL that you name, and it reads no more
/// than 64 KiB.
///
/// ```
/// use http::Request;
/// use sse_gate_client::{Http, TokenError};
///
/// async fn ask(http: &Http) -> Result<Vec<u8>, TokenError> {
///     let request = Request::post("https://example.org/token").body(b"{}".to_vec());
///     let response = http.send(request.map_err(TokenError::permanent)?).await?;
///     match response.status().as_u16() {
///         200 => Ok(response.into_body()),
///         _ => Err(TokenError::from_status(response.status(), response.headers())),
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Http {
    transport: Arc<dyn ErasedTransport>,
}

impl Http {
    pub(crate) fn new(transport: Arc<dyn ErasedTransport>) -> Self {
        Self { transport }
    }

    /// Sends a request, and reads the whole answer: at most 64 KiB. No redirect is followed.
    ///
    /// # Errors
    /// A temporary [`TokenError`] if there is no answer, a permanent one if it is too large.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TokenError> {
        let sending = self.transport.clone().send(request.map(Bytes::from));
        let answer = sending.await.map_err(TokenError::temporary)?;
        let (head, mut body) = answer.into_parts();
        let mut bytes = Vec::new();
        while let Some(chunk) = poll_fn(|cx| body.poll_data(cx)).await {
            bytes.extend_from_slice(&chunk.map_err(TokenError::temporary)?);
            if bytes.len() > MAX_ANSWER {
                return Err(TokenError::permanent("the answer is larger than 64 KiB"));
            }
        }
        Ok(Response::from_parts(head, bytes))
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http(..)")
    }
}

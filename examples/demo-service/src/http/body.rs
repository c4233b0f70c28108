//! Reads the body of a request.

use bytes::Bytes;
use http::StatusCode;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use sse_gate::Problem;

use super::Response;

/// The largest body: a sample of 1 MiB whose every character is escaped, and room for the rest.
const MAX: usize = 2 * 1024 * 1024 + 4096;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The whole body, or the response to one that is larger than any endpoint takes.
pub async fn read<B: Body<Error: Into<BoxError>>>(body: B) -> Result<Bytes, Response> {
    let problem = match Limited::new(body, MAX).collect().await {
        Ok(collected) => return Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.")
        }
        Err(_) => Problem::new(StatusCode::BAD_REQUEST, "The body broke off."),
    };
    Err(problem.into_response())
}

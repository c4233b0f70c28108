//! Reads the body of a request for a token.

use std::pin::pin;

use bytes::{Buf, Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;
use sse_gate_core::Subject;
use tokio::time::timeout;

use super::bodies::Place;
use super::endpoint::Settings;
use super::refusal::BodyFault;
use super::refusal::BoxError;

/// The whole body, and its place among those under way. A body that is over before it begins needs
/// none.
///
/// The time limit is one for all of it: bytes that drip in don't extend it.
pub(super) async fn body<B>(
    body: B,
    subject: &Subject,
    settings: &Settings,
) -> Result<(Bytes, Option<Place>), BodyFault>
where
    B: Body<Error: Into<BoxError>>,
{
    if body.is_end_stream() {
        return Ok((Bytes::new(), None));
    }
    let max = settings.max_body;
    if body.size_hint().lower() > max as u64 {
        return Err(BodyFault::TooLarge);
    }
    let mut place = settings.bodies.begin(subject)?;
    let reading = collect(body, max, &mut place);
    let bytes = timeout(settings.body_time_limit, reading)
        .await
        .unwrap_or(Err(BodyFault::TooSlow))?;
    Ok((bytes, Some(place)))
}

/// The bytes are copied: a frame may hold on to a buffer that is far larger than itself.
async fn collect<B>(body: B, max: usize, place: &mut Place) -> Result<Bytes, BodyFault>
where
    B: Body<Error: Into<BoxError>>,
{
    let mut body = pin!(body);
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| BodyFault::Broken(error.into()))?;
        let Ok(mut data) = frame.into_data() else {
            continue;
        };
        let len = data.remaining();
        if len > max - bytes.len() {
            return Err(BodyFault::TooLarge);
        }
        place.grow(len)?;
        while data.has_remaining() {
            let chunk = data.chunk();
            bytes.extend_from_slice(chunk);
            let len = chunk.len();
            data.advance(len);
        }
    }
    Ok(bytes.freeze())
}

//! Reads the body of a request for a token: [`body`].

use std::pin::pin;

use bytes::{Buf, Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use sse_gate_core::Subject;
use tokio::time::timeout;

use super::bodies::CountedBody;
use super::rejection::{BodyFault, BoxError};
use super::settings::Settings;

/// A body that was not read yet. `None` if it is known to be empty.
pub(super) type PendingBody = Option<UnreadBody>;

/// A body whose type has no name any more.
pub(super) struct UnreadBody {
    frames: UnsyncBoxBody<Bytes, BoxError>,
    /// The length that the body has at least. The boxed body does not know it.
    min_len: u64,
}

/// Boxes a body, so that its type has no name any more.
pub(super) fn pending<B>(body: B) -> PendingBody
where
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    if body.is_end_stream() {
        return None;
    }
    let min_len = body.size_hint().lower();
    let frames =
        body.map_frame(|frame| frame.map_data(|mut data| data.copy_to_bytes(data.remaining())));
    Some(UnreadBody {
        frames: frames.map_err(Into::into).boxed_unsync(),
        min_len,
    })
}

/// The whole body, and what counts it as in progress. A body that is known to be empty does not count.
///
/// The time limit is for the whole body. Bytes that arrive slowly don't extend it.
pub(super) async fn body(
    body: PendingBody,
    subject: &Subject,
    settings: &Settings,
) -> Result<(Bytes, Option<CountedBody>), BodyFault> {
    let Some(body) = body else {
        return Ok((Bytes::new(), None));
    };
    let max = settings.max_body;
    if body.min_len > max as u64 {
        return Err(BodyFault::TooLarge);
    }
    let mut counted = settings.bodies.begin(subject)?;
    let reading = collect(body.frames, max, &mut counted);
    let bytes = timeout(settings.body_time_limit, reading)
        .await
        .unwrap_or(Err(BodyFault::TooSlow))?;
    Ok((bytes, Some(counted)))
}

/// Collects the frames of a body. The bytes are copied, because a frame may keep a buffer alive that is
/// far larger than itself.
async fn collect(
    body: UnsyncBoxBody<Bytes, BoxError>,
    max: usize,
    counted: &mut CountedBody,
) -> Result<Bytes, BodyFault> {
    let mut body = pin!(body);
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(BodyFault::Broken)?.into_data() else {
            continue;
        };
        if data.len() > max - bytes.len() {
            return Err(BodyFault::TooLarge);
        }
        counted.grow(data.len())?;
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.freeze())
}

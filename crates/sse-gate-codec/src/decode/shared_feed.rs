//! The frames of a chunk, to keep: [`SharedFeed`].

use core::time::Duration;

use bytes::Bytes;

use super::frame::Frame;
use super::reader::Reader;
use super::shared_message::SharedMessage;
use super::state::State;
use super::step::Step;
use super::too_large::TooLargeError;

/// Reads a chunk and does not borrow the state: the caller passes it to each call.
#[derive(Debug)]
pub(crate) struct SharedReader {
    reader: Reader<Bytes>,
}

#[expect(
    clippy::inline_always,
    reason = "a message is made and used in one place: to move it takes longer"
)]
impl SharedReader {
    #[inline(always)]
    pub(crate) fn new(state: &mut State, chunk: Bytes) -> Self {
        state.interpreter.forget_chunk();
        Self {
            reader: Reader::new(chunk),
        }
    }

    /// Makes the state independent of the chunk. Frames that were not read are lost.
    #[cfg(feature = "stream")]
    pub(crate) fn detach(&mut self, state: &mut State) {
        state.interpreter.copy_from(&self.reader.text);
    }

    /// The next frame of the chunk; `None` at its end.
    #[inline(always)]
    pub(crate) fn next(
        &mut self,
        state: &mut State,
    ) -> Option<Result<Frame<SharedMessage>, TooLargeError>> {
        let step = self.reader.next(state)?;
        let (interpreter, chunk) = (&mut state.interpreter, &self.reader.text);
        Some(Ok(match step {
            Step::Event => Frame::Event(SharedMessage::new(interpreter, chunk)),
            Step::Retry => Frame::Retry(Duration::from_millis(interpreter.retry)),
            Step::Comment => {
                let comment = interpreter.comment.get(chunk).unwrap_or_default();
                Frame::Comment(comment.into())
            }
            Step::TooLarge => return Some(Err(TooLargeError::new(state.limit))),
        }))
    }
}

/// Reads the frames that a chunk completes, as [`SharedMessage`]s. Made by
/// [`Decoder::feed_shared`](crate::Decoder::feed_shared).
///
/// If you drop it early, the rest of the chunk is still decoded and its frames are lost: the decoder
/// is always ready for the next chunk.
///
/// ```
/// use bytes::Bytes;
/// use sse_gate_codec::{Decoder, TooLargeError};
///
/// let mut decoder = Decoder::new();
/// let chunk = Bytes::from("data: one\n\ndata: two\n\n");
/// let frames = decoder.feed_shared(chunk).collect::<Result<Vec<_>, TooLargeError>>()?;
/// assert_eq!(frames.len(), 2);
/// # Ok::<(), TooLargeError>(())
/// ```
#[derive(Debug)]
#[must_use = "frames that are not read are lost"]
pub struct SharedFeed<'d> {
    state: &'d mut State,
    reader: SharedReader,
}

impl<'d> SharedFeed<'d> {
    #[inline]
    pub(super) fn new(state: &'d mut State, chunk: Bytes) -> Self {
        let reader = SharedReader::new(state, chunk);
        Self { state, reader }
    }
}

impl Iterator for SharedFeed<'_> {
    type Item = Result<Frame<SharedMessage>, TooLargeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.reader.next(self.state)
    }
}

impl Drop for SharedFeed<'_> {
    fn drop(&mut self) {
        self.reader.reader.finish(self.state);
    }
}

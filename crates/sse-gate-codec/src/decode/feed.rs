//! The frames of a chunk, borrowed: [`Feed`].

use core::time::Duration;

use super::frame::Frame;
use super::message::Message;
use super::reader::Reader;
use super::state::State;
use super::step::Step;
use super::too_large::TooLargeError;

/// Reads the frames that a chunk completes. Made by [`Decoder::feed`](crate::Decoder::feed).
///
/// A frame borrows from the feed, so it ends before you ask for the next one. That is why this is no
/// `Iterator`. If you drop the feed early, the rest of the chunk is still decoded and its frames are
/// lost: the decoder is always ready for the next chunk.
///
/// ```
/// use sse_gate_codec::{Decoder, Frame};
///
/// let mut decoder = Decoder::new();
/// let mut feed = decoder.feed(b"data: one\n\nid: 2\ndata: two\n\n");
/// let Some(Ok(Frame::Event(message))) = feed.next_frame() else { panic!("no event") };
/// assert_eq!(message.data(), "one");
///
/// // The second event is decoded, too.
/// drop(feed);
/// assert_eq!(decoder.last_event_id(), "2");
/// ```
#[derive(Debug)]
#[must_use = "frames that are not read are lost"]
pub struct Feed<'d, 'c> {
    state: &'d mut State,
    reader: Reader<&'c [u8]>,
}

impl<'d, 'c> Feed<'d, 'c> {
    pub(super) fn new(state: &'d mut State, chunk: &'c [u8]) -> Self {
        state.interpreter.forget_chunk();
        Self {
            state,
            reader: Reader::new(chunk),
        }
    }

    /// The next frame; `None` at the end of the chunk.
    ///
    /// # Errors
    /// [`TooLargeError`] in the place of an event that is larger than the limit. It does not end the
    /// stream: more frames may follow.
    #[expect(clippy::inline_always, reason = "a frame is seven words to hand over")]
    #[inline(always)]
    pub fn next_frame(&mut self) -> Option<Result<Frame<Message<'_>, &str>, TooLargeError>> {
        let step = self.reader.next(self.state)?;
        let (interpreter, chunk) = (&self.state.interpreter, self.reader.text);
        Some(Ok(match step {
            Step::Event => Frame::Event(Message::new(interpreter, chunk)),
            Step::Retry => Frame::Retry(Duration::from_millis(interpreter.retry)),
            Step::Comment => Frame::Comment(interpreter.comment.get(chunk).unwrap_or_default()),
            Step::TooLarge => return Some(Err(TooLargeError::new(self.state.limit))),
        }))
    }
}

impl Drop for Feed<'_, '_> {
    fn drop(&mut self) {
        self.reader.finish(self.state);
    }
}

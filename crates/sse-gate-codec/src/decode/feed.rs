//! The frames of a chunk, borrowed: [`Feed`].

use core::time::Duration;

use super::decoder::Decoder;
use super::frame::Frame;
use super::message::Message;
use super::reader::{Reader, Step};
use super::too_large::TooLarge;

/// Reads the frames that a chunk completes. Made by [`Decoder::feed`].
///
/// A frame is borrowed, and is read before the next one: it is no `Iterator`, as that could not be
/// without a copy. What is left when it is dropped is decoded all the same, and thrown away: the
/// decoder has then read the whole chunk.
#[derive(Debug)]
#[must_use = "frames that are not read are lost"]
pub struct Feed<'d, 'c> {
    decoder: &'d mut Decoder,
    reader: Reader<&'c [u8]>,
}

impl<'d, 'c> Feed<'d, 'c> {
    pub(super) fn new(decoder: &'d mut Decoder, chunk: &'c [u8]) -> Self {
        decoder.block.forget_chunk();
        Self {
            decoder,
            reader: Reader::new(chunk),
        }
    }

    /// The next frame; `None` when the chunk is read to its end, and the next one may come.
    ///
    /// # Errors
    /// [`TooLarge`] in the place of an event that is larger than it may be. It is no end: more
    /// frames may follow.
    #[expect(clippy::inline_always, reason = "a frame is seven words to hand over")]
    #[inline(always)]
    pub fn next_frame(&mut self) -> Option<Result<Frame<Message<'_>, &str>, TooLarge>> {
        let step = self.reader.next(self.decoder)?;
        let (block, chunk) = (&self.decoder.block, self.reader.text);
        Some(Ok(match step {
            Step::Event => Frame::Event(Message::new(block, chunk)),
            Step::Retry => Frame::Retry(Duration::from_millis(block.retry)),
            Step::Comment => Frame::Comment(block.comment.get(chunk).unwrap_or_default()),
            Step::TooLarge => return Some(Err(TooLarge::new(self.decoder.limit))),
        }))
    }
}

impl Drop for Feed<'_, '_> {
    fn drop(&mut self) {
        self.reader.finish(self.decoder);
    }
}

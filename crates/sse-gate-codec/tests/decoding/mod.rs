//! What a [`Decoder`] makes of a stream that is cut in some way.

use std::time::Duration;

use bytes::Bytes;
use sse_gate_codec::{Decoder, EventId, Frame, Incomplete, Message};

use crate::reference::{Decoded, Dispatched};

/// The stream in one piece, byte by byte, and cut in two at each place of a short one.
pub(crate) fn cuts(stream: &[u8]) -> Vec<Vec<&[u8]>> {
    let mut cuts = vec![vec![stream], stream.chunks(1).collect()];
    for len in [2, 3, 7, 64, 1460] {
        cuts.push(stream.chunks(len).collect());
    }
    if stream.len() <= 4096 {
        let halves = (1..stream.len()).map(|at| stream.split_at(at));
        cuts.extend(halves.map(|(one, two)| vec![one, two]));
    }
    cuts
}

/// A decoder for a client with this id, which returns comments, too.
pub(crate) fn decoder(last_event_id: &str) -> Decoder {
    let id = EventId::try_from(last_event_id).expect("an id without line ends");
    Decoder::new().with_comments(true).with_last_event_id(&id)
}

/// All frames in their order, as texts that show what they are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) frames: Vec<String>,
    pub(crate) decoded: Decoded,
}

impl Seen {
    fn message(&mut self, message: Message<'_>) {
        self.frames.push(format!("{message:?}"));
        self.decoded.events.push(Dispatched {
            kind: message.event().to_owned(),
            data: message.data().to_owned(),
            last_event_id: message.id().to_owned(),
        });
    }

    fn retry(&mut self, delay: Duration) {
        self.frames.push(format!("{delay:?}"));
        self.decoded.retries.push(delay.as_millis());
    }

    fn comment(&mut self, text: &str) {
        self.frames.push(format!(":{text:?}"));
        self.decoded.comments.push(text.to_owned());
    }

    fn end(&mut self, decoder: &Decoder) {
        decoder
            .last_event_id()
            .clone_into(&mut self.decoded.last_event_id);
        self.decoded.incomplete = decoder.incomplete().map(|incomplete| match incomplete {
            Incomplete::Event => "event",
            Incomplete::Line => "line",
        });
    }
}

/// What is seen of the chunks by [`Decoder::feed`].
pub(crate) fn borrowed(mut decoder: Decoder, chunks: &[&[u8]]) -> Seen {
    let mut seen = Seen::default();
    for chunk in chunks {
        let mut feed = decoder.feed(chunk);
        while let Some(frame) = feed.next_frame() {
            match frame {
                Ok(Frame::Event(message)) => seen.message(message),
                Ok(Frame::Retry(delay)) => seen.retry(delay),
                Ok(Frame::Comment(text)) => seen.comment(text),
                Err(error) => seen.frames.push(error.to_string()),
            }
        }
    }
    seen.end(&decoder);
    seen
}

/// What is seen of the chunks by [`Decoder::feed_shared`].
pub(crate) fn shared(mut decoder: Decoder, chunks: &[&[u8]]) -> Seen {
    let mut seen = Seen::default();
    for chunk in chunks {
        // Kept until the chunk is read, to see that each stays what it was.
        let chunk = Bytes::copy_from_slice(chunk);
        let frames: Vec<_> = decoder.feed_shared(chunk).collect();
        for frame in frames {
            match frame {
                Ok(Frame::Event(message)) => seen.message(message.as_message()),
                Ok(Frame::Retry(delay)) => seen.retry(delay),
                Ok(Frame::Comment(text)) => seen.comment(&text),
                Err(error) => seen.frames.push(error.to_string()),
            }
        }
    }
    seen.end(&decoder);
    seen
}

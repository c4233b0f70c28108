//! The decoder.

use bytes::Bytes;
use sse_gate::codec::{Decoder, EventId, Frame, Incomplete, Message};

use crate::reference::{Decoded, Dispatched, decode};

/// For any bytes that are cut anywhere, a client sees what the standard says and learns whether the last
/// event is incomplete; and the limit is met at the same place.
///
/// The input: a byte that tells where the stream is cut, a byte for the limit, and the stream.
pub fn decoder(data: &[u8]) {
    let [cuts, limit, stream @ ..] = data else {
        return;
    };
    let chunks = chunks(stream, *cuts);

    let mut expected = decode(stream, "before");
    expected.fields.clear();
    for ms in &mut expected.retries {
        *ms = (*ms).min(u64::MAX.into());
    }
    let seed = EventId::from_static("before");
    let start = Decoder::new().with_comments(true);
    let start = start.with_last_event_id(&seed);
    let whole = read(start.clone(), &[stream]);
    assert_eq!(whole.decoded, expected);
    assert_eq!(read(start.clone(), &chunks), whole);
    assert_eq!(read_shared(start.clone(), &chunks), whole);

    let start = start.with_limit(usize::from(*limit));
    let whole = read(start.clone(), &[stream]);
    assert_eq!(read(start.clone(), &chunks), whole);
    assert_eq!(read_shared(start, &chunks), whole);
}

/// The stream, cut into chunks whose lengths follow from a number.
fn chunks(stream: &[u8], mut number: u8) -> Vec<&[u8]> {
    let (mut chunks, mut rest) = (Vec::new(), stream);
    while !rest.is_empty() {
        number = number.wrapping_mul(29).wrapping_add(7);
        let chunk;
        (chunk, rest) = rest.split_at(rest.len().min(usize::from(number >> 4)));
        chunks.push(chunk);
    }
    chunks
}

/// What a client has seen, in order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    decoded: Decoded,
    /// All frames and errors in their order.
    order: Vec<String>,
}

impl Seen {
    fn see<C: AsRef<str>, E: ToString>(&mut self, frame: Result<Frame<Message<'_>, C>, E>) {
        match frame {
            Ok(Frame::Event(message)) => {
                self.order.push("event".to_owned());
                self.decoded.events.push(Dispatched {
                    kind: message.event().to_owned(),
                    data: message.data().to_owned(),
                    last_event_id: message.id().to_owned(),
                });
            }
            Ok(Frame::Retry(delay)) => {
                self.order.push("retry".to_owned());
                self.decoded.retries.push(delay.as_millis());
            }
            Ok(Frame::Comment(text)) => {
                self.order.push("comment".to_owned());
                self.decoded.comments.push(text.as_ref().to_owned());
            }
            Err(error) => self.order.push(error.to_string()),
        }
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

fn read(mut decoder: Decoder, chunks: &[&[u8]]) -> Seen {
    let mut seen = Seen::default();
    for chunk in chunks {
        let mut feed = decoder.feed(chunk);
        while let Some(frame) = feed.next_frame() {
            seen.see(frame);
        }
    }
    seen.end(&decoder);
    seen
}

fn read_shared(mut decoder: Decoder, chunks: &[&[u8]]) -> Seen {
    let mut seen = Seen::default();
    for chunk in chunks {
        let frames: Vec<_> = decoder.feed_shared(Bytes::copy_from_slice(chunk)).collect();
        for frame in frames {
            match frame {
                Ok(Frame::Event(message)) => {
                    seen.see::<&str, &str>(Ok(Frame::Event(message.as_message())));
                }
                Ok(Frame::Retry(delay)) => seen.see::<&str, &str>(Ok(Frame::Retry(delay))),
                Ok(Frame::Comment(text)) => seen.see::<_, &str>(Ok(Frame::Comment(text))),
                Err(error) => seen.see::<&str, _>(Err(error)),
            }
        }
    }
    seen.end(&decoder);
    seen
}

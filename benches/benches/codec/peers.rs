//! Decoders: ours, its peers, and the bounds of what a machine can do.
//!
//! Each decodes the chunks of a stream and passes its events to a sink. Some peers return the fields of an
//! event and not the message that a page gets. For these peers the default type and the id of earlier
//! events are added here.

use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use eventsource_stream::Eventsource;
use futures_util::{Stream, StreamExt, stream};
use sse_gate_benches::ready;
use sse_gate_codec::{Decoder, EventId, Frame, StreamEventsExt};

use crate::sink::Sink;

/// Decodes a stream for a client with this last event id.
pub(crate) type Decode<S> = fn(&[Bytes], &str, &mut S);

/// All decoders, ours first.
pub(crate) fn all<S: Sink>() -> [(&'static str, Decode<S>); 7] {
    [
        ("borrowing", borrowing),
        ("sharing", sharing),
        ("FrameStream", streaming),
        ("sse-stream", sse_stream),
        ("sse-core", sse_core),
        ("eventsource-stream", eventsource_stream),
        ("sse-codec", sse_codec),
    ]
}

/// The chunks as a stream that never has to wait.
fn stream_of(chunks: &[Bytes]) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    stream::iter(chunks.iter().cloned().map(Ok))
}

fn decoder(id: &str) -> Decoder {
    let id = EventId::try_from(id).expect("an id without line ends");
    Decoder::new().with_last_event_id(&id)
}

pub(crate) fn borrowing<S: Sink>(chunks: &[Bytes], id: &str, sink: &mut S) {
    let mut decoder = decoder(id);
    for chunk in chunks {
        let mut feed = decoder.feed(chunk);
        while let Some(frame) = feed.next_frame() {
            match frame {
                Ok(Frame::Event(it)) => sink.event(it.event(), it.data(), it.id()),
                Ok(Frame::Retry(delay)) => sink.retry(delay.as_millis()),
                _ => {}
            }
        }
    }
}

pub(crate) fn sharing<S: Sink>(chunks: &[Bytes], id: &str, sink: &mut S) {
    let mut decoder = decoder(id);
    for chunk in chunks {
        for frame in decoder.feed_shared(chunk.clone()) {
            match frame {
                Ok(Frame::Event(it)) => sink.event(it.event(), it.data(), it.id()),
                Ok(Frame::Retry(delay)) => sink.retry(delay.as_millis()),
                _ => {}
            }
        }
    }
}

pub(crate) fn streaming<S: Sink>(chunks: &[Bytes], id: &str, sink: &mut S) {
    let mut frames = stream_of(chunks).frames_with(decoder(id));
    while let Some(frame) = ready(frames.next()) {
        match frame {
            Ok(Frame::Event(it)) => sink.event(it.event(), it.data(), it.id()),
            Ok(Frame::Retry(delay)) => sink.retry(delay.as_millis()),
            _ => {}
        }
    }
}

pub(crate) fn sse_core<S: Sink>(chunks: &[Bytes], id: &str, sink: &mut S) {
    let mut decoder = sse_core::SseDecoder::with_limit((8 << 20).try_into().expect("not 0"));
    if !id.is_empty() {
        decoder.reconnect_with_id(Some(id.into()));
    }
    for chunk in chunks {
        let mut chunk = chunk.clone();
        while let Some(event) = decoder.next(&mut chunk) {
            match event {
                Ok(sse_core::SseEvent::Message(it)) => {
                    let id = it.last_event_id.as_deref().unwrap_or_default();
                    sink.event(&it.event, &it.data, id);
                }
                Ok(sse_core::SseEvent::Retry(ms)) => sink.retry(ms.into()),
                Err(_) => {}
            }
        }
    }
}

pub(crate) fn sse_stream<S: Sink>(chunks: &[Bytes], id: &str, sink: &mut S) {
    let mut blocks = sse_stream::SseByteStream::new(stream_of(chunks));
    let mut last_id = id.to_owned();
    while let Some(Ok(block)) = ready(blocks.next()) {
        if let Some(id) = block.id {
            last_id = id;
        }
        if let Some(ms) = block.retry {
            sink.retry(ms.into());
        }
        if let Some(data) = block.data {
            let kind = block.event.as_deref().filter(|it| !it.is_empty());
            sink.event(kind.unwrap_or("message"), &data, &last_id);
        }
    }
}

pub(crate) fn eventsource_stream<S: Sink>(chunks: &[Bytes], id: &str, sink: &mut S) {
    let mut events = stream_of(chunks).eventsource();
    events.set_last_event_id(id.to_owned());
    while let Some(event) = ready(events.next()) {
        // After an error it never ends.
        let Ok(event) = event else { break };
        if let Some(delay) = event.retry {
            sink.retry(delay.as_millis());
        }
        sink.event(&event.event, &event.data, &event.id);
    }
}

pub(crate) fn sse_codec<S: Sink>(chunks: &[Bytes], _: &str, sink: &mut S) {
    use futures_codec::Decoder;

    let mut codec = sse_codec::SSECodec::default();
    let mut buffer = BytesMut::new();
    for chunk in chunks {
        buffer.extend_from_slice(chunk);
        while let Ok(Some(event)) = codec.decode(&mut buffer) {
            match event {
                sse_codec::Event::Message { id, event, data } => {
                    sink.event(&event, &data, id.as_deref().unwrap_or_default());
                }
                sse_codec::Event::Retry { retry } => sink.retry(retry.into()),
            }
        }
    }
}

/// Not a decoder: only finds line ends.
pub(crate) fn scan<S: Sink>(chunks: &[Bytes], _: &str, _: &mut S) {
    for chunk in chunks {
        black_box(memchr::memchr2_iter(b'\r', b'\n', chunk).fold(0, |sum, at| sum ^ at));
    }
}

/// Not a decoder: only checks that the chunks are UTF-8.
pub(crate) fn validate<S: Sink>(chunks: &[Bytes], _: &str, _: &mut S) {
    for chunk in chunks {
        black_box(simdutf8::basic::from_utf8(chunk).is_ok());
    }
}

/// Not a decoder: only copies the chunks.
pub(crate) fn copy<S: Sink>(chunks: &[Bytes], _: &str, _: &mut S) {
    let mut buffer = BytesMut::with_capacity(64 * 1024);
    for chunk in chunks {
        buffer.clear();
        buffer.extend_from_slice(chunk);
        black_box(&buffer);
    }
}

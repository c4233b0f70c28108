//! How fast events are encoded.

use axum::response::IntoResponse;
use axum::response::sse::{Event as AxumEvent, Sse};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http_body_util::BodyExt;
use sse_gate_benches::{Race, ready};
use sse_gate_codec::{Event, EventId, EventName};

use crate::streams::{NAME, SHAPES, Shape};

/// How many events are encoded in a round, so that what is not encoding hardly counts.
const EVENTS: usize = 1000;

/// What the best peer's time for an owned event is to be multiplied with.
const TARGETS: [f64; 5] = [0.75, 0.75, 0.75, 0.9, 0.9];

fn ours(shape: Shape, data: &str) -> Event<'_> {
    const MESSAGE: EventName<'static> = EventName::from_static(NAME);
    const ID: EventId<'static> = EventId::from_static("17");
    let event = Event::new().data(data);
    if shape.named {
        event.event(MESSAGE).id(ID)
    } else {
        event
    }
}

/// Owned texts in, [`Bytes`] out: what a stream of events does.
fn owned(shape: Shape, data: &str) -> Bytes {
    let mut event = Event::new().data(data.to_owned());
    if shape.named {
        let name = EventName::try_from(NAME.to_owned()).expect("a good name");
        let id = EventId::try_from("17".to_owned()).expect("a good id");
        event = event.event(name).id(id);
    }
    event.to_bytes()
}

fn sse_stream(shape: Shape, data: &str) -> Bytes {
    let mut event = sse_stream::Sse::default().data(data);
    if shape.named {
        event = event.event(NAME).id("17");
    }
    event.encode().expect("good parts")
}

fn sse_codec(shape: Shape, data: &str) -> BytesMut {
    use futures_codec::Encoder;

    let (id, event) = if shape.named {
        (Some("17".to_owned()), NAME.to_owned())
    } else {
        (None, "message".to_owned())
    };
    let data = data.to_owned();
    let message = sse_codec::Event::Message { id, event, data };
    let mut buffer = BytesMut::new();
    let encoded = sse_codec::SSECodec::default().encode(message, &mut buffer);
    encoded.expect("a buffer grows");
    buffer
}

/// Axum has no other way to an event's bytes than its body.
fn axum(shape: Shape, data: &str, events: usize) -> usize {
    let event = |_| {
        let mut event = AxumEvent::default();
        if shape.named {
            event = event.event(NAME).id("17");
        }
        Ok::<_, std::convert::Infallible>(event.data(data))
    };
    let stream = stream::iter((0..events).map(event).collect::<Vec<_>>());
    let mut body = Sse::new(stream).into_response().into_body();
    let mut len = 0;
    while let Some(Ok(frame)) = ready(body.frame()) {
        len += frame.into_data().map_or(0, |data| data.len());
    }
    len
}

/// No encoder: the texts that everybody is given, and that nobody borrows.
fn texts(shape: Shape, data: &str) {
    std::hint::black_box(data.to_owned());
    if shape.named {
        std::hint::black_box((NAME.to_owned(), "17".to_owned()));
    }
}

/// No encoder: a buffer of the right size, and a copy of what goes into it.
fn copies(shape: Shape, data: &str) -> Bytes {
    let mut buffer = Vec::with_capacity(data.len() + 64 + 6 * shape.lines);
    if shape.named {
        buffer.extend_from_slice(b"id: 17\nevent: message_chunk\n");
    }
    let (bytes, mut start) = (data.as_bytes(), 0);
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        buffer.extend_from_slice(b"data: ");
        buffer.extend_from_slice(&bytes[start..end]);
        buffer.push(b'\n');
        start = end + 1;
    }
    buffer.push(b'\n');
    buffer.into()
}

pub(crate) fn table() {
    println!(
        "{:<32}",
        "time ÷ that of the best peer, owned texts to Bytes\n"
    );
    let columns = SHAPES.map(|shape| {
        let data = shape.data();
        let data = &*data;
        let times = if data.len() > 1000 {
            EVENTS / 10
        } else {
            EVENTS
        };
        let mut buffer = BytesMut::with_capacity(1 << 20);
        let event = ours(shape, data);
        let mut race = Race::new();
        race.enter("owned to Bytes", times, move || drop(owned(shape, data)));
        race.enter("borrowed to Bytes", times, || {
            std::hint::black_box(ours(shape, data).to_bytes());
        });
        let shared = &mut buffer;
        race.enter("borrowed to a buffer", times, move || {
            shared.clear();
            ours(shape, std::hint::black_box(data)).encode(shared);
            std::hint::black_box(&shared);
        });
        race.enter("encoded_len", times, || {
            std::hint::black_box(std::hint::black_box(&event).encoded_len());
        });
        race.enter("sse-stream", times, move || drop(sse_stream(shape, data)));
        race.enter("sse-codec", times, move || drop(sse_codec(shape, data)));
        race.enter("bound: texts", times, move || texts(shape, data));
        race.enter("bound: copies", times, move || drop(copies(shape, data)));
        race.enter("axum × n", 1, move || {
            std::hint::black_box(axum(shape, data, times));
        });
        (race.run(60), times)
    });
    print!("{:<22}", "");
    for shape in SHAPES {
        print!("{:>16}", shape.name);
    }
    println!();
    for name in [
        "owned to Bytes",
        "borrowed to Bytes",
        "borrowed to a buffer",
        "encoded_len",
        "sse-stream",
        "sse-codec",
        "axum × n",
        "bound: texts",
        "bound: copies",
    ] {
        print!("{name:<22}");
        for (times, events) in &columns {
            let each = if name == "axum × n" {
                *events as f64
            } else {
                1.0
            };
            print!(
                "{:>16.2}",
                times.of(name) / each / best_peer(times, *events)
            );
        }
        println!();
    }
    print!("{:<22}", "target, owned");
    for ((times, events), target) in columns.iter().zip(TARGETS) {
        let is_met = times.of("owned to Bytes") / best_peer(times, *events) <= target;
        let verdict = if is_met { "met" } else { "missed" };
        print!("{:>16}", format!("{target} {verdict}"));
    }
    println!();
}

/// The time of the best peer for one event; axum's is that of so many.
fn best_peer(times: &sse_gate_benches::Times, events: usize) -> f64 {
    let axum = times.of("axum × n") / events as f64;
    times.of("sse-stream").min(times.of("sse-codec")).min(axum)
}

//! What is allocated: nothing for an event that is lent, and little for one that is shared.
//!
//! The count is that of the whole process, so there is one test, and no harness with threads of its
//! own around it.

#![expect(clippy::print_stdout, reason = "there is no harness to print")]

use std::alloc::System;

use bytes::{Bytes, BytesMut};
use sse_gate_codec::{Decoder, Event, EventId, EventName, Frame};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many allocations `run` makes.
fn allocations(run: impl FnOnce()) -> usize {
    let region = Region::new(ALLOCATOR);
    run();
    let change = region.change();
    change.allocations + change.reallocations
}

/// Reads all chunks, and counts the events.
fn read(decoder: &mut Decoder, chunks: &[Bytes]) -> usize {
    let mut events = 0;
    for chunk in chunks {
        let mut feed = decoder.feed(chunk);
        while let Some(frame) = feed.next_frame() {
            events += usize::from(matches!(frame, Ok(Frame::Event(_))));
        }
    }
    events
}

fn read_shared(decoder: &mut Decoder, chunks: &[Bytes]) -> usize {
    let mut events = 0;
    for chunk in chunks {
        for frame in decoder.feed_shared(chunk.clone()) {
            events += usize::from(matches!(frame, Ok(Frame::Event(_))));
        }
    }
    events
}

fn nothing_is_allocated_for_an_event_that_is_lent_or_encoded_into_a_buffer() {
    const NAME: EventName<'static> = EventName::from_static("message_chunk");
    const ID: EventId<'static> = EventId::from_static("17");
    let data = ["x".repeat(200), "one\ntwo\nthree".to_owned()];
    let mut stream = BytesMut::with_capacity(1024 * 1024);
    let encode = |stream: &mut BytesMut| {
        for _ in 0..1000 {
            for data in &data {
                let event = Event::new().event(NAME).id(ID).data(data);
                event.encode(stream);
            }
        }
    };
    assert_eq!(allocations(|| encode(&mut stream)), 0);

    for len in [1, 100, 1460, stream.len()] {
        let chunks = stream.chunks(len).map(Bytes::copy_from_slice);
        let chunks: Vec<_> = chunks.collect();
        let mut decoder = Decoder::new();
        // The buffers grow with the first events.
        assert_eq!(read(&mut decoder, &chunks), 2000);
        let count = allocations(|| assert_eq!(read(&mut decoder, &chunks), 2000));
        assert_eq!(count, 0, "lent, in chunks of {len}");

        // One for a chunk when it is first shared, one for the id of an earlier one, and two for an
        // event that has to be put together.
        let count = allocations(|| assert_eq!(read_shared(&mut decoder, &chunks), 2000));
        assert!(
            count <= 2 * (2000 + chunks.len()),
            "{count} shared by {len}"
        );
    }
}

fn main() {
    nothing_is_allocated_for_an_event_that_is_lent_or_encoded_into_a_buffer();
    // As the harness would say it, for who counts.
    println!("test result: ok. 1 passed; 0 failed");
}

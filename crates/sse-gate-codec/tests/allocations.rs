//! What is allocated: nothing for a borrowed message, and little for a shared one.
//!
//! The allocations of the whole process are counted. So the tests run one after the other, without a
//! harness and its threads.

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

/// How many bytes `run` allocates, including those that it frees.
fn allocated(run: impl FnOnce()) -> usize {
    let region = Region::new(ALLOCATOR);
    run();
    region.change().bytes_allocated
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

        // One for a chunk when it is first shared, one for the id of an earlier chunk, and two for an
        // event that is put together.
        let count = allocations(|| assert_eq!(read_shared(&mut decoder, &chunks), 2000));
        assert!(
            count <= 2 * (2000 + chunks.len()),
            "{count} shared by {len}"
        );
    }
}

/// H5: many events with a long id must not copy it each time.
fn a_long_id_is_copied_once_however_many_events_have_it() {
    let id = 1024 * 1024;
    let mut stream = format!("id: {}\ndata\n\n", "i".repeat(id));
    stream += &"data\n\n".repeat(100_000);
    for len in [7, 1460, stream.len()] {
        let chunks: Vec<_> = stream
            .as_bytes()
            .chunks(len)
            .map(Bytes::copy_from_slice)
            .collect();
        let mut decoder = Decoder::new();
        let events = 100_001;
        let bytes = allocated(|| assert_eq!(read_shared(&mut decoder, &chunks), events));
        // The line of the id while it grows, the id, its copy, and a little for each event and chunk.
        let most = 8 * id + 100 * (events + chunks.len());
        assert!(bytes <= most, "{bytes} bytes in chunks of {len}");
    }
}

/// A long event that was put together in a buffer is not copied again when it is shared.
fn a_long_event_is_handed_out_in_the_memory_that_it_was_put_together_in() {
    let len = 100_000;
    let events = 50;
    let stream = format!("event: long\nid: 1\ndata: {}\n\n", "x".repeat(len)).repeat(events);
    let chunks: Vec<_> = stream
        .as_bytes()
        .chunks(1460)
        .map(Bytes::copy_from_slice)
        .collect();
    let mut decoder = Decoder::new();
    assert_eq!(read_shared(&mut decoder, &chunks), events);
    let bytes = allocated(|| assert_eq!(read_shared(&mut decoder, &chunks), events));
    assert!(bytes <= events * (len + 500), "{bytes} bytes");
}

/// A message keeps at most twice the memory that it needs, even after much longer events.
fn a_message_keeps_little_more_memory_than_its_text() {
    let (long, short) = (1_000_000, 5_000);
    let mut decoder = Decoder::new();
    let event = |len: usize| format!("data: {}\n\n", "x".repeat(len));
    let chunks = |text: String| -> Vec<_> {
        let chunks = text.as_bytes().chunks(1460);
        chunks.map(Bytes::copy_from_slice).collect()
    };
    let (first, chunks) = (chunks(event(long)), chunks(event(short).repeat(100)));
    let mut messages = Vec::with_capacity(100);
    let region = Region::new(ALLOCATOR);
    assert_eq!(read(&mut decoder, &first), 1);
    for chunk in &chunks {
        // A copy, so that no message shares it.
        for frame in decoder.feed_shared(Bytes::copy_from_slice(chunk)) {
            messages.extend(frame);
        }
    }
    assert_eq!(messages.len(), 100);
    drop(decoder);
    let change = region.change();
    let kept = change.bytes_allocated - change.bytes_deallocated;
    assert!(kept <= 100 * (2 * short + 200), "{kept} bytes");
}

/// F4: for all kinds of streams.
fn the_buffers_are_bounded_by_the_limit() {
    let limit = 64 * 1024;
    let longest = |field: &str| format!("{field}{}\n", "x".repeat(limit - 100));
    let fields = ["data: ", "event: ", "id: ", ": ", "other: "].map(longest);
    let lines = "data\n".repeat(limit - 100);
    let half = "x".repeat(limit / 2 - 100);
    let both = format!("event: {half}\ndata: {half}\n");
    let mut decoder = Decoder::new().with_limit(limit).with_comments(true);
    let region = Region::new(ALLOCATOR);
    for _ in 0..3 {
        for block in fields.iter().map(String::as_str).chain([&*lines, &both]) {
            let stream = [block, "\n", "data\n\n"].concat();
            for read in [read, read_shared] {
                for chunk in stream.as_bytes().chunks(1000) {
                    read(&mut decoder, &[Bytes::copy_from_slice(chunk)]);
                }
            }
        }
    }
    let change = region.change();
    let kept = change.bytes_allocated - change.bytes_deallocated;
    assert!(
        kept > 4 * limit,
        "only {kept} bytes: less than was meant to be kept"
    );
    assert!(kept <= 6 * 2 * limit, "{kept} bytes for a limit of {limit}");
}

fn main() {
    a_message_keeps_little_more_memory_than_its_text();
    the_buffers_are_bounded_by_the_limit();
    nothing_is_allocated_for_an_event_that_is_lent_or_encoded_into_a_buffer();
    a_long_id_is_copied_once_however_many_events_have_it();
    a_long_event_is_handed_out_in_the_memory_that_it_was_put_together_in();
    // The line that a harness would print, for the script that counts tests.
    println!("test result: ok. 5 passed; 0 failed");
}

//! How often each decoder allocates for an event.
//!
//! `cargo bench -p sse-gate-benches --bench codec_allocations`. A program of its own: an allocator
//! that counts takes time, and those who allocate would pay it.
#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

#[path = "peers.rs"]
#[expect(dead_code, reason = "the bounds are raced elsewhere")]
mod peers;
#[path = "sink.rs"]
mod sink;
#[path = "streams.rs"]
mod streams;

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use sink::Count;
use streams::{SHAPES, chunks};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    for len in [1460, 16 * 1024] {
        println!("\nchunks of {len} bytes: allocations for each event\n");
        print!("{:<20}", "");
        for shape in SHAPES {
            print!("{:>16}", shape.name);
        }
        println!();
        for (name, decode) in peers::all() {
            print!("{name:<20}");
            for shape in SHAPES {
                let (stream, events) = shape.stream();
                let chunks = chunks(&stream, len);
                let mut count = Count::default();
                let region = Region::new(ALLOCATOR);
                decode(&chunks, "", &mut count);
                let change = region.change();
                assert_eq!(count.events, events, "{name} on {}", shape.name);
                let allocations = change.allocations + change.reallocations;
                print!("{:>16.3}", allocations as f64 / events as f64);
            }
            println!();
        }
    }
}

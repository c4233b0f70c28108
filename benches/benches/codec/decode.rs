//! How fast streams are decoded.

use sse_gate_benches::Race;

use crate::peers::{self, Decode};
use crate::sink::Count;
use crate::streams::{SHAPES, chunks};

/// All decoders, and the bounds of what a machine can do.
fn lanes() -> impl Iterator<Item = (&'static str, Decode<Count>)> {
    let bounds: [(_, Decode<Count>); 3] = [
        ("bound: memchr2", peers::scan),
        ("bound: UTF-8 check", peers::validate),
        ("bound: copy", peers::copy),
    ];
    peers::all().into_iter().chain(bounds)
}

/// What the borrowing and the sharing way should reach, as multiples of the best peer.
const TARGETS: [(f64, f64); 5] = [(4.0, 3.0), (3.0, 2.5), (2.0, 1.5), (1.3, 1.1), (1.6, 1.5)];

pub(crate) fn table() {
    for len in [1460, 16 * 1024] {
        println!("\nchunks of {len} bytes: times as fast as the best peer\n");
        print!("{:<20}", "");
        for shape in SHAPES {
            print!("{:>16}", shape.name);
        }
        println!();
        let columns = SHAPES.map(|shape| {
            let (stream, events) = shape.stream();
            let chunks = chunks(&stream, len);
            let mut race = Race::new();
            for (name, decode) in lanes() {
                let mut count = Count::default();
                decode(&chunks, "", &mut count);
                let expected = if name.starts_with("bound") { 0 } else { events };
                assert_eq!(count.events, expected, "{name} on {}", shape.name);
                let chunks = &chunks;
                race.enter(name, 1, move || decode(chunks, "", &mut Count::default()));
            }
            race.run(60)
        });
        for (name, _) in lanes() {
            print!("{name:<20}");
            for times in &columns {
                print!("{:>16.2}", best_peer(times) / times.of(name));
            }
            println!();
        }
        for (what, name, target) in [
            ("target, borrowing", "borrowing", TARGETS.map(|it| it.0)),
            ("target, sharing", "sharing", TARGETS.map(|it| it.1)),
        ] {
            print!("{what:<20}");
            for (times, target) in columns.iter().zip(target) {
                let is_met = best_peer(times) / times.of(name) >= target;
                let verdict = if is_met { "met" } else { "missed" };
                print!("{:>16}", format!("{target} {verdict}"));
            }
            println!();
        }
    }
}

fn best_peer(times: &sse_gate_benches::Times) -> f64 {
    let peers = ["sse-stream", "sse-core", "eventsource-stream", "sse-codec"];
    let times = peers.map(|peer| times.of(peer));
    times.into_iter().fold(f64::INFINITY, f64::min)
}

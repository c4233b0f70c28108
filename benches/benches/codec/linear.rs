//! Whether time grows with the input alone, for chunks of any length.

use sse_gate_benches::Race;

use crate::peers::{self, Decode};
use crate::sink::Count;
use crate::streams::{SHAPES, chunks};

const LANES: [(&str, Decode<Count>); 4] = [
    ("borrowing", peers::borrowing),
    ("sharing", peers::sharing),
    ("sse-core", peers::sse_core),
    ("eventsource-stream", peers::eventsource_stream),
];

pub(crate) fn table() {
    println!("16 times the event, or the stream: times the time for each byte\n");
    print!("{:<20}", "chunks of");
    for len in ["1", "16", "256", "1460", "16384", "all at once"] {
        print!("{len:>12}");
    }
    println!();
    // One event that gets longer, and one that has more lines. No longer than this: one of the peers
    // takes the square of it.
    let event = |len: usize| format!("data: {}\n\n", "x".repeat(len));
    for (name, decode) in LANES {
        print!("{:<20}", format!("{name}, event"));
        for len in [1, 16, 256, 1460, 16 * 1024, usize::MAX] {
            print!(
                "{:>12.2}",
                growth(decode, len, event(4 << 10), event(64 << 10))
            );
        }
        println!();
    }
    let lines = |count: usize| "data: x\n".repeat(count) + "\n";
    for (name, decode) in LANES {
        print!("{:<20}", format!("{name}, lines"));
        for len in [1, 16, 256, 1460, 16 * 1024, usize::MAX] {
            print!(
                "{:>12.2}",
                growth(decode, len, lines(1 << 10), lines(16 << 10))
            );
        }
        println!();
    }
    println!("\n200 B JSON: times as long as in chunks of 16 KiB\n");
    let (stream, _) = SHAPES[1].stream();
    for (name, decode) in LANES {
        print!("{name:<20}");
        let mut race = Race::new();
        let names = ["1", "16", "256", "1460", "16384", "all"];
        let lens = [1, 16, 256, 1460, 16 * 1024, usize::MAX];
        for (name, len) in names.into_iter().zip(lens) {
            let chunks = chunks(&stream, len);
            race.enter(name, 1, move || decode(&chunks, "", &mut Count::default()));
        }
        let times = race.run(5);
        for name in names {
            print!("{:>12.2}", times.ratio(name, "16384"));
        }
        println!();
    }
}

/// How many times as long a byte takes in a stream that is 16 times as long.
fn growth(decode: Decode<Count>, len: usize, short: String, long: String) -> f64 {
    let ratio = long.len() as f64 / short.len() as f64;
    let mut race = Race::new();
    for (name, stream) in [("short", short), ("long", long)] {
        let chunks = chunks(&stream, len);
        race.enter(name, 1, move || decode(&chunks, "", &mut Count::default()));
    }
    race.run(4).ratio("long", "short") / ratio
}

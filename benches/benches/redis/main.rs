//! What tokens, sessions, events and streams cost a Redis server, and how fast they are beside bare redis-rs.
//!
//! `cargo bench -p sse-gate-benches --bench redis`; add `-- tokens`, `server`, `counts`, `memory`, `delivery`, `fanout`
//! or `nodes` for a part. It starts a server, so `redis-server`, `redis-cli` and `redis-benchmark` must be installed.
//! It counts the time of the clock, unless it says otherwise, as most of it is the server's. Contestants take turns,
//! round after round, and the median of the rounds counts.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]

mod counts;
mod delivery;
mod fanout;
mod memory;
mod node;
mod nodes;
mod scene;
mod server;
mod stats;
mod tokens;
mod work;

/// A part: its name, what it prints, and what runs it.
type Part = (&'static str, &'static str, fn());

const PARTS: [Part; 7] = [
    ("tokens", "tokens a second ÷ bare redis-rs", tokens::run),
    (
        "server",
        "processor time of the server ÷ SET NX PX and GETDEL",
        server::run,
    ),
    ("counts", "commands and bytes", counts::run),
    ("memory", "bytes of the server's memory", memory::run),
    (
        "delivery",
        "an event's way to another node ÷ PUBLISH to a subscriber",
        delivery::run,
    ),
    (
        "fanout",
        "one event to 10,000 streams, two nodes ÷ one",
        fanout::run,
    ),
    (
        "nodes",
        "handshakes a second, several nodes ÷ one",
        nodes::run,
    ),
];

fn main() {
    let asked: Vec<_> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    for (name, figure, run) in PARTS {
        if asked.is_empty() || asked.iter().any(|asked| asked == name) {
            println!("\n## {name}: {figure}\n");
            run();
        }
    }
}

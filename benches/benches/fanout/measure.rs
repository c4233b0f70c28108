//! What is measured of each server, and how it is told.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::load::{Load, Requests, Spent};
use crate::process::{Kind, Process};

/// How often each server is started afresh. The best round of each figure counts.
pub(crate) const ROUNDS: usize = 3;

const MANY: usize = 10_000;
const SOME: usize = 1_000;
pub(crate) const EVENTS: usize = 10;
const BURST: usize = 16;

/// The figures of one server: of each, less is better.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures([f64; ROWS.len()]);

const ROWS: [&str; 7] = [
    "token, open and first event: CPU each",
    "memory of an idle stream, of 10,000",
    "one event to 10,000 streams: CPU for each",
    "the same: from publishing to the last",
    "the same: from publishing to the first",
    "16 events to 1,000 streams: CPU for each",
    "memory left when 10,000 have gone",
];

/// The row that only servers with tokens have.
const HANDSHAKE: usize = 0;

/// What the two peers of each are, and how much ours may be of theirs.
const TARGETS: [&str; ROWS.len()] = [
    "axum <= 1.05",
    "3 KiB",
    "hyper <= 0.86",
    "-",
    "-",
    "hyper <= 0.8",
    "-",
];

impl Figures {
    pub(crate) fn best(self, other: Self) -> Self {
        let mut best = self.0;
        for (own, other) in best.iter_mut().zip(other.0) {
            *own = own.min(other);
        }
        Self(best)
    }
}

/// Measures a server that was just started.
pub(crate) fn all(server: &Process) -> Figures {
    runtime().block_on(measure(server))
}

/// The thread of the load.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

async fn measure(server: &Process) -> Figures {
    let requests = Arc::new(Requests::of(server).await);
    let warm = Load::open(server, &requests, 64).await;
    warm.publish(server, &requests, 1).await;
    warm.leave().await;

    let some = Load::open(server, &requests, SOME).await;
    let mut burst = f64::INFINITY;
    for _ in 0..EVENTS {
        burst = burst.min(each(some.publish(server, &requests, BURST).await));
    }
    some.leave().await;
    settle(server).await;

    let (memory, cpu) = (server.resident_kib(), server.cpu_nanos());
    let many = Load::open(server, &requests, MANY).await;
    let handshake = (server.cpu_nanos() - cpu) as f64 / MANY as f64;
    let stream = server.resident_kib().saturating_sub(memory) as f64 / MANY as f64;
    let (mut event, mut last, mut first) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
    for _ in 0..EVENTS {
        let spent = many.publish(server, &requests, 1).await;
        event = event.min(each(spent));
        last = last.min(spent.last.as_secs_f64());
        first = first.min(spent.first.as_secs_f64());
    }
    many.leave().await;
    settle(server).await;
    let left = server.resident_kib() as f64;
    Figures([handshake, stream, event, last, first, burst, left])
}

/// The processor time of one delivery.
pub(crate) fn each(spent: Spent) -> f64 {
    spent.cpu_nanos as f64 / spent.deliveries as f64
}

/// Waits until the server has nothing more to do.
pub(crate) async fn settle(server: &Process) {
    let mut before = server.cpu_nanos();
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let now = server.cpu_nanos();
        if now - before < 3_000_000 {
            return;
        }
        before = now;
    }
}

/// Prints all figures as ratios to those of the first server and of the second.
pub(crate) fn print(kinds: &[Kind], figures: &[Figures]) {
    println!("\nratios to {} | to {}", kinds[0].name(), kinds[1].name());
    for (row, name) in ROWS.iter().enumerate() {
        println!("\n{name} (target: {})", TARGETS[row]);
        for (kind, own) in kinds.iter().zip(figures) {
            let to = |peer: usize| own.0[row] / figures[peer].0[row];
            if row == HANDSHAKE && !kind.has_tokens() {
                println!("  {:28} {:>6} | {:>6}", kind.name(), "–", "–");
            } else {
                println!("  {:28} {:6.2} | {:6.2}", kind.name(), to(0), to(1));
            }
        }
    }
    let kib: Vec<_> = figures
        .iter()
        .map(|own| format!("{:.1}", own.0[1]))
        .collect();
    println!("\nKiB of an idle stream, in this order: {}", kib.join(", "));
    let mib: Vec<_> = figures
        .iter()
        .map(|own| format!("{:.0}", own.0[6] / 1024.0))
        .collect();
    println!("MiB left, in this order: {}", mib.join(", "));
}

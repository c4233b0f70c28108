//! Whether a stream costs more among many: 1,000, 10,000, 20,000 and 50,000, as far as the system lets a process
//! have so many descriptors.

use std::sync::Arc;

use crate::load::{Load, Requests};
use crate::measure::{EVENTS, each, runtime, settle};
use crate::process::{Kind, Process, max_open_files};

/// How many streams are open.
const SIZES: [usize; 4] = [1_000, 10_000, 20_000, 50_000];

/// What a process has open beside its streams.
const BESIDE: usize = 500;

/// What a number of streams cost one server.
struct Row {
    streams: usize,
    open: f64,
    memory: f64,
    event: f64,
}

/// Prints a table: for each server and each number of streams, what opening one takes, what an idle one has in
/// memory, and what an event to it takes. Times are divided by those of the first server with the fewest streams.
pub(crate) fn measure(kinds: &[Kind]) {
    let most = max_open_files().saturating_sub(BESIDE);
    let sizes: Vec<usize> = SIZES.iter().map(|size| *size.min(&most)).collect();
    let rows = |kind: &Kind| -> Vec<Row> {
        let mut done = 0;
        let mut rows = Vec::new();
        for size in &sizes {
            if *size > done {
                rows.push(runtime().block_on(row(&Process::start(*kind), *size)));
                done = *size;
            }
        }
        rows
    };
    let all: Vec<Vec<Row>> = kinds.iter().map(rows).collect();
    let Some(unit) = all.first().and_then(|rows| rows.first()) else {
        return;
    };
    println!("\n| | streams | open one | KiB | an event |\n|---|---|---|---|---|");
    for (kind, rows) in kinds.iter().zip(&all) {
        for row in rows {
            let open = if kind.has_tokens() {
                format!("{:.2}", row.open / unit.open)
            } else {
                "–".to_owned()
            };
            println!(
                "| {} | {} | {open} | {:.1} | {:.2} |",
                kind.name(),
                row.streams,
                row.memory,
                row.event / unit.event,
            );
        }
    }
}

/// Prints how much memory an idle stream takes whose token opens one connection.
pub(crate) fn measure_strict(kinds: &[Kind]) {
    for kind in kinds.iter().filter(|kind| kind.is_ours()) {
        let server = Process::start(*kind);
        let kib = runtime().block_on(async {
            let requests = Arc::new(Requests::of_strict(&server).await);
            Load::open(&server, &requests, 64).await.leave().await;
            settle(&server).await;
            let memory = server.resident_kib();
            let load = Load::open(&server, &requests, SIZES[1]).await;
            let kib = server.resident_kib().saturating_sub(memory) as f64 / SIZES[1] as f64;
            load.leave().await;
            kib
        });
        println!("{}: {kib:.1} KiB for an idle strict stream", kind.name());
    }
}

async fn row(server: &Process, streams: usize) -> Row {
    let requests = Arc::new(Requests::of(server).await);
    let warm = Load::open(server, &requests, 64).await;
    warm.publish(server, &requests, 1).await;
    warm.leave().await;
    settle(server).await;
    let (memory, cpu) = (server.resident_kib(), server.cpu_nanos());
    let load = Load::open(server, &requests, streams).await;
    let open = (server.cpu_nanos() - cpu) as f64 / streams as f64;
    let memory = server.resident_kib().saturating_sub(memory) as f64 / streams as f64;
    let mut event = f64::INFINITY;
    for _ in 0..EVENTS {
        event = event.min(each(load.publish(server, &requests, 1).await));
    }
    load.leave().await;
    Row {
        streams,
        open,
        memory,
        event,
    }
}

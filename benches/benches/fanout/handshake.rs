//! What it takes to open a stream, alone: the servers take turns.

use std::sync::Arc;

use sse_gate_benches::median;

use crate::load::{Load, Requests};
use crate::measure::{runtime, settle};
use crate::process::{Kind, Process};

const ROUNDS: usize = 15;
const STREAMS: usize = 1_000;

/// Prints what a token, a stream and its first event cost each server that has tokens, divided by what they cost the
/// first and the second in the same round: the median of all rounds.
pub(crate) fn measure(kinds: &[Kind]) {
    let (kinds, others): (Vec<Kind>, Vec<Kind>) = kinds.iter().partition(|kind| kind.has_tokens());
    let servers: Vec<_> = kinds.iter().map(|kind| Process::start(*kind)).collect();
    let mut nanos: Vec<Vec<f64>> = vec![Vec::new(); servers.len()];
    runtime().block_on(async {
        for _ in 0..ROUNDS {
            for (server, nanos) in servers.iter().zip(&mut nanos) {
                nanos.push(round(server).await);
            }
        }
    });
    for (kind, own) in kinds.iter().zip(&nanos) {
        let ratios = |peer: usize| own.iter().zip(&nanos[peer]).map(|(own, peer)| own / peer);
        let to = |peer| median(ratios(peer).collect());
        println!("  {:28} {:6.2} | {:6.2}", kind.name(), to(0), to(1));
    }
    for kind in others {
        println!("  {:28} {:>6} | {:>6}", kind.name(), "–", "–");
    }
}

/// Opens streams and leaves them; the time of the server's processor for each, in nanoseconds.
async fn round(server: &Process) -> f64 {
    let requests = Arc::new(Requests::of(server).await);
    let cpu = server.cpu_nanos();
    let streams = Load::open(server, &requests, STREAMS).await;
    let spent = server.cpu_nanos() - cpu;
    streams.leave().await;
    settle(server).await;
    spent as f64 / STREAMS as f64
}

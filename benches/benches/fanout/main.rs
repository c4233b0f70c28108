//! What ten thousand open streams cost a server: opening them, keeping them, sending to all of
//! them, and what is left when they have gone.
//!
//! Each server is a process of its own on one processor, the load is on another. What is counted is
//! the processor time of the server's process, and its resident memory. Linux only, with `taskset`.
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::print_stdout, reason = "it prints what it finds")]
#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]

mod axum_peer;
mod floor;
mod growth;
mod handshake;
mod hyper_peer;
mod load;
mod measure;
mod nginx;
mod outside;
mod process;

use outside::Outside;
use process::{Kind, Process};

fn main() {
    if let Some(task) = sse_gate_benches::child_task() {
        return match task.as_str() {
            "hyper" => hyper_peer::serve(),
            "floor" => floor::serve(),
            _ => axum_peer::serve(),
        };
    }
    if !cfg!(target_os = "linux") {
        println!("processes are measured on Linux only");
        return;
    }
    process::move_to_second_processor();
    let mut kinds = vec![Kind::Hyper, Kind::Axum, Kind::OurHyper, Kind::OurAxum];
    let is_asked_for = |part| std::env::args().any(|arg| arg == part);
    if is_asked_for("strict") {
        return growth::measure_strict(&kinds);
    }
    let outside = Outside::ALL.into_iter().filter(|peer| peer.is_installed());
    kinds.extend(outside.map(Kind::Outside));
    kinds.push(Kind::Floor);
    if is_asked_for("handshake") {
        return handshake::measure(&kinds);
    }
    if is_asked_for("growth") {
        return growth::measure(&kinds);
    }
    let mut best: Vec<Option<measure::Figures>> = vec![None; kinds.len()];
    for round in 0..measure::ROUNDS {
        for (kind, best) in kinds.iter().zip(&mut best) {
            let figures = measure::all(&Process::start(*kind));
            println!("round {round}, {}: done", kind.name());
            *best = Some(match best.take() {
                Some(before) => before.best(figures),
                None => figures,
            });
        }
    }
    let best: Vec<_> = best.into_iter().flatten().collect();
    measure::print(&kinds, &best);
}

//! What a token in memory costs: issued, redeemed, refused and kept, beside the peers.
//!
//! `cargo bench -p sse-gate-benches --bench tokens`. With `SSE_GATE_BENCH_LARGE=1` it goes on to
//! 5 million live tokens, which takes some 3 GiB and a few minutes.
#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod bare;
mod contestant;
mod hub;
mod memory;
mod ours;
mod peers;
mod refusing;
mod size;
mod stall;
mod threads;

/// Runs a part of the benchmark and prints it; whether the large sizes, too.
type Table = fn(bool);

fn main() {
    if let Some(task) = sse_gate_benches::child_task() {
        return memory::child(&task);
    }
    // What was asked for by name, or all.
    let wanted: Vec<_> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let large = std::env::var_os("SSE_GATE_BENCH_LARGE").is_some();
    let tables: [(&str, Table); 5] = [
        ("size", size::table),
        ("threads", threads::table),
        ("refusing", refusing::table),
        ("stall", stall::table),
        ("memory", memory::table),
    ];
    for (name, table) in tables {
        if wanted.is_empty() || wanted.iter().any(|want| want == name) {
            println!("\n## {name}\n");
            table(large);
        }
    }
}

/// Prints a figure beside its target.
fn against(what: &str, figure: f64, target: f64) {
    let verdict = if figure <= target { "met" } else { "missed" };
    println!("{what:<58} {figure:>8.2}   target ≤ {target:<5} {verdict}");
}

//! How many tokens a durable store inserts and redeems, beside bare rusqlite with the same statements.
//!
//! `cargo bench -p sse-gate-benches --bench sqlite`. It counts the time of the clock, as a flush to the
//! disk takes no processor. Contestants take turns, round after round; the median of the rounds counts, as
//! now and then a disk flushes in no time. Each has a file of its own on the same disk, with the same
//! tables and settings.
#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod bare;
mod ours;
mod turn;

use sse_gate_sqlite::Durability;
use turn::{Contestant, Turn};

const ROUNDS: usize = 15;

fn main() {
    for durability in [Durability::Normal, Durability::Full] {
        println!("\n## {durability:?}: tokens a second ÷ bare rusqlite\n");
        for callers in [1, 16, 256] {
            table(durability, callers);
        }
    }
}

/// Runs all contestants with this many callers, and prints how fast they are beside the bare ones.
fn table(durability: Durability, callers: usize) {
    let tokens = match durability {
        Durability::Normal => 4_096,
        Durability::Full => 512.max(callers * 8),
    };
    let turn = Turn { callers, tokens };
    let mut contestants = contestants(durability, callers);
    let mut rounds = vec![Vec::new(); contestants.len()];
    for round in 0..=ROUNDS {
        for (contestant, rounds) in contestants.iter_mut().zip(&mut rounds) {
            let per_second = contestant.run(turn);
            // The first round warms up.
            if round > 0 {
                rounds.push(per_second);
            }
        }
    }
    let speeds: Vec<_> = rounds.into_iter().map(median).collect();
    let names: Vec<_> = contestants.iter().map(|it| it.name).collect();
    let bare = names.iter().filter(|name| name.starts_with("bare")).count();
    for (name, ours) in names.iter().zip(&speeds).skip(bare) {
        for (peer, theirs) in names.iter().zip(&speeds).take(bare) {
            println!(
                "{callers:>4} callers   {name:<18} ÷ {peer:<42} {:>6.2}",
                ours / theirs
            );
        }
    }
}

fn median(mut speeds: Vec<f64>) -> f64 {
    speeds.sort_by(f64::total_cmp);
    speeds[speeds.len() / 2]
}

/// The bare ones first.
fn contestants(durability: Durability, callers: usize) -> Vec<Contestant> {
    vec![
        bare::behind_a_mutex(durability),
        if callers == 1 {
            bare::on_one_thread(durability, "bare, one thread, a commit an operation", 1)
        } else {
            bare::on_one_thread(
                durability,
                "bare, one thread, all callers a commit",
                callers,
            )
        },
        ours::unsealed(durability),
        ours::sealed(durability),
    ]
}

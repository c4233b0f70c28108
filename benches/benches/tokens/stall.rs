//! The longest that any operation takes while a million tokens expire at once.

use std::time::Duration;

use cpu_time::ThreadTime;
use sse_gate_benches::ready;
use sse_gate_core::{ManualClock, MemoryStore, TokenGate};

use crate::against;
use crate::contestant::Tickets;
use crate::ours::{Ours, limits};

const TOKENS: usize = 1_000_000;
const RUNS: usize = 5;

pub(crate) fn table(_: bool) {
    // In the processor's time: what others on the machine do stalls nothing here. Interrupts are
    // in it all the same, so the best run counts.
    let runs: Vec<_> = (0..RUNS).map(|_| longest()).collect();
    let best = runs.iter().copied().fold(f64::INFINITY, f64::min);
    against("longest operation while 1 M expire, ms", best, 1.0);
    let runs: Vec<_> = runs.iter().map(|millis| format!("{millis:.2}")).collect();
    println!("  all runs: {}", runs.join(", "));
}

fn longest() -> f64 {
    let clock = ManualClock::default();
    let store = MemoryStore::with_clock(limits(), clock.clone());
    let ours = Ours::of(TokenGate::builder(store).with_clock(clock.clone()).build());
    let shown = ours.mint(0);
    for n in 1..TOKENS {
        ours.mint(n);
    }
    clock.advance(Duration::from_secs(60));
    let mut longest = Duration::ZERO;
    // 64 are removed by each operation: this many are more than enough.
    for n in 0..2 * TOKENS / 64 {
        let start = ThreadTime::now();
        let refused = ready(ours.gate.redeem(shown.token().expose(), &ours.resource));
        longest = longest.max(start.elapsed());
        assert!(refused.is_err());
        let start = ThreadTime::now();
        let issued = ours.mint(TOKENS + n);
        longest = longest.max(start.elapsed());
        let start = ThreadTime::now();
        ours.redeem(issued);
        longest = longest.max(start.elapsed());
    }
    longest.as_secs_f64() * 1e3
}

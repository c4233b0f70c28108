//! Two threads on one gate, beside one.

use std::sync::Barrier;
use std::thread::{self, ScopedJoinHandle};

use cpu_time::ThreadTime;

use crate::contestant::{Churn, Tickets};
use crate::ours;

const ROUNDS: usize = 9;
const TURNS: usize = 200_000;
const LIVE: usize = 50_000;

pub(crate) fn table(_: bool) {
    let gate = ours::memory();
    let mut churns = [(); 2].map(|()| Churn::new(gate.clone(), LIVE));
    let (mut alone, mut together) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        alone = alone.min(cpu_nanos_each(&mut churns[..1]));
        together = together.min(cpu_nanos_each(&mut churns));
    }
    let speedup = 2.0 * alone / together;
    let verdict = if speedup >= 1.6 { "met" } else { "missed" };
    println!(
        "two threads ÷ one, in tokens a second of two processors {speedup:>11.2}   target ≥ 1.6   {verdict}"
    );
}

/// What one turn takes of a processor when all of these run at once.
fn cpu_nanos_each<T>(churns: &mut [Churn<T>]) -> f64
where
    T: Tickets + Send,
    T::Ticket: Send,
{
    let barrier = Barrier::new(churns.len());
    let total = (churns.len() * TURNS) as f64;
    let run = |churn: &mut Churn<T>| {
        barrier.wait();
        let start = ThreadTime::now();
        for _ in 0..TURNS {
            churn.turn();
        }
        start.elapsed().as_secs_f64() * 1e9
    };
    let nanos: f64 = thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = churns
            .iter_mut()
            .map(|churn| scope.spawn(move || run(churn)))
            .collect();
        let nanos = threads.into_iter().map(ScopedJoinHandle::join);
        nanos.map(|nanos| nanos.expect("no panic")).sum()
    });
    nanos / total
}

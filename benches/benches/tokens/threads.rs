//! Two threads on one gate, beside one.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use crate::contestant::Churn;
use crate::ours;

const ROUNDS: usize = 15;
const TURNS: usize = 200_000;
const LIVE: usize = 50_000;

pub(crate) fn table(_: bool) {
    let gate = ours::memory();
    let mut churns = [(); 2].map(|()| Churn::new(gate.clone(), LIVE));
    let (mut one, mut two) = (0.0f64, 0.0f64);
    for _ in 0..ROUNDS {
        one = one.max(turns_per_second(&mut churns[..1]));
        two = two.max(turns_per_second(&mut churns));
    }
    let speedup = two / one;
    let verdict = if speedup >= 1.6 { "met" } else { "missed" };
    println!("two threads ÷ one, in tokens a second {speedup:>29.2}   target ≥ 1.6   {verdict}");
}

fn turns_per_second<T>(churns: &mut [Churn<T>]) -> f64
where
    T: crate::contestant::Tickets + Send,
    T::Ticket: Send,
{
    let barrier = Barrier::new(churns.len() + 1);
    let total = churns.len() * TURNS;
    let start = thread::scope(|scope| {
        for churn in churns {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                for _ in 0..TURNS {
                    churn.turn();
                }
            });
        }
        barrier.wait();
        Instant::now()
    });
    total as f64 / start.elapsed().as_secs_f64()
}

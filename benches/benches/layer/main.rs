//! What the gate costs a server, beside what others put in front of a stream.
//!
//! Each contestant is a server on a thread of its own that answers with a stream of one event. 64
//! connections ask it in turn, from another thread, with requests that were made before. Counted is
//! the CPU time of the server's thread alone, as the kernel tells it. Contestants take turns, round
//! after round; each is compared with axum's turn of the same round, and the median of the rounds
//! counts.
#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod client;
mod contestants;
mod server;

use contestants::{Contestant, all};

/// How often each contestant's turn comes.
const ROUNDS: usize = 25;

fn main() {
    let mut contestants = all();
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); contestants.len()];
    for round in 0..=ROUNDS {
        for (contestant, times) in contestants.iter_mut().zip(&mut times) {
            let micros = turn(contestant);
            // The first round warms up.
            if round > 0 {
                times.push(micros);
            }
        }
    }
    let times_of_axum = times[contestants::AXUM].clone();
    println!(
        "server CPU per request, one event a stream, {} connections",
        client::CONNECTIONS
    );
    println!("{:<52} {:>8} {:>10}", "", "÷ axum", "µs more");
    for (contestant, times) in contestants.iter().zip(&times) {
        let pairs = || times.iter().zip(&times_of_axum);
        let ratio = median(pairs().map(|(micros, axum)| micros / axum).collect());
        let more = median(pairs().map(|(micros, axum)| micros - axum).collect());
        println!("{:<52} {ratio:>8.2} {more:>10.2}", contestant.name());
    }
}

/// One turn: microseconds of the server's CPU per request.
fn turn(contestant: &mut Contestant) -> f64 {
    let requests = contestant.requests(client::REQUESTS);
    let before = contestant.server().cpu_nanos();
    client::ask(contestant.server().addr(), requests);
    let nanos = contestant.server().cpu_nanos() - before;
    nanos as f64 / client::REQUESTS as f64 / 1_000.0
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

//! A turn of a contestant by the clock: [`Contestant`], and the table of many turns: [`compare`].
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::time::{Duration, Instant};

/// Does turns, each with work that is made before.
pub struct Contestant<W> {
    name: &'static str,
    run: Box<dyn FnMut(W) -> Duration>,
}

impl<W> std::fmt::Debug for Contestant<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Contestant").field(&self.name).finish()
    }
}

impl<W: 'static> Contestant<W> {
    /// What counts is all the time that `run` takes.
    pub fn new(name: &'static str, mut run: impl FnMut(W) + 'static) -> Self {
        Self::with_own_clock(name, move |work| {
            let start = Instant::now();
            run(work);
            start.elapsed()
        })
    }

    /// Its name in the table.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Does one turn. Returns what counts of it.
    pub fn turn(&mut self, work: W) -> Duration {
        (self.run)(work)
    }

    /// What counts is the time that `run` returns.
    pub fn with_own_clock(name: &'static str, run: impl FnMut(W) -> Duration + 'static) -> Self {
        let run = Box::new(run);
        Self { name, run }
    }
}

/// Runs all contestants in turns, and prints how fast the others are beside the bare ones, which come
/// first. What counts of each is the median of the rounds.
pub fn compare<W: 'static>(
    what: &str,
    rounds: usize,
    mut contestants: Vec<Contestant<W>>,
    mut work: impl FnMut() -> W,
) {
    let mut times = vec![Vec::new(); contestants.len()];
    for round in 0..=rounds {
        for (contestant, times) in contestants.iter_mut().zip(&mut times) {
            let work = work();
            let time = contestant.turn(work).as_secs_f64();
            // The first round warms up.
            if round > 0 {
                times.push(time);
            }
        }
    }
    let times: Vec<_> = times.into_iter().map(median).collect();
    let names: Vec<_> = contestants.iter().map(|it| it.name).collect();
    let bare = names.iter().filter(|name| name.starts_with("bare")).count();
    for (name, ours) in names.iter().zip(&times).skip(bare) {
        for (peer, theirs) in names.iter().zip(&times).take(bare) {
            println!("{what:<28} {name:<15} ÷ {peer:<42} {:>6.2}", theirs / ours);
        }
    }
}

/// The middle one of some figures.
///
/// # Panics
///
/// There is no figure.
pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

//! What a step costs among few things of a kind, and among many: [`growth`].

use std::time::{Duration, Instant};

/// How many times as long `step` takes among the larger number of things, as `make` makes them.
///
/// The shortest of several rounds counts, which other work on the machine disturbs least.
pub(crate) fn growth<T>(
    sizes: [usize; 2],
    steps: usize,
    make: impl Fn(usize) -> T,
    mut step: impl FnMut(&mut T),
) -> f64 {
    let [few, many] = sizes.map(|count| {
        let mut things = make(count);
        let rounds = (0..6).map(|_| {
            let start = Instant::now();
            for _ in 0..steps {
                step(&mut things);
            }
            start.elapsed()
        });
        rounds.min().unwrap_or(Duration::MAX)
    });
    many.as_secs_f64() / few.as_secs_f64()
}

//! Contestants that take turns: [`Race`].

use cpu_time::ThreadTime;

/// Contestants, each a name and something to do a number of times.
#[derive(Default)]
pub struct Race<'a> {
    lanes: Vec<Lane<'a>>,
}

struct Lane<'a> {
    name: &'static str,
    times: usize,
    run: Box<dyn FnMut() + 'a>,
    rounds: Vec<f64>,
}

impl<'a> Race<'a> {
    /// A race without contestants.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a contestant; a round is `times` calls of `run`.
    pub fn enter(&mut self, name: &'static str, times: usize, run: impl FnMut() + 'a) {
        self.lanes.push(Lane {
            name,
            times,
            run: Box::new(run),
            rounds: Vec::new(),
        });
    }

    /// Runs everybody in turns, round after round, after one that does not count.
    pub fn run(mut self, rounds: usize) -> Times {
        for round in 0..=rounds {
            for lane in &mut self.lanes {
                let start = ThreadTime::now();
                for _ in 0..lane.times {
                    (lane.run)();
                }
                let nanos = start.elapsed().as_secs_f64() * 1e9 / lane.times as f64;
                if round > 0 {
                    lane.rounds.push(nanos);
                }
            }
        }
        let best = |rounds: &[f64]| rounds.iter().copied().fold(f64::INFINITY, f64::min);
        let lanes = self.lanes.iter();
        Times(lanes.map(|lane| (lane.name, best(&lane.rounds))).collect())
    }
}

impl std::fmt::Debug for Race<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.lanes.iter().map(|lane| lane.name);
        f.debug_list().entries(names).finish()
    }
}

/// The best round of every contestant, in nanoseconds of a processor for each call.
#[derive(Clone, Debug)]
pub struct Times(Vec<(&'static str, f64)>);

impl Times {
    /// The time of one contestant.
    ///
    /// # Panics
    ///
    /// If nobody of that name took part.
    pub fn of(&self, name: &str) -> f64 {
        let found = self.0.iter().find(|(entered, _)| *entered == name);
        found.expect("a contestant of this name").1
    }

    /// The time of one contestant divided by that of another.
    pub fn ratio(&self, name: &str, to: &str) -> f64 {
        self.of(name) / self.of(to)
    }

    /// Everybody and their times, in the order in which they entered.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.0.iter().copied()
    }
}

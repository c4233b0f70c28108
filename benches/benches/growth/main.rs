//! What a step costs among 100 things of its kind, and among 10,000, 100,000 and a million.
//!
//! `cargo bench -p sse-gate-benches --bench growth`. Add `-- floor`, `tokens`, `streams`, `sessions`,
//! `logs` or `topics` for a part. The largest size takes some 2 GiB.
//!
//! The sizes take turns, round after round. Each round is compared with that of the smallest size, and the
//! median of the rounds counts.
#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod floor;
mod logs;
mod order;
mod sessions;
mod streams;
mod tokens;
mod topics;

use cpu_time::ThreadTime;
use sse_gate::Subject;

/// How many things are there. The first is what the others are compared with.
const SIZES: [usize; 4] = [100, 10_000, 100_000, 1_000_000];
const ROUNDS: usize = 25;
const TURNS: usize = 2_000;

/// One step of many.
type Step = Box<dyn FnMut()>;

/// Makes a step among so many things. They belong to one subject, or each to its own.
type Make = fn(usize, Owners) -> Step;

/// Steps of one kind: its name, whose its things are, and each step with what it does.
type Part = (
    &'static str,
    &'static [Owners],
    &'static [(&'static str, Make)],
);

/// Whose the things are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owners {
    /// All of them belong to one subject.
    One,
    /// Each has a subject of its own.
    Many,
}

impl Owners {
    /// The subject of the thing of this number.
    fn subject(self, number: usize) -> Subject {
        let number = match self {
            Self::One => 0,
            Self::Many => number,
        };
        Subject::new(format!("subject-{number:08}")).expect("a short name")
    }

    /// How many things one subject may have, if there are at most `max`.
    fn most_of_one(self, max: usize) -> usize {
        match self {
            Self::One => max,
            Self::Many => 16,
        }
    }
}

fn main() {
    // What was asked for by name, or all.
    let wanted: Vec<_> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let (either, one): (&[_], &[_]) = (&[Owners::One, Owners::Many], &[Owners::One]);
    let parts: [Part; 6] = [
        ("floor", one, &floor::STEPS),
        ("tokens", either, &tokens::STEPS),
        ("streams", either, &streams::STEPS),
        ("sessions", either, &sessions::STEPS),
        ("logs", one, &logs::STEPS),
        ("topics", either, &topics::STEPS),
    ];
    println!("cost ÷ cost among 100: among 10,000, 100,000 and 1,000,000");
    for (part, owners, steps) in parts {
        if !wanted.is_empty() && !wanted.iter().any(|want| want == part) {
            continue;
        }
        println!("\n## {part}\n");
        for (what, make) in steps {
            for owners in owners {
                print_row(what, *owners, *make);
            }
        }
    }
}

fn print_row(what: &str, owners: Owners, make: Make) {
    let ratios = growth(SIZES.map(|size| make(size, owners)));
    let owners = match owners {
        Owners::One => "one subject",
        Owners::Many => "many subjects",
    };
    print!("{what:<46} {owners:<14}");
    for ratio in ratios {
        print!(" {ratio:>7.2}");
    }
    println!();
}

/// What a step of each but the first costs, divided by what a step of the first does.
fn growth<const N: usize>(mut steps: [Step; N]) -> Vec<f64> {
    let mut rounds: Vec<[f64; N]> = Vec::new();
    for _ in 0..=ROUNDS {
        let mut times = [0.0; N];
        for (step, time) in steps.iter_mut().zip(&mut times) {
            // What the other sizes have left in the caches is gone after some steps.
            for _ in 0..TURNS / 4 {
                step();
            }
            let start = ThreadTime::now();
            for _ in 0..TURNS {
                step();
            }
            *time = start.elapsed().as_secs_f64() / TURNS as f64;
        }
        rounds.push(times);
    }
    // The first round warms up.
    let counted = &rounds[1..];
    let ratios = (1..N).map(|at| counted.iter().map(move |times| times[at] / times[0]));
    ratios.map(|ratios| median(ratios.collect())).collect()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

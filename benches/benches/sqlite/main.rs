//! How fast a durable store is beside bare rusqlite with the same statements: tokens, appends to logs, and
//! sessions that are resumed.
//!
//! `cargo bench -p sse-gate-benches --bench sqlite`; add `-- tokens`, `appends` or `resume` for a part. It
//! counts the time of the clock, as a flush to the disk takes no processor. Contestants take turns, round
//! after round; the median of the rounds counts, as now and then a disk flushes in no time. Each has a file
//! of its own on the same disk, with the same tables and settings.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod appends;
mod file;
mod resume;
mod tokens;

use sse_gate_sqlite::Durability;

/// A part: its name, what it prints ratios of, and what runs it.
type Part = (&'static str, &'static str, fn(Durability));

const PARTS: [Part; 3] = [
    ("tokens", "tokens a second", tokens::run),
    ("appends", "appends a second", appends::run),
    ("resume", "resumes a second", resume::run),
];

fn main() {
    let asked: Vec<_> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    for (name, figure, run) in PARTS {
        if !asked.is_empty() && !asked.iter().any(|asked| asked == name) {
            continue;
        }
        for durability in [Durability::Normal, Durability::Full] {
            println!("\n## {durability:?}: {figure} ÷ bare rusqlite\n");
            run(durability);
        }
    }
}

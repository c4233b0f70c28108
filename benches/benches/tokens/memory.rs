//! Bytes that a live token takes, each figure from a process of its own.

use sse_gate_benches::{resident_growth, resident_growth_of_child};

use crate::against;
use crate::contestant::Tickets;
use crate::ours;
use crate::peers::{HandRolled, Sessions};

pub(crate) fn table(large: bool) {
    let sizes: &[usize] = if large {
        &[100_000, 1_000_000, 5_000_000]
    } else {
        &[100_000, 1_000_000]
    };
    for live in sizes {
        println!("\n{live} live, bytes each");
        for (name, per_subject) in [("memory", 1), ("memory", 16), ("moka", 1), ("moka", 16)] {
            let bytes = bytes_each(name, *live, per_subject);
            let what = format!("gate on {name} store, {per_subject} tokens a subject");
            against(&what, bytes, 200.0);
        }
        for name in ["hand-rolled", "tower-sessions"] {
            println!("{name:<58} {:>8.0}", bytes_each(name, *live, 1));
        }
    }
}

fn bytes_each(name: &str, live: usize, per_subject: usize) -> f64 {
    resident_growth_of_child(&format!("{name},{live},{per_subject}")) / live as f64
}

/// What a child process does: it prints the bytes.
pub(crate) fn child(task: &str) {
    let mut words = task.split(',');
    let name = words.next().unwrap_or_default();
    let mut number = || words.next().and_then(|word| word.parse().ok()).unwrap_or(1);
    let (live, per_subject) = (number(), number());
    let bytes = match name {
        "memory" => growth(ours::memory().with_tokens_per_subject(per_subject), live),
        "moka" => growth(ours::moka().with_tokens_per_subject(per_subject), live),
        "hand-rolled" => growth(HandRolled::default(), live),
        _ => growth(Sessions::default(), live),
    };
    println!("{bytes}");
}

/// Nobody keeps the tickets: what grows is the store.
fn growth<T: Tickets>(tickets: T, live: usize) -> f64 {
    resident_growth(|| {
        for n in 0..live {
            tickets.mint(n);
        }
        tickets
    })
}

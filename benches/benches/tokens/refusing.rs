//! What a bad token costs whoever refuses it.

use std::hint::black_box;

use sha2::{Digest, Sha256};
use sse_gate_benches::{Race, ready};

use crate::against;
use crate::contestant::Tickets;
use crate::ours;

const ROUNDS: usize = 15;
const TURNS: usize = 100_000;
const LIVE: usize = 100_000;
const STRANGERS: usize = 2_000;

const BLOCK: &str = "floor: SHA-256 of one block";

pub(crate) fn table(_: bool) {
    let ours = ours::memory();
    let live: Vec<_> = (0..LIVE).map(|n| ours.mint(n)).collect();
    let good = live[0].token().expose();
    let garbage = [
        (
            "garbage: another length",
            "eyJhbGciOiJIUzI1NiJ9.e30.c2ln".to_owned(),
        ),
        ("garbage: another prefix", "x".repeat(55)),
        (
            "garbage: another alphabet",
            format!("sset1_{}", "%".repeat(49)),
        ),
        ("garbage: one character wrong", format!("{}~", &good[..54])),
        (
            "garbage: another checksum",
            format!("{}000000", &good[..49]),
        ),
    ];
    // Tokens of another gate, few enough to be at hand as the text of a request is.
    let elsewhere = ours::memory();
    let strangers: Vec<_> = (0..STRANGERS).map(|n| elsewhere.mint(n)).collect();
    let mut strangers = strangers.iter().cycle();

    let mut race = Race::new();
    let refuse = |text: &str| {
        let refused = ready(ours.gate.redeem(black_box(text), &ours.resource));
        assert!(black_box(refused).is_err());
    };
    for (name, text) in &garbage {
        race.enter(name, TURNS, move || refuse(text));
    }
    let next = move || {
        strangers
            .next()
            .map(|issued| refuse(issued.token().expose()))
    };
    let mut next = next;
    race.enter("unknown token", TURNS, move || {
        next();
    });
    race.enter(BLOCK, TURNS, || {
        black_box(Sha256::digest(black_box([7; 55])));
    });
    let times = race.run(ROUNDS);
    for (name, time) in times.iter() {
        match name {
            BLOCK => {}
            "unknown token" => against(&format!("{name}, ns"), time, 200.0),
            _ => against(&format!("{name}, ns"), time, 30.0),
        }
        println!(
            "{:<58} {:>8.2}",
            "  ÷ SHA-256 of one block",
            times.ratio(name, BLOCK)
        );
    }
}

//! E12: a process is killed in the midst of its work, again and again, on one file.
//!
//! The child says what it begins and what was answered, a line each. What it says is read to its end
//! after it was killed. So each key is in a known state, or in one of two. `SSE_GATE_SQLITE_KILLS` sets
//! how often it is killed.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use pollster::block_on;
use sse_gate_core::conformance::Sample;
use sse_gate_core::{TokenKey, TokenStore};
use sse_gate_sqlite::{Database, DatabaseOptions, Durability, SealingKeys, SqliteTokens};

use crate::parts::{Scene, TTL, child, file_of_child, key, spawn, take, tokens};

const THREADS: usize = 4;

/// More tokens than these are taken before each kill.
const TAKEN: usize = 10;

/// What is known of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It may be there.
    Inserting,
    /// It is there.
    Inserted,
    /// It may have been taken.
    Taking,
    /// It is gone.
    Taken,
}

impl State {
    const ALL: [(&str, Self); 4] = [
        ("inserting", Self::Inserting),
        ("inserted", Self::Inserted),
        ("taking", Self::Taking),
        ("taken", Self::Taken),
    ];

    fn word(self) -> &'static str {
        Self::ALL[self as usize].0
    }
}

fn open(path: &std::path::Path, durability: Durability) -> Database {
    let options = DatabaseOptions::sealed(SealingKeys::new(key(1)));
    Database::open(path, options.with_durability(durability)).unwrap()
}

/// E12, A2: after each kill all that was answered is so, and nothing is given twice.
#[test]
fn a_killed_process_loses_nothing_and_gives_nothing_twice() {
    let kills = std::env::var("SSE_GATE_SQLITE_KILLS").map_or(4, |it| it.parse().unwrap());
    for (test, durability) in [
        ("kill::child_full", Durability::Full),
        ("kill::child_normal", Durability::Normal),
    ] {
        let scene = Scene::new();
        let mut states = HashMap::new();
        for round in 0..kills {
            run_and_kill(test, &scene, round, &mut states);
            check(&scene, durability, &mut states);
        }
        let given = |state: &State| *state == State::Taken;
        let taken = states.values().filter(|state| given(state)).count();
        assert!(taken > TAKEN * kills, "only {taken} tokens were taken");
    }
}

/// Lets a child work for a while, kills it, and notes what it has said.
fn run_and_kill(test: &str, scene: &Scene, round: usize, states: &mut HashMap<[u8; 32], State>) {
    let mut child = spawn(child(test, &scene.path()).stdout(Stdio::piped()));
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // However slow the machine is, so much is done each time.
    let mut taken = 0;
    while taken <= TAKEN {
        let line = lines.next().unwrap().unwrap();
        note(&line, states);
        taken += usize::from(line.starts_with("taken "));
    }
    // Not a wait for something, but the moment of the kill: another one each time.
    thread::sleep(Duration::from_millis(20 + 37 * (round as u64 % 7)));
    child.kill().unwrap();
    child.wait().unwrap();
    for line in lines {
        note(&line.unwrap(), states);
    }
}

fn note(line: &str, states: &mut HashMap<[u8; 32], State>) {
    let Some((word, key)) = line.split_once(' ') else {
        return;
    };
    let known = State::ALL.iter().find(|(name, _)| *name == word);
    // The last line may be cut.
    if let (Some((_, state)), Some(key)) = (known, from_hex(key)) {
        states.insert(key, *state);
    }
}

/// Checks some of the tokens, and takes them. The others wait for the next kill.
fn check(scene: &Scene, durability: Durability, states: &mut HashMap<[u8; 32], State>) {
    let database = open(&scene.path(), durability);
    let store = tokens(&database);
    for (key, state) in states.iter_mut() {
        let is_left_for_later = *state == State::Inserted && key[0] % 2 == 0;
        if is_left_for_later {
            continue;
        }
        let key = TokenKey::from_bytes(*key);
        let is_there = take(&store, key).is_some();
        match state {
            State::Inserted => assert!(is_there, "an inserted token is lost: {key:?}"),
            State::Taken => assert!(!is_there, "a token is given twice: {key:?}"),
            State::Inserting | State::Taking => {}
        }
        assert!(take(&store, key).is_none());
        *state = State::Taken;
    }
    database.close().unwrap();
}

#[test]
#[ignore = "it is started by another test"]
fn child_full() {
    work(&open(&file_of_child(), Durability::Full));
}

#[test]
#[ignore = "it is started by another test"]
fn child_normal() {
    work(&open(&file_of_child(), Durability::Normal));
}

/// Inserts tokens and takes two thirds of them, until it is killed.
fn work(database: &Database) {
    let process = std::process::id();
    let worker = |store: &SqliteTokens, thread: usize| {
        for n in 0_usize.. {
            let Sample { key, entry } = Sample::of(&format!("subject {process} {thread} {n}"), 100);
            say(State::Inserting, key);
            block_on(store.insert(key, entry, TTL)).unwrap();
            say(State::Inserted, key);
            if n % 3 > 0 {
                say(State::Taking, key);
                assert!(take(store, key).is_some());
                say(State::Taken, key);
            }
        }
    };
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let store = tokens(database);
            scope.spawn(move || worker(&store, thread));
        }
    });
}

/// Writes a whole line at once.
fn say(state: State, key: TokenKey) {
    let mut line = format!("{} ", state.word());
    for byte in key.as_bytes() {
        write!(line, "{byte:02x}").unwrap();
    }
    line.push('\n');
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let byte = |at: usize| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..32).map(byte).collect();
    bytes?.try_into().ok()
}

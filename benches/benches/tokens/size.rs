//! Issuing and redeeming, at 1,000, 100,000 and 5 million live tokens.

use std::hint::black_box;

use rand::TryRng;
use rand::rngs::SysRng;
use sha2::{Digest, Sha256};
use sse_gate_benches::{Race, Times};

use crate::against;
use crate::bare::{Bare, BareMoka, Pool};
use crate::contestant::{Churn, Tickets};
use sse_gate_core::{MemoryStore, SharedStore};

use crate::hub::Hub;
use crate::ours::{self, limits};
use crate::peers::{HandRolled, Hs256, Sessions};

const ROUNDS: usize = 15;
const TURNS: usize = 20_000;

pub(crate) fn table(large: bool) {
    for live in [1_000, 100_000] {
        let times = beside_peers(live);
        print(live, &times);
        let ratio = |name, to| times.ratio(name, to);
        against(
            "gate on MemoryStore ÷ hand-rolled",
            ratio(MEMORY, HAND),
            0.6,
        );
        against(
            "gate on MemoryStore ÷ one HS256 verification",
            ratio(MEMORY, JWT),
            0.4,
        );
        let bare = ratio(BARE_MOKA_STORE, BARE_MOKA);
        against("bare MokaStore ÷ bare moka", bare, 1.25);
        let bare = ratio(BARE_MOKA_STORE, MOKA_LISTENER);
        against("bare MokaStore ÷ bare moka with a listener", bare, 1.25);
    }
    let sizes: &[usize] = if large {
        &[1_000, 100_000, 5_000_000]
    } else {
        &[1_000, 100_000]
    };
    let times = growth(sizes);
    for ((name, time), live) in times.iter().zip(sizes) {
        let first = times.iter().next().map_or(f64::NAN, |(_, first)| first);
        against(
            &format!("{name} live ÷ 1 k live ({live})"),
            time / first,
            2.5,
        );
    }
}

const MEMORY: &str = "gate on MemoryStore";
const ERASED: &str = "gate on MemoryStore, its type forgotten";
const HUB: &str = "sse_gate::Gate on MemoryStore";
const MOKA: &str = "gate on MokaStore";
const HAND: &str = "hand-rolled: uuid, Mutex<HashMap>";
const SESSIONS: &str = "tower-sessions MemoryStore";
const BARE_MOKA: &str = "bare moka: insert, remove";
const MOKA_LISTENER: &str = "bare moka with a listener: insert, remove";
const BARE_MOKA_STORE: &str = "bare MokaStore: insert, take";
const JWT: &str = "one HS256 verification (rust_crypto)";
const BLOCK: &str = "floor: SHA-256 of one block";
const OS: &str = "floor: 32 random bytes from the OS";

fn beside_peers(live: usize) -> Times {
    let pool = || Pool::of(live + (ROUNDS + 1) * TURNS);
    let mut race = Race::new();
    enter(&mut race, MEMORY, ours::memory(), live);
    let erased = SharedStore::new(MemoryStore::new(limits()));
    enter(&mut race, ERASED, ours::Ours::over(erased), live);
    enter(&mut race, HUB, Hub::new(), live);
    enter(&mut race, MOKA, ours::moka(), live);
    enter(&mut race, HAND, HandRolled::default(), live);
    enter(&mut race, SESSIONS, Sessions::default(), live);
    enter(&mut race, BARE_MOKA, BareMoka::new(pool()), live);
    enter(
        &mut race,
        MOKA_LISTENER,
        BareMoka::with_listener(pool()),
        live,
    );
    let moka_store = sse_gate_moka::MokaStore::new(limits());
    enter(&mut race, BARE_MOKA_STORE, Bare(moka_store, pool()), live);
    let jwt = Hs256::new();
    race.enter(JWT, TURNS, move || jwt.verify());
    race.enter(BLOCK, TURNS, || {
        black_box(Sha256::digest(black_box([7; 55])));
    });
    race.enter(OS, TURNS, || {
        let mut bytes = [0; 32];
        SysRng
            .try_fill_bytes(&mut bytes)
            .expect("there is randomness");
        black_box(bytes);
    });
    race.run(ROUNDS)
}

fn enter<'a, T>(race: &mut Race<'a>, name: &'static str, tickets: T, live: usize)
where
    T: Tickets + 'a,
    T::Ticket: 'a,
{
    let mut churn = Churn::new(tickets, live);
    race.enter(name, TURNS, move || churn.turn());
}

/// The same gate, at several sizes at once, so that their ratio is of one run.
fn growth(sizes: &[usize]) -> Times {
    let mut race = Race::new();
    for (live, name) in sizes.iter().zip(["1 k", "100 k", "5 M"]) {
        enter(&mut race, name, ours::memory(), *live);
    }
    race.run(ROUNDS)
}

fn print(live: usize, times: &Times) {
    println!(
        "\n{live} live: issue and redeem, any of them    ns (of this run)   ÷ gate on MemoryStore"
    );
    for (name, time) in times.iter() {
        println!("{name:<44} {time:>14.0} {:>22.2}", time / times.of(MEMORY));
    }
}

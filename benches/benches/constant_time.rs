//! Whether the time that a refusal takes tells its cause: Welch's t-test between every two causes,
//! through `TokenGate::redeem` on `MemoryStore`.
//!
//! `cargo bench -p sse-gate-benches --bench constant_time`, with a part of a name to run some.
//! A |t| over 4.5 says that the causes can be told apart by whoever measures a million times in
//! this very process. `|t|` of `control` shows that the test sees what there is to be seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use dudect_bencher::ctbench::{
    BenchFn, BenchMetadata, BenchName, BenchOpts, BenchRng, Class, CtRunner, run_benches_console,
};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use sse_gate_benches::ready;
use sse_gate_core::{
    Entropy, EntropyError, GrantRequest, Limits, MemoryStore, Resource, Subject, TokenGate,
};

const SAMPLES: usize = 1_000_000;
/// In how many stores, each with tokens of its own.
const SCENES: usize = 25;
/// Of each cause. Many, since how long a look-up takes differs a little from key to key; and few
/// enough for the gate to remember what became of most of them.
const TOKENS: usize = 2_048;

const TTL: Duration = Duration::from_secs(15 * 60);

const UNKNOWN: usize = 0;
const USED: usize = 1;
const EXPIRED: usize = 2;
const OTHER: usize = 3;
const FIRST: usize = 4;
const LAST: usize = 5;
const GARBAGE: usize = 6;

fn main() -> std::io::Result<()> {
    let pairs: [(&'static str, BenchFn); 16] = [
        ("unknown_used", pair::<UNKNOWN, USED>),
        ("unknown_expired", pair::<UNKNOWN, EXPIRED>),
        ("unknown_other_resource", pair::<UNKNOWN, OTHER>),
        ("unknown_first_wrong", pair::<UNKNOWN, FIRST>),
        ("unknown_last_wrong", pair::<UNKNOWN, LAST>),
        ("used_expired", pair::<USED, EXPIRED>),
        ("used_other_resource", pair::<USED, OTHER>),
        ("used_first_wrong", pair::<USED, FIRST>),
        ("used_last_wrong", pair::<USED, LAST>),
        ("expired_other_resource", pair::<EXPIRED, OTHER>),
        ("expired_first_wrong", pair::<EXPIRED, FIRST>),
        ("expired_last_wrong", pair::<EXPIRED, LAST>),
        ("other_resource_first_wrong", pair::<OTHER, FIRST>),
        ("other_resource_last_wrong", pair::<OTHER, LAST>),
        ("first_wrong_last_wrong", pair::<FIRST, LAST>),
        ("control_unknown_garbage", pair::<UNKNOWN, GARBAGE>),
    ];
    let benches = pairs.map(|(name, benchfn)| BenchMetadata {
        name: BenchName(name),
        seed: Some(7),
        benchfn,
    });
    let options = BenchOpts {
        filter: std::env::args().skip(1).find(|arg| !arg.starts_with('-')),
        ..BenchOpts::default()
    };
    run_benches_console(options, benches.into())
}

/// Times refusals for two causes, in a random order, in one scene after the other.
fn pair<const LEFT: usize, const RIGHT: usize>(runner: &mut CtRunner, random: &mut BenchRng) {
    for scene in 0..SCENES {
        let scene = Scene::new(scene);
        // Every text is shown from the same place.
        let mut shown = String::with_capacity(64);
        for _ in 0..SAMPLES / SCENES {
            let (class, cause) = if random.random() {
                (Class::Left, LEFT)
            } else {
                (Class::Right, RIGHT)
            };
            shown.clear();
            shown.push_str(&scene.texts[random.random_range(0..TOKENS)][cause]);
            runner.run_one(class, || {
                ready(scene.gate.redeem(&shown, &scene.resource)).is_err()
            });
        }
    }
}

/// A gate, and tokens that it refuses: of each cause one, many times.
struct Scene {
    gate: TestGate,
    resource: Resource,
    texts: Vec<[String; 7]>,
}

type TestGate = TokenGate<Arc<Arc<MemoryStore>>>;

impl Scene {
    fn new(number: usize) -> Self {
        let first = number * 100 * TOKENS;
        let store = Arc::new(MemoryStore::new(limits()));
        let gate = gate(Arc::clone(&store), Draws::from(first));
        let resource = Resource::new(["generation", "0123456789"]).expect("two short parts");
        let elsewhere = Resource::new(["generation", "9876543210"]).expect("two short parts");

        let brief = Duration::from_millis(20);
        let expired = issue(&gate, &resource, brief);
        thread::sleep(2 * brief);
        store.purge();
        let used = issue(&gate, &resource, TTL);
        for token in &used {
            ready(gate.redeem(token, &resource)).expect("a fresh token");
        }
        // Good tokens, and what they would be with one character changed.
        let live = issue(&gate, &resource, TTL);
        let near = |draws| issue(&other_gate(draws), &resource, TTL);
        let first_wrong = near(Draws::changed(first + 2 * TOKENS, 0, 0x80));
        let last_wrong = near(Draws::changed(first + 2 * TOKENS, 31, 0x01));
        assert_eq!(differences(&first_wrong, &live), [6]);
        assert_eq!(differences(&last_wrong, &live), [48]);
        let unknown = near(Draws::from(first + 10 * TOKENS));
        let other = issue(&gate, &elsewhere, TTL);
        let garbage: Vec<_> = live
            .iter()
            .map(|text| format!("{}~", &text[..54]))
            .collect();
        let causes = [
            &unknown,
            &used,
            &expired,
            &other,
            &first_wrong,
            &last_wrong,
            &garbage,
        ];
        Self {
            gate,
            resource,
            texts: (0..TOKENS)
                .map(|n| causes.map(|texts| texts[n].clone()))
                .collect(),
        }
    }
}

/// Where the secrets of tokens differ. Their checksums do, too.
fn differences(some: &[String], others: &[String]) -> Vec<usize> {
    let differs = |at: &usize| {
        let mut pairs = some.iter().zip(others);
        pairs.any(|(some, other)| some.as_bytes()[*at] != other.as_bytes()[*at])
    };
    (0..49).filter(differs).collect()
}

fn limits() -> Limits {
    Limits::default().with_tokens_per_subject(10 * TOKENS)
}

fn gate(store: Arc<MemoryStore>, draws: Draws) -> TestGate {
    let builder = TokenGate::builder(store).with_entropy(draws).with_ttl(TTL);
    builder.expect("a quarter of an hour").build()
}

fn other_gate(draws: Draws) -> TestGate {
    gate(Arc::new(MemoryStore::new(limits())), draws)
}

fn issue(gate: &TestGate, resource: &Resource, ttl: Duration) -> Vec<String> {
    let issue = |_| {
        let subject = Subject::new("alice").expect("a short name");
        let request = GrantRequest::new(subject, resource.clone()).with_ttl(ttl);
        let issued = ready(gate.issue(request)).expect("there is room");
        issued.token().expose().to_owned()
    };
    (0..TOKENS).map(issue).collect()
}

/// Randomness that can be drawn a second time, with some bits of a byte changed.
#[derive(Debug)]
struct Draws {
    next: AtomicU64,
    byte: usize,
    bits: u8,
}

impl Draws {
    fn from(first: usize) -> Self {
        Self::changed(first, 0, 0)
    }

    fn changed(first: usize, byte: usize, bits: u8) -> Self {
        let next = AtomicU64::new(first as u64);
        Self { next, byte, bits }
    }
}

impl Entropy for Draws {
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError> {
        let seed = self.next.fetch_add(1, Ordering::Relaxed);
        StdRng::seed_from_u64(seed).fill_bytes(bytes);
        bytes[self.byte] ^= self.bits;
        Ok(())
    }
}

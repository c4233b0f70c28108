//! What a step of the ledger costs, for a subject with few tokens and for one with many.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use sse_gate_core::conformance::Sample;
use sse_gate_core::{Clock, Entry, Ledger, Limits, ManualClock, SteadyTime};

const FEW: u64 = 128;
const MANY: u64 = 128 * FEW;
const STEPS: u64 = 200;
const TTL: Duration = Duration::from_secs(60);

/// A ledger with so many tokens of one subject. The first of them ends first.
struct Book {
    ledger: Ledger<u64>,
    entry: Entry,
    start: SteadyTime,
    count: u64,
}

impl Book {
    fn new(count: u64, room: u64) -> Self {
        let max = usize::try_from(count + room).unwrap();
        let limits = Limits::default()
            .with_tokens(max + 6 * usize::try_from(STEPS).unwrap())
            .with_tokens_per_subject(max)
            .with_payload_bytes_per_subject(2 * max);
        let book = Self {
            ledger: Ledger::new(limits),
            entry: Sample::of("service account", 2).entry,
            start: ManualClock::default().steady(),
            count,
        };
        for id in 0..count {
            assert!(book.enter(id, book.start));
        }
        book
    }

    fn enter(&self, id: u64, now: SteadyTime) -> bool {
        let entered = self.ledger.enter(id, &self.entry, self.end(id), now);
        entered.is_ok()
    }

    fn leave(&self, id: u64) {
        self.ledger.leave(id, &self.entry, self.end(id));
    }

    fn end(&self, id: u64) -> SteadyTime {
        self.start.saturating_add(TTL + Duration::from_millis(id))
    }
}

/// Claims that a step among 128 times as many tokens takes not nearly 128 times as long. The shortest of
/// several rounds counts, which other work on the machine disturbs least.
fn does_not_grow(what: &str, room: u64, step: impl Fn(&Book, u64)) {
    let [few, many] = [FEW, MANY].map(|count| {
        let book = Book::new(count, room);
        let rounds = (0..6).map(|round| {
            let start = Instant::now();
            for n in 0..STEPS {
                step(&book, round * STEPS + n);
            }
            start.elapsed()
        });
        rounds.min().unwrap()
    });
    let ratio = many.as_secs_f64() / few.as_secs_f64();
    assert!(ratio < 16.0, "{what}: {ratio:.1} times as long");
}

/// C15: a service account with very many unused tokens does not make steps slow.
#[test]
fn no_step_grows_with_the_number_of_tokens_of_a_subject() {
    does_not_grow("a token that comes and goes", 1, |book, n| {
        assert!(book.enter(book.count + n, book.start));
        book.leave(book.count + n);
    });
    does_not_grow("any token that goes and comes", 1, |book, n| {
        let any = n * 7_919 % book.count;
        book.leave(any);
        assert!(book.enter(any, book.start));
    });
    does_not_grow("a token that is refused", 0, |book, n| {
        assert!(!book.enter(book.count + n, book.start));
    });
}

/// C15, C16: a token that needs room takes it from one that has ended, and looks at no others.
#[test]
fn a_token_takes_the_place_of_one_that_has_ended() {
    does_not_grow("a token at each end of another", 0, |book, n| {
        assert!(book.enter(book.count + n, book.end(n)));
    });
}

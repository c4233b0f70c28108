//! Readers of one log on one thread and on two, beside those of a `tokio::sync::broadcast` channel:
//! `cargo bench -p sse-gate-benches --bench readers`.
//!
//! Each thread has readers of its own, and asks each twice for an event, as a server does: it has one, and then none. Who
//! shares a lock with the others waits for them.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its table"
)]

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::Stream;
use sse_gate_benches::{median, ready};
use sse_gate_codec::Event;
use sse_gate_resume::backend::{Page, Reader};
use sse_gate_resume::{Log, Logs};
use tokio::sync::broadcast::{self, Sender};
use tokio_stream::wrappers::BroadcastStream;

/// On each thread.
const READERS: usize = 4_000;
const EVENTS: usize = 50;
const ROUNDS: usize = 11;

fn main() {
    let mut times: [Vec<f64>; 4] = Default::default();
    for _ in 0..ROUNDS {
        let round = [
            time::<Gate>(1),
            time::<Broadcast>(1),
            time::<Gate>(2),
            time::<Broadcast>(2),
        ];
        for (times, time) in times.iter_mut().zip(round) {
            times.push(time.as_secs_f64());
        }
    }
    let ratio = |one: usize, other: usize| {
        let pairs = times[one].iter().zip(&times[other]);
        median(pairs.map(|(one, other)| one / other).collect())
    };
    println!(
        "a log ÷ a broadcast channel, one thread: {:.2}",
        ratio(0, 1)
    );
    println!("the same on two threads: {:.2}", ratio(2, 3));
    println!("a log on two threads ÷ on one: {:.2}", ratio(2, 0));
    println!("a broadcast channel, the same: {:.2}", ratio(3, 1));
}

/// Something that is read by many.
trait Shared: Sized {
    type Reader: Send;

    fn new() -> Self;
    fn reader(&self) -> Self::Reader;
    fn publish(&self);
    /// Reads an event, and then waits for the next.
    fn read(reader: &mut Self::Reader, events_before: u64, cx: &mut Context<'_>);
}

struct Gate(Log);

impl Shared for Gate {
    type Reader = Reader;

    fn new() -> Self {
        Self(ready(Logs::default().create()).unwrap())
    }

    fn reader(&self) -> Reader {
        self.0.reader()
    }

    fn publish(&self) {
        ready(self.0.append(&Event::new().data("hello"))).unwrap();
    }

    fn read(reader: &mut Reader, events_before: u64, cx: &mut Context<'_>) {
        let mut page = Page::default();
        assert!(reader.poll_read(events_before, &mut page, cx).is_ready());
        let more = reader.poll_read(events_before + 1, &mut Page::default(), cx);
        assert!(more.is_pending());
    }
}

struct Broadcast(Sender<&'static str>);

impl Shared for Broadcast {
    type Reader = BroadcastStream<&'static str>;

    fn new() -> Self {
        Self(broadcast::channel(1_024).0)
    }

    fn reader(&self) -> Self::Reader {
        BroadcastStream::new(self.0.subscribe())
    }

    fn publish(&self) {
        self.0.send("hello").unwrap();
    }

    fn read(reader: &mut Self::Reader, _: u64, cx: &mut Context<'_>) {
        assert!(Pin::new(&mut *reader).poll_next(cx).is_ready());
        assert!(Pin::new(reader).poll_next(cx).is_pending());
    }
}

/// A task that is only counted.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// What all readers of so many threads take for all events, for each thread.
fn time<S: Shared>(threads: usize) -> Duration {
    let shared = S::new();
    let mut crowds: Vec<Vec<(S::Reader, Waker)>> = (0..threads)
        .map(|_| {
            let readers =
                (0..READERS).map(|_| (shared.reader(), Waker::from(Arc::<Woken>::default())));
            readers.collect()
        })
        .collect();
    let mut spent = Duration::ZERO;
    for event in 0..EVENTS as u64 {
        shared.publish();
        spent += thread::scope(|scope| {
            let running: Vec<_> = crowds
                .iter_mut()
                .map(|crowd| scope.spawn(move || read_all::<S>(crowd, event)))
                .collect();
            let times = running.into_iter().map(|it| it.join().unwrap());
            times.sum::<Duration>() / u32::try_from(threads).unwrap()
        });
    }
    spent
}

fn read_all<S: Shared>(crowd: &mut [(S::Reader, Waker)], event: u64) -> Duration {
    let start = Instant::now();
    for (reader, waker) in crowd {
        S::read(reader, event, &mut Context::from_waker(waker));
    }
    start.elapsed()
}

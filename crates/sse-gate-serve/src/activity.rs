//! Which connections have something to do: [`Activity`].

mod body;
mod watched;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

pub(crate) use body::TrackedBody;
pub(crate) use watched::Watched;

/// A timer is not set anew sooner than this, however short a limit is.
const SOONEST: Duration = Duration::from_millis(10);

/// Which requests of one connection are under way, and since when there has been none.
///
/// A request is under way from its head to the end of its response's body. The client may still have to take bytes of it
/// then, and the connection is not idle before it has.
#[derive(Clone, Debug)]
pub(crate) struct Activity(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// By a number of their own, since when each is to be answered. Streams that go on have no such time.
    requests: Vec<(u64, Option<Instant>)>,
    next: u64,
    /// Since when there has been no request.
    changed: Instant,
    /// Since when the last answer was to be taken, after the first request.
    last: Option<Instant>,
    /// When the client took bytes last, after the end of all requests.
    taken: Instant,
    /// Whether bytes wait until the client takes them.
    has_waiting: bool,
}

/// How long a connection may be as it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Without a request.
    pub(crate) idle: Duration,
    /// With a request that is no stream.
    pub(crate) answer: Duration,
}

/// Which limit a connection has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Idle,
    Answer,
}

/// A request that is under way.
#[derive(Debug)]
pub(crate) struct UnderWay {
    activity: Activity,
    number: u64,
}

impl Activity {
    /// A connection that has just been opened.
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self(Arc::new(Mutex::new(State {
            requests: Vec::new(),
            next: 0,
            changed: now,
            last: None,
            taken: now,
            has_waiting: false,
        })))
    }

    /// Has the time without a request begin anew.
    pub(crate) fn renew(&self) {
        self.lock().changed = Instant::now();
    }

    /// A request begins.
    pub(crate) fn begin(&self) -> UnderWay {
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        state.requests.push((number, Some(Instant::now())));
        UnderWay {
            activity: self.clone(),
            number,
        }
    }

    /// The client has taken bytes.
    fn note_taken(&self) {
        self.lock().note_taken();
    }

    /// Whether bytes wait for the client has changed.
    fn note_waiting(&self, is_waiting: bool) {
        let mut state = self.lock();
        state.has_waiting = is_waiting;
        state.note_taken();
    }

    /// Returns when the connection has reached a limit.
    ///
    /// Its timer is set anew only when it runs out, and not with each request. So it never runs for longer than the
    /// shorter limit: the next request may begin at once.
    pub(crate) async fn over(&self, limits: Limits) -> Over {
        let shorter = limits.idle.min(limits.answer).max(SOONEST);
        loop {
            let now = Instant::now();
            let next = self.lock().next_limit(limits);
            if let Some((_, over)) = next.filter(|(at, _)| *at <= now) {
                return over;
            }
            let at = next.map_or(now + shorter, |(at, _)| at.min(now + shorter));
            sleep_until(at).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Where a request is. Their numbers are in order.
    fn place_of(&self, number: u64) -> Result<usize, usize> {
        self.requests.binary_search_by_key(&number, |(it, _)| *it)
    }

    fn note_taken(&mut self) {
        // It counts, and costs a look at the clock, only behind the end of all requests.
        if self.requests.is_empty() {
            self.taken = Instant::now();
        }
    }

    /// The limit that is reached first, and when. `None` while there are only streams.
    fn next_limit(&self, limits: Limits) -> Option<(Instant, Over)> {
        if !self.requests.is_empty() {
            let oldest = self.requests.iter().filter_map(|(_, since)| *since).min()?;
            return Some((oldest + limits.answer, Over::Answer));
        }
        let idle = self.changed + limits.idle;
        // The end of an answer may take as long as the answer might.
        let ends = self.last.map(|since| since + limits.answer);
        Some(match ends {
            Some(ends) if self.has_waiting => (ends, Over::Answer),
            Some(ends) => (idle.max(ends.min(self.taken + limits.idle)), Over::Idle),
            None => (idle, Over::Idle),
        })
    }
}

impl UnderWay {
    /// Its response is a stream, which may go on for as long as it likes.
    pub(crate) fn goes_on(&self) {
        self.set(None);
    }

    /// From now on, its client has to take something.
    fn waits(&self) {
        self.set(Some(Instant::now()));
    }

    fn set(&self, since: Option<Instant>) {
        let mut state = self.activity.lock();
        if let Ok(at) = state.place_of(self.number) {
            state.requests[at].1 = since;
        }
    }

    /// Has the request end with its response's body.
    pub(crate) fn until_end_of<B>(self, body: B) -> TrackedBody<B> {
        TrackedBody::new(body, self)
    }

    /// As [`until_end_of`](Self::until_end_of), of a stream. Each frame of it has to be taken within the time of an answer.
    pub(crate) fn until_end_of_stream<B>(self, body: B) -> TrackedBody<B> {
        TrackedBody::of_stream(body, self)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let now = Instant::now();
        let mut state = self.activity.lock();
        if let Ok(at) = state.place_of(self.number) {
            let (_, since) = state.requests.remove(at);
            state.last = state.last.max(Some(since.unwrap_or(now)));
        }
        state.changed = now;
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http_body_util::Full;
    use tokio::time::sleep;

    use super::*;

    const LIMITS: Limits = Limits {
        idle: Duration::from_secs(30),
        answer: Duration::from_secs(100),
    };

    #[tokio::test(start_paused = true)]
    async fn the_limit_counts_from_the_end_of_the_last_request() {
        let activity = Activity::new();
        let start = Instant::now();
        let (one, two) = (activity.begin(), activity.begin());
        tokio::spawn(async move {
            sleep(Duration::from_secs(50)).await;
            drop(one);
            let body = two.until_end_of(Full::new(Bytes::new()));
            // For longer than the connection may be idle.
            sleep(Duration::from_secs(40)).await;
            drop(body);
        });
        assert_eq!(activity.over(LIMITS).await, Over::Idle);
        assert_eq!(start.elapsed(), Duration::from_secs(90) + LIMITS.idle);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_may_go_on_and_another_request_may_not() {
        let activity = Activity::new();
        let start = Instant::now();
        let stream = activity.begin();
        stream.goes_on();
        let other = activity.clone();
        tokio::spawn(async move {
            sleep(Duration::from_secs(1001)).await;
            let request = other.begin();
            sleep(Duration::from_secs(90)).await;
            drop(request);
            std::mem::forget(other.begin());
        });
        assert_eq!(activity.over(LIMITS).await, Over::Answer);
        assert_eq!(start.elapsed(), Duration::from_secs(1091) + LIMITS.answer);
        drop(stream);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_any_request_is_idle_from_the_start() {
        let start = Instant::now();
        assert_eq!(Activity::new().over(LIMITS).await, Over::Idle);
        assert_eq!(start.elapsed(), LIMITS.idle);
    }

    /// An answer may be written long after its body has ended: the client takes it for as long as an answer may take.
    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_the_end_of_an_answer_is_not_idle() {
        for (taken_until, ends_at, why) in [
            (12, 42, Over::Idle),
            (50, 80, Over::Idle),
            (95, 100, Over::Idle),
            (200, 100, Over::Answer),
        ] {
            let activity = Activity::new();
            let start = Instant::now();
            let request = activity.begin();
            let other = activity.clone();
            tokio::spawn(async move {
                sleep(Duration::from_secs(10)).await;
                drop(request);
                other.note_waiting(true);
                sleep(Duration::from_secs(taken_until - 10)).await;
                other.note_waiting(false);
            });
            assert_eq!(activity.over(LIMITS).await, why, "{taken_until}");
            assert_eq!(start.elapsed(), Duration::from_secs(ends_at));
        }
    }

    /// Of HTTP/2, bytes may wait where no write shows it. A write shows that the client takes some.
    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_bytes_after_an_answer_is_not_idle() {
        for (is_asked, ends_at) in [(true, 100), (false, 30)] {
            let activity = Activity::new();
            let start = Instant::now();
            if is_asked {
                drop(activity.begin());
            }
            let other = activity.clone();
            tokio::spawn(async move {
                loop {
                    other.note_taken();
                    sleep(Duration::from_secs(20)).await;
                }
            });
            assert_eq!(activity.over(LIMITS).await, Over::Idle);
            assert_eq!(start.elapsed(), Duration::from_secs(ends_at));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_a_stream_has_the_time_of_an_answer() {
        let activity = Activity::new();
        let start = Instant::now();
        let stream = activity.begin();
        stream.goes_on();
        sleep(Duration::from_secs(1000)).await;
        drop(stream);
        activity.note_waiting(true);
        assert_eq!(activity.over(LIMITS).await, Over::Answer);
        assert_eq!(start.elapsed(), Duration::from_secs(1000) + LIMITS.answer);
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_without_a_request_can_begin_anew() {
        let activity = Activity::new();
        let start = Instant::now();
        sleep(Duration::from_secs(20)).await;
        activity.renew();
        assert_eq!(activity.over(LIMITS).await, Over::Idle);
        assert_eq!(start.elapsed(), Duration::from_secs(20) + LIMITS.idle);
    }

    /// A request may begin right after the timer was set to the limit of the idle, and have less time than that.
    #[tokio::test(start_paused = true)]
    async fn the_shorter_limit_is_not_missed() {
        let limits = Limits {
            idle: LIMITS.answer,
            answer: LIMITS.idle,
        };
        let activity = Activity::new();
        let start = Instant::now();
        let other = activity.clone();
        tokio::spawn(async move {
            sleep(Duration::from_secs(1)).await;
            std::mem::forget(other.begin());
        });
        assert_eq!(activity.over(limits).await, Over::Answer);
        assert_eq!(start.elapsed(), Duration::from_secs(1) + limits.answer);
    }

    /// A limit of zero does not keep a processor busy, nor end a stream.
    #[tokio::test(start_paused = true)]
    async fn a_limit_of_zero_sets_no_timer_all_the_time() {
        let limits = Limits {
            idle: LIMITS.idle,
            answer: Duration::ZERO,
        };
        let activity = Activity::new();
        let stream = activity.begin();
        stream.goes_on();
        let (mut polls, mut over) = (0, Box::pin(activity.over(limits)));
        let counted = std::future::poll_fn(|cx| {
            polls += 1;
            over.as_mut().poll(cx)
        });
        let ended = tokio::time::timeout(Duration::from_secs(1), counted).await;
        assert!(ended.is_err());
        assert!(polls <= 102, "{polls}");
    }
}

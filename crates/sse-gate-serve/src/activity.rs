//! Which connections have something to do: [`Activity`].

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, sleep_until};

/// A timer is not set anew sooner than this, however short a limit is.
const SOONEST: Duration = Duration::from_millis(10);

/// Which requests of one connection are under way, and since when there has been none.
///
/// A request is under way from its head to the end of its response's body.
#[derive(Clone, Debug)]
pub(crate) struct Activity(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// By a number of their own, when they began; streams that go on have no such time.
    requests: Vec<(u64, Option<Instant>)>,
    next: u64,
    changed: Instant,
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

/// The body of a response, whose request is under way until it is dropped.
#[derive(Debug)]
pub(crate) struct TrackedBody<B> {
    body: Pin<Box<B>>,
    _request: UnderWay,
}

impl Activity {
    /// A connection that has just been opened.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            requests: Vec::new(),
            next: 0,
            changed: Instant::now(),
        })))
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
    /// The limit that is reached first, and when. `None` while there are only streams.
    fn next_limit(&self, limits: Limits) -> Option<(Instant, Over)> {
        if self.requests.is_empty() {
            return Some((self.changed + limits.idle, Over::Idle));
        }
        let oldest = self.requests.iter().filter_map(|(_, began)| *began).min()?;
        Some((oldest + limits.answer, Over::Answer))
    }
}

impl UnderWay {
    /// Its response is a stream, which may go on for as long as it likes.
    pub(crate) fn goes_on(&self) {
        let mut state = self.activity.lock();
        let mut requests = state.requests.iter_mut();
        if let Some((_, began)) = requests.find(|(number, _)| *number == self.number) {
            *began = None;
        }
    }

    /// Has the request end with its response's body.
    pub(crate) fn until_end_of<B>(self, body: B) -> TrackedBody<B> {
        TrackedBody {
            body: Box::pin(body),
            _request: self,
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.activity.lock();
        state.requests.retain(|(number, _)| *number != self.number);
        state.changed = Instant::now();
    }
}

impl<B: Body> Body for TrackedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.body.as_mut().poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http_body_util::{BodyExt, Full};
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

    /// What is tracked is sent as if it were not.
    #[tokio::test]
    async fn a_tracked_body_is_like_its_own() {
        let body = Full::new(Bytes::from_static(b"hello"));
        let mut body = Activity::new().begin().until_end_of(body);
        assert_eq!(body.size_hint().exact(), Some(5));
        assert!(!body.is_end_stream());
        let frame = body.frame().await.expect("there is a frame").unwrap();
        assert_eq!(frame.into_data().unwrap(), "hello");
        assert!(body.is_end_stream());
        assert!(body.frame().await.is_none());
    }
}

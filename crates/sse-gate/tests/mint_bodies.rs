//! `MintService` and bodies that are slow, large or many.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::convert::Infallible;
use std::future::ready;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full, StreamBody};
use sse_gate::core::{MintRefusalReason, Signal};
use sse_gate::mint::{AuthError, Bearer, BodyLimits, Denied, Identity, MintRequest, MintService};
use sse_gate::{Gate, SseRoute, Subject};
use support::Witness;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_stream::wrappers::ReceiverStream;
use tower::ServiceExt;

type Chunk = Result<Frame<Bytes>, &'static str>;

/// Knows the callers by the names they show, and permits everything.
fn mint(witness: &Witness) -> MintService {
    let gate = Gate::builder().with_observer(witness.clone()).in_memory();
    let who = |parts: Parts| {
        let name = Bearer::of(&parts.headers).map(|bearer| bearer.as_str().to_owned());
        ready(name.and_then(|name| match &*name {
            "nobody" => Err(AuthError::invalid()),
            name => Ok(Identity::new(Subject::new(name).unwrap())),
        }))
    };
    let whether = |request: MintRequest| ready(Ok::<_, Denied>(request.permit()));
    let route = SseRoute::new("/room").unwrap();
    MintService::new(&gate, route, who, whether)
}

/// A request of this user's whose body the test writes.
fn dripping(
    name: &str,
) -> (
    mpsc::Sender<Chunk>,
    Request<StreamBody<ReceiverStream<Chunk>>>,
) {
    let (sender, receiver) = mpsc::channel(64);
    let body = StreamBody::new(ReceiverStream::new(receiver));
    let request = Request::post("/room-token")
        .header(AUTHORIZATION, format!("Bearer {name}"))
        .header(CONTENT_TYPE, "application/json")
        .body(body);
    (sender, request.unwrap())
}

#[expect(clippy::unnecessary_wraps, reason = "it is what the channel carries")]
fn data(text: &'static str) -> Chunk {
    Ok(Frame::data(Bytes::from_static(text.as_bytes())))
}

fn refused(witness: &Witness) -> Vec<MintRefusalReason> {
    let signals = witness.signals().into_iter();
    let reasons = signals.filter_map(|signal| match signal {
        Signal::MintRefused(reason) => Some(reason),
        _ => None,
    });
    reasons.collect()
}

async fn text(response: Response<Full<Bytes>>) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

/// C20, C22: a body has its time, and each byte that drips in gives it no more.
#[tokio::test(start_paused = true)]
async fn a_body_that_drips_is_refused_when_its_time_is_up() {
    for (limit, drips) in [(None, true), (Some(300), true), (Some(300), false)] {
        let witness = Witness::default();
        let mint = mint(&witness);
        let mint = match limit {
            Some(millis) => mint.with_body_time_limit(Duration::from_millis(millis)),
            None => mint,
        };
        let (sender, request) = dripping("alice");
        sender.send(data("{")).await.unwrap();
        let dripper = tokio::spawn(async move {
            while drips && sender.send(data(" ")).await.is_ok() {
                sleep(Duration::from_millis(10)).await;
            }
            std::future::pending::<()>().await;
        });
        let started = Instant::now();
        let response = mint.oneshot(request).await.unwrap();
        let expected = limit.unwrap_or(10_000);
        assert_eq!(started.elapsed(), Duration::from_millis(expected));
        assert_eq!(response.status(), 408);
        assert_eq!(refused(&witness), [MintRefusalReason::BodyTooSlow]);
        dripper.abort();
    }
}

/// C22: who is not known has no body read, not a byte of it.
#[tokio::test(start_paused = true)]
async fn nothing_of_a_body_is_read_before_its_sender_is_known() {
    let witness = Witness::default();
    let (sender, request) = dripping("nobody");
    for _ in 0..64 {
        sender.try_send(data(" ")).unwrap();
    }
    let started = Instant::now();
    let response = mint(&witness).oneshot(request).await.unwrap();
    assert_eq!(response.status(), 401);
    assert!(started.elapsed().is_zero());
}

/// C22: at its cap a subject is refused at once, others are not, and a body that is over counts
/// no more, however it ended.
#[tokio::test(start_paused = true)]
async fn bodies_under_way_are_counted_by_subject() {
    let witness = Witness::default();
    let mint = mint(&witness);
    let (mut senders, mut requests) = (Vec::new(), Vec::new());
    for _ in 0..16 {
        let (sender, request) = dripping("alice");
        senders.push(sender);
        requests.push(tokio::spawn(mint.clone().oneshot(request)));
    }
    tokio::task::yield_now().await;
    let started = Instant::now();
    let (_sender, request) = dripping("alice");
    let response = mint.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "1");
    assert!(text(response).await.contains("requests under way"));
    assert_eq!(refused(&witness), [MintRefusalReason::BodiesPerSubject]);
    let (sender, request) = dripping("bob");
    sender.send(data("{}")).await.unwrap();
    drop(sender);
    let response = mint.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200, "bob is not alice");
    let empty = Request::post("/room-token").header(AUTHORIZATION, "Bearer alice");
    let empty = empty.body(Full::new(Bytes::new())).unwrap();
    let response = mint.clone().oneshot(empty).await.unwrap();
    assert_eq!(response.status(), 200, "there is no body to wait for");
    assert!(started.elapsed().is_zero());

    // One client leaves, one breaks off, one is done, the others are too slow.
    requests.remove(0).abort();
    senders[1].send(Err("it broke off")).await.unwrap();
    let response = requests.remove(0).await.unwrap().unwrap();
    assert_eq!(response.status(), 400);
    senders[2].send(data("{}")).await.unwrap();
    senders.remove(2);
    let response = requests.remove(0).await.unwrap().unwrap();
    assert_eq!(response.status(), 200);
    for response in join_all(requests).await {
        assert_eq!(response.unwrap().unwrap().status(), 408);
    }
    for _ in 0..2 {
        let (all, _senders): (Vec<_>, Vec<_>) = (0..16)
            .map(|_| {
                let (sender, request) = dripping("alice");
                (mint.clone().oneshot(request), sender)
            })
            .unzip();
        let statuses = join_all(all).await.into_iter();
        let statuses: Vec<_> = statuses.map(|it| it.unwrap().status().as_u16()).collect();
        assert_eq!(statuses, [408; 16], "places are given back");
    }
}

/// C22: bodies, and their bytes, are counted in all, over the clones of a service.
#[tokio::test(start_paused = true)]
async fn bodies_and_their_bytes_are_counted_in_all() {
    let witness = Witness::default();
    let limits = BodyLimits::default().with_in_all(3).with_bytes_in_all(100);
    let mint = mint(&witness).with_body_limits(limits);
    let mut kept = Vec::new();
    for name in ["alice", "bob"] {
        let (sender, request) = dripping(name);
        sender.send(data("          ")).await.unwrap();
        let response = tokio::spawn(mint.clone().oneshot(request));
        kept.push((sender, response));
    }
    tokio::task::yield_now().await;
    let (sender, request) = dripping("carol");
    for _ in 0..9 {
        sender.send(data("          ")).await.unwrap();
    }
    let response = mint.clone().oneshot(request).await.unwrap();
    assert_eq!(
        response.status(),
        503,
        "20 bytes are kept, 90 more are too many"
    );
    assert_eq!(response.headers()["retry-after"], "1");
    let (sender, request) = dripping("carol");
    for _ in 0..8 {
        sender.send(data("          ")).await.unwrap();
    }
    let third = tokio::spawn(mint.clone().oneshot(request));
    tokio::task::yield_now().await;
    let (_sender, request) = dripping("dave");
    let response = mint.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 503, "three bodies are under way");
    drop(sender);
    assert_eq!(third.await.unwrap().unwrap().status(), 200);
    assert_eq!(refused(&witness), [MintRefusalReason::BodiesInAll; 2]);
}

/// C22: a body that says that it is too large is not waited for, nor is one that turns out to be.
#[tokio::test(start_paused = true)]
async fn a_body_too_large_is_not_waited_for() {
    let witness = Witness::default();
    let mint = mint(&witness).with_max_body(10);
    let (sender, request) = dripping("alice");
    sender.send(data("{         ")).await.unwrap();
    sender.send(data("}")).await.unwrap();
    let started = Instant::now();
    let response = mint.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 413);
    let request = Request::post("/room-token").header(AUTHORIZATION, "Bearer alice");
    let request = request.body(Full::<Bytes>::from("x".repeat(11))).unwrap();
    assert_eq!(mint.clone().oneshot(request).await.unwrap().status(), 413);
    let request = Request::post("/room-token").header(AUTHORIZATION, "Bearer alice");
    let request = request.body(Announced(11)).unwrap();
    assert_eq!(mint.oneshot(request).await.unwrap().status(), 413);
    assert!(started.elapsed().is_zero());
    assert_eq!(refused(&witness), [MintRefusalReason::BodyTooLarge; 3]);
}

/// A body that says how long it is, and does not come.
struct Announced(u64);

impl Body for Announced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0)
    }
}

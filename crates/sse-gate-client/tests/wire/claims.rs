//! What holds over a socket, whatever the transport.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use http::StatusCode;
use sse_gate_client::{
    Bearer, Direct, End, ErrorKind, EventSource, MintEachTime, State, Transport, Update,
};

use crate::client::{COMPLETE, SECRET, all, bearer, hasty, in_time, next, open};
use crate::server::{Reply, Server};

pub(crate) async fn a_server_that_fails_for_a_while_is_asked_again(transport: impl Transport) {
    let complete = Reply::events(&format!("data: 1\n\n{COMPLETE}"));
    let bad = ["502 Bad Gateway", "504 Gateway Timeout", "500 Oops"].map(Reply::status);
    let server = Server::start([&bad[..], &[complete]].concat()).await;
    let (data, end) = all(open(transport, &server, hasty())).await;
    assert_eq!(data, ["1"]);
    end.expect("it is complete");
    assert_eq!(server.requests().len(), 4);
}

/// G10
pub(crate) async fn retry_after_is_obeyed(transport: impl Transport) {
    let busy = Reply::status("503 Busy\r\nretry-after: 1");
    let server = Server::start(vec![busy, Reply::events(COMPLETE)]).await;
    let start = Instant::now();
    let (_, end) = all(open(transport, &server, hasty())).await;
    end.expect("it is complete");
    assert!(start.elapsed() >= Duration::from_secs(1));
}

/// H8
pub(crate) async fn no_content_ends_the_stream(transport: impl Transport) {
    let server = Server::start(vec![Reply::status("204 No Content")]).await;
    let updates: Vec<_> = in_time(open(transport, &server, hasty()).collect()).await;
    let last = updates.last().expect("an update").as_ref();
    let closed = Update::State(State::Closed(End::NoContent));
    assert_eq!(last.expect("it is no error"), &closed);
    assert_eq!(server.requests().len(), 1);
}

pub(crate) async fn an_event_that_is_cut_comes_again_whole(transport: impl Transport) {
    let kind = "content-type: text/event-stream";
    let first = Reply::cut(kind, "id: 1\ndata: one\n\nid: 2\ndata: t");
    let second = Reply::events("id: 2\ndata: two\n\nid: 3\ndata: th");
    let third = Reply::events(&format!("id: 3\ndata: three\n\n{COMPLETE}"));
    let server = Server::start(vec![first, second, third]).await;
    let (data, end) = all(open(transport, &server, hasty())).await;
    assert_eq!(data, ["one", "two", "three"]);
    end.expect("it is complete");
    let requests = server.requests();
    assert!(!requests[0].contains("last-event-id"), "{}", requests[0]);
    assert!(
        requests[1].contains("last-event-id: 1\r\n"),
        "{}",
        requests[1]
    );
    assert!(
        requests[2].contains("last-event-id: 2\r\n"),
        "{}",
        requests[2]
    );
}

/// H8
pub(crate) async fn a_redirect_within_the_origin_is_followed(transport: impl Transport) {
    let away = Reply::status("307 There\r\nlocation: /other?a=b");
    let server = Server::start(vec![away, Reply::events(COMPLETE)]).await;
    let (_, end) = all(open(transport, &server, hasty())).await;
    end.expect("it is complete");
    let requests = server.requests();
    assert!(
        requests[1].starts_with("get /other?a=b http/1.1\r\n"),
        "{}",
        requests[1]
    );
    assert!(requests[1].contains(SECRET), "{}", requests[1]);
    assert!(!requests[1].contains("referer"), "{}", requests[1]);
}

/// H8: no credential goes to another origin, and no request either.
pub(crate) async fn a_redirect_to_another_origin_gets_no_request(transport: impl Transport) {
    let other = Server::start(vec![Reply::events(COMPLETE)]).await;
    let location = format!("302 There\r\nlocation: {}", other.url("/"));
    let server = Server::start(vec![Reply::status(&location)]).await;
    let (_, end) = all(open(transport, &server, hasty())).await;
    let error = end.expect_err("it is refused");
    assert_eq!(error.kind(), ErrorKind::ForeignRedirect);
    assert_eq!(error.detail(), Some(other.url("").as_str()));
    assert_eq!(other.requests(), Vec::<String>::new());
}

/// H8
pub(crate) async fn redirects_in_a_circle_end(transport: impl Transport) {
    let server = Server::start(vec![Reply::status("301 There\r\nlocation: /stream")]).await;
    let (_, end) = all(open(transport, &server, hasty())).await;
    assert_eq!(
        end.expect_err("it is a circle").kind(),
        ErrorKind::TooManyRedirects
    );
    assert_eq!(server.requests().len(), 6);
}

/// H8
pub(crate) async fn a_page_is_not_a_stream(transport: impl Transport) {
    let page = Reply::body("content-type: text/html", "data: <p>\n\n");
    let server = Server::start(vec![page]).await;
    let (data, end) = all(open(transport, &server, hasty())).await;
    assert!(data.is_empty());
    assert_eq!(
        end.expect_err("it is a page").kind(),
        ErrorKind::NotAnEventStream
    );
    assert_eq!(server.requests().len(), 1);
}

/// H8: a bomb can't go off that is not unpacked.
pub(crate) async fn no_compression_is_asked_for_and_none_is_taken(transport: impl Transport) {
    let kind = "content-type: text/event-stream\r\ncontent-encoding: gzip";
    let server = Server::start(vec![Reply::body(kind, "a bomb")]).await;
    let (_, end) = all(open(transport, &server, hasty())).await;
    assert_eq!(end.expect_err("it is encoded").kind(), ErrorKind::Encoded);
    let requests = server.requests();
    let lines = requests[0].lines();
    let accepted: Vec<_> = lines
        .filter(|it| it.starts_with("accept-encoding:"))
        .collect();
    assert_eq!(accepted, ["accept-encoding: identity"]);
}

pub(crate) async fn silence_ends_a_connection(transport: impl Transport) {
    let silent = Reply::cut("content-type: text/event-stream", "id: 1\ndata: 1\n\n").stalled();
    let server = Server::start(vec![silent, Reply::events(COMPLETE)]).await;
    let settings = hasty().with_heartbeat(Duration::from_millis(100));
    let (data, end) = all(open(transport, &server, settings)).await;
    assert_eq!(data, ["1"]);
    end.expect("it is complete");
    assert_eq!(server.requests().len(), 2);
}

/// H8: a 401 brings a new credential, and a second one the end.
pub(crate) async fn a_refused_bearer_is_replaced_once(transport: impl Transport) {
    let refused = Reply::status("401 No");
    let good = Reply::events("data: 1\n\n");
    let server = Server::start(vec![refused.clone(), good, refused]).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let refreshing = move |refused: bool| {
        let number = count.fetch_add(usize::from(refused), Ordering::SeqCst) + usize::from(refused);
        async move { Ok(Bearer::new(format!("number{number}"))?) }
    };
    let direct = Direct::new(&server.url("/")).expect("it is a URL");
    let source = EventSource::with_settings(transport, direct.with_bearer(refreshing), hasty());
    let (data, end) = all(source).await;
    assert_eq!(data, ["1"]);
    assert_eq!(
        end.expect_err("it is refused").kind(),
        ErrorKind::Unauthorized
    );
    let requests = server.requests();
    let bearers = requests.iter().map(|it| {
        let (_, rest) = it
            .split_once("authorization: bearer number")
            .expect("a bearer");
        rest.as_bytes()[0] - b'0'
    });
    assert_eq!(bearers.collect::<Vec<_>>(), [0, 1, 1, 2]);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

/// H8
pub(crate) async fn a_mint_that_redirects_gets_no_bearer_elsewhere(transport: impl Transport) {
    let other = Server::start(vec![Reply::json("{}")]).await;
    let location = format!("307 There\r\nlocation: {}", other.url("/"));
    let server = Server::start(vec![Reply::status(&location)]).await;
    let mint = MintEachTime::new(&server.url("/token")).expect("it is a URL");
    let source = EventSource::with_settings(transport, mint.with_bearer(bearer()), hasty());
    let (_, end) = all(source).await;
    let refused = ErrorKind::Refused(StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(end.expect_err("it is refused").kind(), refused);
    assert_eq!(other.requests(), Vec::<String>::new());
}

/// D3, H8
pub(crate) async fn a_mint_can_not_lead_to_another_origin(transport: impl Transport) {
    let other = Server::start(vec![Reply::events(COMPLETE)]).await;
    let url = other.url("/stream");
    let answer = format!(r#"{{"sse_token":"sset1_x","stream_url":"{url}"}}"#);
    let server = Server::start(vec![Reply::json(&answer)]).await;
    let mint = MintEachTime::new(&server.url("/token")).expect("it is a URL");
    let source = EventSource::with_settings(transport, mint.with_bearer(bearer()), hasty());
    let (_, end) = all(source).await;
    let error = end.expect_err("it is refused");
    assert_eq!(error.kind(), ErrorKind::Source);
    assert!(
        error
            .source()
            .is_some_and(|it| it.to_string().contains("another origin"))
    );
    assert_eq!(other.requests(), Vec::<String>::new());
}

pub(crate) async fn dropping_the_stream_closes_the_connection(transport: impl Transport) {
    let open_end = Reply::cut("content-type: text/event-stream", "data: 1\n\n").stalled();
    let mut server = Server::start(vec![open_end]).await;
    let mut events = open(transport, &server, hasty()).events();
    assert_eq!(next(&mut events).await.data(), "1");
    drop(events);
    in_time(server.closed()).await;
}

/// D2: neither an error nor debug output shows what a log may not have.
pub(crate) async fn errors_and_debug_output_hold_no_credential(transport: impl Transport) {
    // A port that refuses.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let addr = gone.local_addr().expect("it is bound");
    drop(gone);
    let direct = Direct::new(&format!("http://{addr}/?token=sset1_secret")).expect("it is a URL");
    let settings = hasty()
        .with_attempt_limit(2)
        .with_last_event_id("sser1.secret");
    let source = EventSource::with_settings(transport, direct.with_bearer(bearer()), settings);
    let debug = format!("{source:?}");
    assert_eq!(debug, "EventSource { over: false, .. }");
    let mut texts = vec![debug];
    let (_, end) = all(source).await;
    let error = end.expect_err("nothing is there");
    assert_eq!(error.kind(), ErrorKind::GaveUp);
    texts.push(format!("{error:?} {error}"));
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    assert!(texts.len() > 2, "there is no cause in {texts:?}");
    let text = texts.join(" ");
    assert!(!text.contains("secret"), "{text}");
    assert!(text.contains("connection"), "{text}");
}

pub(crate) async fn a_declared_end_ends_the_stream_and_an_undeclared_one_does_not(
    transport: impl Transport + Clone,
) {
    let server = Server::start(vec![Reply::events("data: 1\n\n"), Reply::events(COMPLETE)]).await;
    let (data, end) = all(open(transport.clone(), &server, hasty())).await;
    assert_eq!(data, ["1"]);
    end.expect("it is complete");
    assert_eq!(server.requests().len(), 2);

    // A server that never declares it, and a client that knows.
    let cut = Reply::cut("content-type: text/event-stream", "data: 1\n\n");
    let server = Server::start(vec![cut, Reply::events("data: 2\n\n")]).await;
    let (data, end) = all(open(transport, &server, hasty().with_end_as_complete(true))).await;
    assert_eq!(data, ["1", "2"]);
    end.expect("it is complete");
}

/// H5
pub(crate) async fn an_event_that_is_too_large_ends_the_stream(transport: impl Transport) {
    let server = Server::start(vec![Reply::events("data: 1\n\ndata: 1234567890\n\n")]).await;
    let (data, end) = all(open(transport, &server, hasty().with_max_event(10))).await;
    assert_eq!(data, ["1"]);
    assert_eq!(
        end.expect_err("it is too large").kind(),
        ErrorKind::EventTooLarge
    );
}

/// G10
pub(crate) async fn the_limit_of_attempts_ends_the_stream(transport: impl Transport) {
    let server = Server::start(vec![Reply::status("502 Bad Gateway")]).await;
    let (_, end) = all(open(transport, &server, hasty().with_attempt_limit(3))).await;
    let error = end.expect_err("it gives up");
    assert_eq!(
        (error.kind(), error.detail()),
        (ErrorKind::GaveUp, Some("status 502"))
    );
    assert_eq!(server.requests().len(), 3);
}

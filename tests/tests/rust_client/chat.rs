//! Flow B: one token, and an answer that is produced once.

use futures_util::StreamExt;
use serde_json::json;
use sse_gate_client::{ErrorKind, EventSource, MintOnce, ReqwestTransport};
use sse_gate_tests::{Server, Setup, eventually, in_time};

use crate::cutting::{Cutting, Record};
use crate::reading::{bearer, hasty, next, url};

/// A client that asks a question, over HTTP/2.
fn ask(server: &Server) -> (EventSource, Record) {
    let question = json!({ "message": "What is a token?", "session_id": "1" });
    let mint = url(server, "/api/chat/stream/initiate");
    let mint = MintOnce::new(&mint, question).expect("it is a URL");
    let source = mint.with_bearer(bearer(&server.user("alice")));
    let http2 = reqwest::Client::builder().http2_prior_knowledge();
    let transport = ReqwestTransport::from_builder(http2).expect("TLS can be set up");
    let (transport, record) = Cutting::new(transport, &[]);
    (
        EventSource::with_settings(transport, source, hasty()),
        record,
    )
}

/// H8, D3: the server cuts the connection, and the answer goes on to its declared end, each event once.
pub(crate) async fn an_answer_goes_on_after_the_server_cuts_it(setup: Setup) {
    let server = setup.arg("pace", 40).arg("retry", 10).start();
    let alice = server.user("alice");
    let (source, record) = ask(&server);
    let mut events = source.events();
    let mut seen = vec![next(&mut events).await];
    let reading = tokio::spawn(async move {
        while let Some(event) = events.next().await {
            seen.push(event.expect("it is no error"));
        }
        (seen, events.lost())
    });
    let stream = json!({ "stream": record.last_token() });
    for round in 1..=3 {
        // There is no connection while the client comes back.
        eventually("a connection is cut", async || {
            alice.post("/demo/drop", &stream).await.status == 204
        })
        .await;
        eventually("the client comes back", async || {
            record.count("GET") > round
        })
        .await;
    }
    let (seen, lost) = in_time("the end", reading).await.expect("no panic");
    let numbers = seen.iter().map(|event| {
        let (_, number) = event.id().rsplit_once('.').expect("a resume id");
        u64::from_str_radix(number, 36).expect("a number")
    });
    let numbers: Vec<_> = numbers.collect();
    assert_eq!(numbers, (1..=seen.len() as u64).collect::<Vec<_>>());
    assert_eq!(seen.last().map(sse_gate_client::Event::name), Some("done"));
    assert_eq!(lost, 0);
    assert_eq!(record.count("POST"), 1, "it asks once");
    assert_eq!(record.count(&alice.jwt), 0);
}

/// A session that the server has forgotten is not begun anew by itself: the answer would be paid for
/// twice.
pub(crate) async fn an_answer_that_is_gone_is_not_asked_for_again(setup: Setup) {
    let server = setup.arg("pace", 50).arg("retry", 10).start();
    let alice = server.user("alice");
    let (source, record) = ask(&server);
    let mut events = source.events();
    next(&mut events).await;
    let out = alice.post("/demo/logout", &json!({})).await;
    assert!(out.status < 300, "{out:?}");
    let error = loop {
        match in_time("the end", events.next()).await {
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
            None => panic!("the answer is not complete"),
        }
    };
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert_eq!(error.detail(), Some("revoked"));
    assert_eq!(record.count("POST"), 1, "{record:?}");
}

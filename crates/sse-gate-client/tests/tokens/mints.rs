//! What a mint gets, and what its answers lead to.

use std::error::Error as _;

use serde_json::json;
use sse_gate_client::{Bearer, BearerSource, Direct, ErrorKind, MintEachTime, MintOnce, Settings};

use crate::transport::{COMPLETE, Scripted};

const MINTED: &str = r#"{"sse_token":"sset1_x","stream_url":"/stream"}"#;

fn each() -> MintEachTime {
    MintEachTime::new("https://example.org/token?key=secret").expect("it is a URL")
}

/// A bearer, and another one if that is refused.
fn bearers() -> impl BearerSource {
    |refused: bool| async move {
        let text = if refused {
            "eyj.secret.2"
        } else {
            "eyj.secret.1"
        };
        Ok(Bearer::new(text)?)
    }
}

#[tokio::test(start_paused = true)]
async fn a_bearer_that_the_mint_refuses_is_replaced_once() {
    let (first, second) = ("Bearer eyj.secret.1", "Bearer eyj.secret.2");
    for (answers, expected, kind) in [
        (
            [(200, MINTED), (200, COMPLETE), (500, "")],
            &[Some(first), None][..],
            None,
        ),
        (
            [(401, ""), (200, MINTED), (200, COMPLETE)],
            &[Some(first), Some(second), None],
            None,
        ),
        (
            [(401, ""), (401, ""), (500, "")],
            &[Some(first), Some(second)],
            Some(ErrorKind::Unauthorized),
        ),
        (
            [(403, ""), (500, ""), (500, "")],
            &[Some(first)],
            Some(ErrorKind::Refused(http::StatusCode::FORBIDDEN)),
        ),
    ] {
        let server = Scripted::new(answers);
        let source = each().with_bearer(bearers());
        let (_, error) = server.read(source, Settings::new()).await;
        assert_eq!(error.map(|it| it.kind()), kind, "{answers:?}");
        let bearers = server.header("authorization");
        let bearers: Vec<_> = bearers.iter().map(Option::as_deref).collect();
        assert_eq!(bearers, expected, "{answers:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_mint_that_refuses_a_client_without_a_bearer_is_not_asked_again() {
    let server = Scripted::new([(401, ""), (200, MINTED), (200, COMPLETE)]);
    let (_, error) = server.read(each(), Settings::new()).await;
    let kind = error.map(|it| it.kind());
    assert_eq!(kind, Some(ErrorKind::Unauthorized));
    assert_eq!(server.lines(), ["POST /token"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_without_a_url_opens_the_stream_that_the_user_names() {
    let mint = "https://example.org/token";
    let answers = [(200, r#"{"sse_token":"sset1_x"}"#), (200, COMPLETE)];
    let stream = "https://example.org/feed";
    let each = Scripted::new(answers);
    let source = MintEachTime::new(mint).expect("it is a URL");
    let (_, error) = each
        .read(source.with_stream_url(stream), Settings::new())
        .await;
    assert!(error.is_none(), "{error:?}");
    let once = Scripted::new(answers);
    let source = MintOnce::new(mint, json!({})).expect("it is a URL");
    let (_, error) = once
        .read(source.with_stream_url(stream), Settings::new())
        .await;
    assert!(error.is_none(), "{error:?}");
    for server in [each, once] {
        assert_eq!(
            server.urls(),
            [mint, "https://example.org/feed?token=sset1_x"]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_none_says_what_it_lacks() {
    let server = Scripted::new([(200, "{}")]);
    let (_, error) = server.read(each(), Settings::new()).await;
    let error = error.expect("there is no token");
    assert_eq!(error.kind(), ErrorKind::Source);
    let cause = error.source().expect("a cause").to_string();
    let expected = "the answer of the mint has no sse_token and no stream_id";
    assert_eq!(cause, expected);
}

/// D2
#[test]
fn debug_output_of_a_source_shows_an_origin_and_no_secret() {
    let url = "https://example.org/?key=secret";
    let bearer = || Bearer::new("eyj.secret").expect("it can be a bearer");
    let mint =
        |bearers| format!("Mint {{ origin: \"https://example.org\", bearers: {bearers}, .. }}");
    let once = MintOnce::new(url, json!({ "password": "secret" })).expect("it is a URL");
    let direct = Direct::new(url).expect("it is a URL");
    for (text, expected) in [
        (
            format!("{:?}", each()),
            format!("MintEachTime {{ mint: {}, .. }}", mint("None")),
        ),
        (
            format!("{:?}", once.with_bearer(bearer())),
            format!(
                "MintOnce {{ mint: {}, renewal: false, .. }}",
                mint("Bearers(..)")
            ),
        ),
        (
            format!("{:?}", direct.with_bearer(bearer())),
            "Direct { stream: StreamRequest { origin: \"https://example.org\", .. }, \
             bearers: Bearers(..) }"
                .to_owned(),
        ),
    ] {
        assert_eq!(text, expected);
    }
}

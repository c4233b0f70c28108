//! What the setters of the sources change.

use http::{HeaderName, HeaderValue};
use serde_json::json;
use sse_gate_client::{Direct, MintEachTime, MintOnce, Settings};

use crate::transport::{COMPLETE, Scripted};

const MINT: &str = "https://example.org/a/mint";

fn once() -> MintOnce {
    MintOnce::new(MINT, json!({ "a": 1 })).expect("it is a URL")
}

#[tokio::test(start_paused = true)]
async fn a_direct_stream_gets_the_headers_of_the_user() {
    let name = HeaderName::from_static("x-key");
    let direct = Direct::new("https://example.org/").expect("it is a URL");
    let direct = direct.with_header(name, HeaderValue::from_static("7"));
    let server = Scripted::new([(200, COMPLETE)]);
    server.read(direct, Settings::new()).await;
    assert_eq!(server.header("x-key"), [Some("7".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_mint_gets_json_and_each_time_the_position() {
    let minted = r#"{"sse_token":"t","stream_url":"https://streams.example/s"}"#;
    let server = Scripted::new([
        (200, minted),
        (200, "id: sser1.k.s.0.t.z\ndata: 35\n\n"),
        (200, minted),
        (200, COMPLETE),
    ]);
    let body = json!({ "a": 1 });
    let each = MintEachTime::new(MINT).expect("it is a URL");
    let each = each.with_body(body.as_object().expect("it is one").clone());
    let each = each.with_parameter("ticket");
    let each = each.with_stream_origin("https://streams.example");
    let (_, error) = server
        .read(each.expect("it is a URL"), Settings::new())
        .await;
    assert!(error.is_none(), "{error:?}");
    let stream = "https://streams.example/s?ticket=t";
    assert_eq!(server.urls(), [MINT, stream, MINT, stream]);
    let posted = [body, json!({ "a": 1, "last_event_id": "35" })];
    assert_eq!(server.posted(), posted);
    let json = Some("application/json".to_owned());
    let events = Some("text/event-stream".to_owned());
    let accepted = [json.clone(), events.clone(), json.clone(), events];
    assert_eq!(server.header("accept"), accepted);
    assert_eq!(
        server.header("content-type"),
        [json.clone(), None, json, None]
    );
}

#[tokio::test(start_paused = true)]
async fn one_token_stands_where_the_user_says() {
    let with_template = once().with_stream_url("/chat/{stream_id}/events");
    let with_origin = once()
        .with_parameter("ticket")
        .with_stream_origin("https://streams.example");
    for (source, answer, url) in [
        (once(), r#"{"stream_id":"t"}"#, "https://example.org/a/t"),
        (
            with_template,
            r#"{"stream_id":"t"}"#,
            "https://example.org/chat/t/events",
        ),
        (
            with_origin.expect("it is a URL"),
            r#"{"sse_token":"t","stream_url":"https://streams.example/s"}"#,
            "https://streams.example/s?ticket=t",
        ),
    ] {
        let server = Scripted::new([(200, answer), (200, COMPLETE)]);
        let (_, error) = server.read(source, Settings::new()).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(server.urls(), [MINT, url]);
    }
}

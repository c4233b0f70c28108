//! The queries of stream requests.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::ACCEPT;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{Empty, Full};
use sse_gate::{Gate, GateLayer, GrantRequest, SseRoute, StripTokenLayer, Subject};
use tower::{Layer, ServiceExt};

/// Stands for the token in an input.
const MARK: &str = "{T}";

/// Whatever stands in a query: who gets in has shown the one token, once and as it was issued; for
/// all others the token is as good as before. What the handler sees has no token in it, in whatever
/// encoding, and has lost no parameter but such that look like credentials.
pub fn query(data: &[u8]) {
    let Ok(template) = std::str::from_utf8(data) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime
        .expect("a runtime")
        .block_on(async { hold(template) });
}

fn hold(template: &str) {
    let route = SseRoute::new("/streams/{id}").expect("a good pattern");
    let gate = Gate::in_memory();
    let resource = route.resource(["7"]).expect("a short id");
    let subject = Subject::new("alice").expect("a good name");
    let issued = gate
        .issue(GrantRequest::new(subject, resource.clone()))
        .now_or_never();
    let issued = issued.expect("it waits for nobody").expect("there is room");
    let token = issued.token().expose();
    let query = template.replace(MARK, token);
    let Ok(uri) = format!("/streams/7?{query}").parse::<Uri>() else {
        return;
    };
    // `http` drops what follows a `#`.
    let query = uri.query().unwrap_or_default().to_owned();

    let handler = tower::service_fn(|request: Request<Empty<Bytes>>| async move {
        let seen = request.uri().query().map(str::to_owned).unwrap_or_default();
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::from(seen)).map(|body| body))
    });
    let service = GateLayer::new(&gate, &route).layer(handler);
    let service = StripTokenLayer::new([route]).layer(service);
    let request = Request::get(uri)
        .header(ACCEPT, "text/event-stream")
        .body(Empty::new());
    let response = service
        .oneshot(request.expect("a good request"))
        .now_or_never();
    let response = response.expect("it waits for nobody").expect("infallible");

    let shown: Vec<_> = query.split('&').filter(|pair| is_token(pair)).collect();
    let is_it = |pair: &str| {
        pair.split_once('=')
            .is_some_and(|(_, value)| value == token)
    };
    let entered = query.len() <= 4096 && matches!(*shown, [pair] if is_it(pair));
    assert_eq!(response.status() == StatusCode::OK, entered, "{template:?}");
    let is_fresh = gate
        .redeem(token, &resource)
        .now_or_never()
        .expect("it waits for nobody")
        .is_ok();
    assert_eq!(is_fresh, !entered, "{template:?}");
    if entered {
        let body = http_body_util::BodyExt::collect(response.into_body()).now_or_never();
        let seen = body
            .expect("it waits for nobody")
            .expect("a whole body")
            .to_bytes();
        let seen = String::from_utf8(seen.to_vec()).expect("a query is text");
        assert!(!decoded(&seen, 3).contains(&token[6..]), "{template:?}");
        let rest: Vec<_> = query.split('&').filter(|pair| !is_token(pair)).collect();
        let rest = rest.join("&");
        if looks_harmless(&rest) {
            assert_eq!(seen, rest, "{template:?}");
        }
    }
}

/// A text after so many percent-decodings.
fn decoded(text: &str, times: usize) -> String {
    (0..times).fold(text.to_owned(), |text, _| {
        let bytes = percent_encoding::percent_decode_str(&text);
        bytes.decode_utf8_lossy().into_owned()
    })
}

/// Whether nothing in a query can be taken for a credential: there is no encoding, and no part of a
/// name or prefix of one.
fn looks_harmless(query: &str) -> bool {
    let query = query.to_ascii_lowercase();
    let parts = [
        "%", "sse", "eyj", "token", "key", "assert", "auth", "bear", "secret", "jwt", "event",
        "password", "hint",
    ];
    !parts.iter().any(|part| query.contains(part)) && query.bytes().all(|byte| byte != b'-')
}

/// Whether a pair's name is `token` after one percent-decoding.
fn is_token(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < name.len() {
        let hex = name
            .get(at + 1..at + 3)
            .and_then(|hex| std::str::from_utf8(hex).ok());
        let is_hex = |hex: &&str| hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        match hex
            .filter(is_hex)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
        {
            Some(byte) if name[at] == b'%' => {
                decoded.push(byte);
                at += 3;
            }
            _ => {
                decoded.push(name[at]);
                at += 1;
            }
        }
    }
    decoded == b"token"
}

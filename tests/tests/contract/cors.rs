//! Pages of other origins.

use sse_gate_tests::{Request, Response, Setup, User};

const APP: &str = "https://app.example";

fn preflight(target: &str, origin: &str, method: &str) -> Request {
    Request::new("OPTIONS", target)
        .header("Origin", origin)
        .header("Access-Control-Request-Method", method)
        .header(
            "Access-Control-Request-Headers",
            "authorization,content-type",
        )
}

fn allowed_origin(response: &Response) -> Option<&str> {
    response.header("access-control-allow-origin")
}

/// A6: a preflight goes without credentials and opens nothing.
pub(crate) async fn a_preflight_is_answered_and_costs_no_token(setup: Setup) {
    let server = setup.arg("allow-origin", APP).start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let minted = alice.mint(&id).await;
    for (target, method) in [
        (minted.target(), "GET"),
        (User::mint_path(&id), "POST"),
        ("/generations".to_owned(), "POST"),
    ] {
        let response = server.send(&preflight(&target, APP, method)).await;
        assert!(
            matches!(response.status, 200 | 204),
            "{target}: {response:?}"
        );
        assert_eq!(allowed_origin(&response), Some(APP), "{target}");
        let allowed = response
            .header("access-control-allow-headers")
            .expect("a list");
        assert!(allowed.contains("authorization"), "{allowed}");
        let response = server
            .send(&preflight(&target, "https://evil.example", method))
            .await;
        assert_eq!(allowed_origin(&response), None, "{target}: {response:?}");
    }
    assert_eq!(server.metrics().await.validations("redeemed"), 0);
    assert_eq!(
        server.send(&minted.request()).await.status,
        200,
        "it was spent"
    );
}

/// A6, J2: a page of an allowed origin goes on with its stream, be it by fetch, which asks before it
/// sends an id. For any other page it is refused, and the id is as good as before.
pub(crate) async fn a_page_of_an_allowed_origin_goes_on(setup: Setup) {
    let server = setup.arg("allow-origin", APP).start();
    let alice = server.user("alice");
    for ticket in [
        alice.ask_chat("What is a token?").await,
        alice.join("news").await,
    ] {
        let request = ticket.request().header("Origin", APP);
        let mut stream = server.open(&request).await;
        let id = stream.next().await.and_then(|opened| opened.id);
        let id = id.expect("sse.open with an id");
        let asked = preflight(&ticket.target, APP, "GET")
            .without("Access-Control-Request-Headers")
            .header("Access-Control-Request-Headers", "last-event-id");
        let response = server.send(&asked).await;
        let allowed = response.header("access-control-allow-headers");
        let allowed = allowed.expect("a list");
        assert!(allowed.contains("last-event-id"), "{allowed}");
        let resume = ticket.resume(&id);
        for request in [
            resume.clone().header("Origin", "https://evil.example"),
            resume.clone().header("Origin", "null"),
            resume.clone().header("Sec-Fetch-Site", "cross-site"),
        ] {
            let response = server.send(&request).await;
            assert_eq!(response.status, 403, "{request:?}: {response:?}");
        }
        let stream = server.open(&resume.header("Origin", APP)).await;
        assert_eq!(allowed_origin(&stream.response), Some(APP));
    }
    assert_eq!(server.metrics().await.sessions("resumed_again"), 0);
}

/// J2, J3: with a list, pages of other origins are refused, unspent, and credentials never mix
/// with a wildcard.
pub(crate) async fn foreign_pages_open_no_stream(setup: Setup) {
    let server = setup.arg("allow-origin", APP).start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let minted = alice.mint(&id).await;
    for headers in [
        &[("Origin", "https://evil.example")][..],
        &[("Origin", "null")],
        &[("Origin", "")],
        &[("Origin", "https://app.example.evil.example")],
        &[("Origin", "http://app.example")],
        &[("Origin", "https://app.example:8443")],
        &[("Origin", "HTTPS://APP.EXAMPLE")],
        &[("Origin", APP), ("Origin", "https://evil.example")],
        &[("Origin", "https://app.example, https://evil.example")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")],
    ] {
        let response = server.send(&minted.request().headers(headers)).await;
        assert_eq!(response.status, 403, "{headers:?}: {response:?}");
    }
    let allowed = minted.request().header("Origin", APP);
    let response = server.send(&allowed).await;
    assert_eq!(response.status, 200, "{response:?}");
    assert_eq!(allowed_origin(&response), Some(APP));
    assert_eq!(response.header("access-control-allow-credentials"), None);
    for fine in [
        &[][..],
        &[
            ("Sec-Fetch-Site", "same-origin"),
            ("Sec-Fetch-Mode", "cors"),
        ],
    ] {
        let minted = alice.mint(&id).await;
        let response = server.send(&minted.request().headers(fine)).await;
        assert_eq!(response.status, 200, "{fine:?}: {response:?}");
    }
}

/// J3: without a list no answer says that others may read it.
pub(crate) async fn without_a_list_no_other_origin_reads_anything(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let minted = alice.mint(&id).await;
    let foreign = |request: Request| request.header("Origin", "https://evil.example");
    for request in [
        foreign(alice.mint_request(&id)),
        foreign(Request::get("/metrics")),
        foreign(Request::get(format!("/generations/{id}")).bearer(&alice.jwt)),
        preflight(&minted.target(), "https://evil.example", "GET"),
        foreign(minted.request()),
    ] {
        let response = server.send(&request).await;
        assert_eq!(allowed_origin(&response), None, "{request:?}: {response:?}");
    }
}

//! Requests that are refused and cost no token: afterwards it opens its stream.

use sse_gate_tests::{Minted, Request, Server, Setup, User};

/// Makes of a token the request that is not to spend it.
type Change = Box<dyn Fn(&Minted) -> Request>;

/// Makes a request with a fresh token for every row, checks the status, and shows that the token
/// is good still.
async fn expect_intact<'r>(
    server: &Server,
    user: &User<'_>,
    rows: impl IntoIterator<Item = (&'r str, u16, Change)>,
) {
    let id = user.finish().await;
    for (what, status, request) in rows {
        let minted = user.mint(&id).await;
        let response = server.connect().await.exchange(&request(&minted)).await;
        assert_eq!(response.status, status, "{what}: {response:?}");
        let opened = server.send(&minted.request()).await;
        assert_eq!(opened.status, 200, "{what} has cost the token: {opened:?}");
    }
}

/// An `EventSource`'s request with these headers more.
fn with(headers: &'static [(&'static str, &'static str)]) -> Change {
    Box::new(move |minted| minted.request().headers(headers))
}

/// One that accepts something else.
fn accepting(accept: Option<&'static str>) -> Change {
    Box::new(move |minted| {
        let request = minted.request().without("Accept");
        match accept {
            Some(accept) => request
                .header("Accept", accept)
                .header("User-Agent", "Slackbot 1.0"),
            None => request,
        }
    })
}

fn by(method: &'static str) -> Change {
    Box::new(move |minted| minted.request().method(method))
}

/// A5, A6, A7, A8, A9, A10, A11, A13: methods, previews, prefetching, navigation, early data
/// and bodies.
pub(crate) async fn what_is_no_stream_request_costs_no_token(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let overridden = |minted: &Minted| {
        minted
            .request()
            .method("POST")
            .header("X-HTTP-Method-Override", "GET")
    };
    let rows: Vec<(&str, u16, Change)> = vec![
        ("HEAD", 405, by("HEAD")),
        ("OPTIONS", 200, by("OPTIONS")),
        ("POST", 405, by("POST")),
        ("PUT", 405, by("PUT")),
        ("DELETE", 405, by("DELETE")),
        ("PATCH", 405, by("PATCH")),
        ("TRACE", 405, by("TRACE")),
        ("a method of its own", 405, by("STREAM")),
        ("get, which is not GET", 405, by("get")),
        ("POST that says it is GET", 405, Box::new(overridden)),
        ("no Accept", 406, accepting(None)),
        ("any type", 406, accepting(Some("*/*"))),
        ("any text", 406, accepting(Some("text/*"))),
        (
            "HTML",
            406,
            accepting(Some("text/html,application/xhtml+xml,*/*;q=0.8")),
        ),
        (
            "no event stream",
            406,
            accepting(Some("text/event-stream;q=0")),
        ),
        (
            "no event stream, in thousandths",
            406,
            accepting(Some("text/event-stream; q=0.000")),
        ),
        (
            "something like it",
            406,
            accepting(Some("text/event-stream-x")),
        ),
        ("Sec-Purpose", 403, with(&[("Sec-Purpose", "prefetch")])),
        (
            "prerender",
            403,
            with(&[("Sec-Purpose", "prefetch;prerender")]),
        ),
        ("Purpose", 403, with(&[("Purpose", "prefetch")])),
        ("X-Purpose", 403, with(&[("X-Purpose", "preview")])),
        ("X-Moz", 403, with(&[("X-Moz", "prefetch")])),
        (
            "navigate",
            403,
            with(&[
                ("Sec-Fetch-Mode", "navigate"),
                ("Sec-Fetch-Dest", "document"),
            ]),
        ),
        ("iframe", 403, with(&[("Sec-Fetch-Dest", "iframe")])),
        ("embed", 403, with(&[("Sec-Fetch-Dest", "embed")])),
        (
            "image",
            403,
            with(&[("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image")]),
        ),
        ("script", 403, with(&[("Sec-Fetch-Dest", "script")])),
        (
            "no-cors",
            403,
            with(&[("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "empty")]),
        ),
        ("early data", 425, with(&[("Early-Data", "1")])),
        ("a body", 400, Box::new(|minted| minted.request().body("x"))),
    ];
    let rows_len = rows.len() as u64;
    expect_intact(&server, &alice, rows).await;
    let metrics = server.metrics().await;
    assert_eq!(metrics.validations("redeemed"), rows_len);
    assert_eq!(metrics.validations("used"), 0);
    let response = server
        .send(&Request::new("HEAD", "/generations/generate/x/stream"))
        .await;
    assert_eq!(
        (response.status, response.header("allow")),
        (405, Some("GET, OPTIONS"))
    );
}

/// B1, B2: two credentials are none, and neither is spent.
pub(crate) async fn a_token_shown_twice_is_not_spent(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let jwt = alice.jwt.clone();
    let query = |change: fn(&Minted) -> String| -> Change {
        Box::new(move |minted| minted.request().target(change(minted)))
    };
    expect_intact(
        &server,
        &alice,
        [
            (
                "twice",
                400,
                query(|it| format!("{}&token={}", it.target(), it.token)),
            ),
            ("garbage after", 400, query(|it| it.target() + "&token=x")),
            ("nothing after", 400, query(|it| it.target() + "&token")),
            (
                "garbage before",
                400,
                query(|it| format!("{}?token=x&token={}", it.stream_url, it.token)),
            ),
            ("encoded after", 400, query(|it| it.target() + "&%74oken=x")),
            (
                "far apart",
                400,
                query(|it| format!("{}&a=b&c=d&token={}", it.target(), it.token)),
            ),
            (
                "a JWT too",
                400,
                Box::new(move |it| it.request().bearer(&jwt)),
            ),
            (
                "itself in a header",
                400,
                Box::new(|it| it.request().bearer(&it.token)),
            ),
            (
                "itself in a cookie",
                400,
                Box::new(|it| {
                    it.request()
                        .header("Cookie", format!("a=b; token={}", it.token))
                }),
            ),
        ],
    )
    .await;
}

/// A13: a stream has no ranges and no versions, and never asks for a body.
pub(crate) async fn requests_for_parts_and_versions_get_the_whole(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let whole = alice.open(&id).await.rest().await.0;
    for headers in [
        &[("Range", "bytes=0-3")],
        &[("If-None-Match", "*")],
        &[("If-Modified-Since", "Fri, 01 Jan 2038 00:00:00 GMT")],
        &[("If-Match", "\"x\"")],
        &[("If-Range", "\"x\"")],
        &[("Expect", "100-continue")],
        &[("Sec-Fetch-Mode", "cors")],
        &[("Sec-Fetch-Dest", "empty")],
        &[("Content-Length", "0")],
        &[("Content-Length", "00")],
        &[("Upgrade", "h2c")],
    ] {
        let minted = alice.mint(&id).await;
        let mut stream = server.open(&minted.request().headers(headers)).await;
        assert_eq!(stream.rest().await.0, whole, "{headers:?}");
        for name in ["etag", "accept-ranges", "last-modified", "content-range"] {
            assert_eq!(stream.response.header(name), None, "{headers:?}");
        }
    }
}

/// F1: a client that is gone before its request was whole has shown nothing.
pub(crate) async fn half_a_request_costs_no_token(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let minted = alice.mint(&id).await;
    let bytes = minted.request().bytes();
    for len in [10, bytes.len() / 2, bytes.len() - 2, bytes.len() - 1] {
        let mut connection = server.connect().await;
        connection.send(&bytes[..len]).await;
        drop(connection);
    }
    assert_eq!(server.send(&minted.request()).await.status, 200);
}

/// B9: at another generation a token is unknown, and stays what it is at its own.
pub(crate) async fn a_token_of_another_generation_is_not_spent(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let other = alice.finish().await;
    let elsewhere = move |it: &Minted| {
        it.request().target(format!(
            "/generations/generate/{other}/stream?token={}",
            it.token
        ))
    };
    let bob = server.user("bob");
    let bobs = bob.finish().await;
    let at_bobs = move |it: &Minted| {
        it.request().target(format!(
            "/generations/generate/{bobs}/stream?token={}",
            it.token
        ))
    };
    let nowhere = |it: &Minted| {
        it.request().target(format!(
            "/generations/generate/none/stream?token={}",
            it.token
        ))
    };
    let rows: [(&str, u16, Change); 3] = [
        ("at another of hers", 401, Box::new(elsewhere)),
        ("at somebody else's", 401, Box::new(at_bobs)),
        ("at none", 401, Box::new(nowhere)),
    ];
    expect_intact(&server, &alice, rows).await;
}

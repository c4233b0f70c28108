//! What operators see, and the end.

use std::time::{Duration, Instant};

use sse_gate_tests::{End, Request, Setup, eventually};

/// A1, D7, G21: after a known run, exactly the numbers of it, durations as a histogram.
pub(crate) async fn metrics_count_what_was_done(setup: Setup) {
    let server = setup.arg("pace", 200).arg("tokens-per-subject", 4).start();
    let alice = server.user("alice");
    let id = alice.start().await;
    let tokens = [
        alice.mint(&id).await,
        alice.mint(&id).await,
        alice.mint(&id).await,
    ];
    let going_on = alice.mint_after(&id, "1").await;
    assert_eq!(alice.ask(&id).await.status, 429);
    let streams = [
        server.open(&tokens[0].request()).await,
        server.open(&tokens[1].request()).await,
        server.open(&going_on.request()).await,
    ];
    for request in [
        tokens[0].request(),
        tokens[1].request(),
        Request::stream(format!("{}?token=garbage", tokens[0].stream_url)),
        Request::stream(&*tokens[0].stream_url),
        tokens[2].request().method("HEAD"),
        tokens[2].request().without("Accept"),
        tokens[2].request().header("Sec-Purpose", "prefetch"),
        Request::stream(format!("{}&token=x", tokens[2].target())),
    ] {
        let response = server.send(&request).await;
        assert!(response.status >= 400, "{response:?}");
    }
    let metrics = server.metrics().await;
    let counted = [
        ("issued", metrics.requests("issued"), 4),
        ("full", metrics.requests("full_tokens_per_subject"), 1),
        ("redeemed", metrics.validations("redeemed"), 3),
        // The table that tells why is small: a newer token may be in the place of a used one.
        (
            "used",
            metrics.validations("used") + metrics.validations("unknown"),
            2,
        ),
        ("malformed", metrics.validations("malformed"), 1),
        ("no_token", metrics.turned_away("no_token"), 1),
        ("method", metrics.turned_away("method"), 1),
        ("accept", metrics.turned_away("accept"), 1),
        ("prefetch", metrics.turned_away("prefetch"), 1),
        ("many_tokens", metrics.turned_away("many_tokens"), 1),
        (
            "reconnects",
            metrics.get("sse_gate_reconnects_total", &[]),
            1,
        ),
        ("connections", metrics.connections(), 3),
    ];
    for (what, is, expected) in counted {
        assert_eq!(is, expected, "{what}: {metrics:#?}");
    }
    drop(streams);
    eventually("streams that nobody reads are closed", async || {
        let metrics = server.metrics().await;
        let errors = [("end", "disconnected")];
        metrics.connections() == 0
            && metrics.get("sse_gate_connection_errors_total", &errors) == 3
            && metrics.get("sse_gate_connection_duration_seconds_count", &[]) == 3
            && metrics.get(
                "sse_gate_connection_duration_seconds_bucket",
                &[("le", "+Inf")],
            ) == 3
    })
    .await;
}

/// D7: whoever asks, for whatever, the series are the same few.
pub(crate) async fn metrics_have_closed_labels(setup: Setup) {
    const OUTCOMES: [&str; 8] = [
        "issued",
        "redeemed",
        "used",
        "unknown",
        "malformed",
        "expired",
        "withdrawn",
        "abandoned",
    ];
    const REFUSED: [&str; 7] = [
        "reuse",
        "rollback",
        "malformed",
        "unknown",
        "forged",
        "other_token",
        "before_base",
    ];
    const CHECKS: [&str; 4] = ["method", "accept", "no_token", "many_tokens"];
    let server = setup.start();
    for n in 0..40 {
        let user = server.user(&format!("user-{n}"));
        let id = user.finish().await;
        let minted = user.mint(&id).await;
        for request in [
            minted.request(),
            minted.request(),
            minted.request().method(&format!("METHOD{n}")),
            minted
                .request()
                .without("Accept")
                .header("User-Agent", format!("agent-{n}")),
            Request::stream(format!("{}?token=garbage-{n}", minted.stream_url)),
            Request::stream(format!("/generations/generate/{n}/stream")),
            Request::stream(format!("{}&token={n}", minted.target())),
            Request::get(format!("/nothing/{n}?token={}", minted.token)),
        ] {
            server.send(&request).await;
        }
    }
    let metrics = server.metrics().await;
    assert!(metrics.len() <= 200, "{} series", metrics.len());
    for name in metrics.names() {
        assert!(name.starts_with("sse_gate_"), "{name}");
    }
    for (name, value) in metrics.labels() {
        let is_known = match name {
            "outcome" => OUTCOMES.contains(&value),
            "reason" => REFUSED.contains(&value),
            "check" => CHECKS.contains(&value),
            "end" => ["failed", "lagged", "disconnected"].contains(&value),
            "store" => ["tokens", "sessions", "logs", "streams"].contains(&value),
            "le" => value == "+Inf" || value.parse::<f64>().is_ok(),
            _ => false,
        };
        assert!(is_known, "{name}={value}");
    }
}

/// What load balancers ask.
pub(crate) async fn a_healthy_server_says_so(setup: Setup) {
    let server = setup.start();
    let response = server.send(&Request::get("/healthz")).await;
    assert_eq!(
        (response.status, response.json()["status"].as_str()),
        (200, Some("ok"))
    );
    assert_eq!(response.header("cache-control"), Some("no-store"));
    let page = server.send(&Request::get("/")).await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") || policy.contains("default-src 'self'"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
}

/// G9: open streams end properly, and hold up nothing.
pub(crate) async fn a_signal_ends_streams_and_server(setup: Setup) {
    let mut server = setup.arg("pace", 60_000).start();
    let mut streams = Vec::new();
    for name in ["alice", "bob", "carol"] {
        let user = server.user(name);
        let id = user.start().await;
        let mut stream = user.open(&id).await;
        stream.next().await.expect("a first event");
        streams.push(stream);
    }
    let signalled = Instant::now();
    server.terminate();
    for stream in &mut streams {
        assert_eq!(stream.rest().await.1, End::Proper);
    }
    let status = server
        .ended(Duration::from_secs(10))
        .await
        .expect("it ends");
    let took = signalled.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(status.success(), "{status}: {}", server.log().text());
}

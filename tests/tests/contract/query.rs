//! The query that a token comes in.

use sse_gate_tests::{Minted, Request, Setup};

/// B3: `%74oken` is `token`; nothing else is.
pub(crate) async fn a_parameter_is_compared_after_one_decoding(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    for (name, status) in [
        ("token", 200),
        ("%74oken", 200),
        ("%74%6f%6B%65%6E", 200),
        ("Token", 401),
        ("TOKEN", 401),
        ("%54oken", 401),
        ("%2574oken", 401),
        ("token[]", 401),
        ("token%5B%5D", 401),
        ("token%00", 401),
        ("token.", 401),
        ("%20token", 401),
        ("+token", 401),
        ("token+", 401),
        ("sse_token", 401),
        ("stream_id", 401),
        ("%7token", 401),
        ("%zztoken", 401),
        ("t%c3%b6ken", 401),
    ] {
        let minted = alice.mint(&id).await;
        let target = format!("{}?{name}={}", minted.stream_url, minted.token);
        let response = server.send(&Request::stream(target)).await;
        assert_eq!(response.status, status, "{name}: {response:?}");
        if status == 401 {
            let challenge = response.header("www-authenticate");
            assert_eq!(
                challenge,
                Some(r#"Bearer realm="sse""#),
                "{name} was taken for a token"
            );
            assert_eq!(server.send(&minted.request()).await.status, 200, "{name}");
        }
    }
}

/// B4, B5, B6, B8: one secret has one spelling, and every other is refused unspent.
pub(crate) async fn a_token_has_one_spelling(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let minted = alice.mint(&id).await;
    let token = &minted.token;
    let encoded = |byte: u8| format!("%{byte:02x}");
    let swapped: String = token
        .char_indices()
        .map(|(at, letter)| match letter {
            letter if at < 6 => letter,
            letter if letter.is_ascii_lowercase() => letter.to_ascii_uppercase(),
            letter => letter.to_ascii_lowercase(),
        })
        .collect();
    let all_encoded: String = token.bytes().map(encoded).collect();
    let rows = [
        token.replacen('s', "%73", 1),
        token.replacen('_', "%5f", 1),
        all_encoded,
        format!("{token}="),
        format!("{token}=="),
        format!("{token}%3D"),
        format!("{token}+"),
        format!("+{token}"),
        format!("{token}%20"),
        format!("%20{token}"),
        format!("{token}%09"),
        format!("{token}%0d%0a"),
        format!("{token}%00"),
        format!("{token};"),
        format!("{token};token={token}"),
        format!("%EF%BB%BF{token}"),
        format!("{token}%zz"),
        format!("{token}%"),
        format!("%c0%af{token}"),
        format!("{token}/"),
        format!("{token}?"),
        format!("%22{token}%22"),
        format!("'{token}'"),
        format!("{token},{token}"),
        token.to_ascii_uppercase(),
        swapped,
        token[1..].to_owned(),
        token[..54].to_owned(),
        token[6..].to_owned(),
        token.replacen("sset1_", "sset2_", 1),
        token.replacen("sset1_", "sser1_", 1),
    ];
    for row in rows {
        let request = Request::stream(format!("{}?token={row}", minted.stream_url));
        let response = server.send(&request).await;
        assert_eq!(response.status, 401, "{row}: {response:?}");
        let challenge = response.header("www-authenticate");
        assert!(
            challenge.expect("a challenge").contains("invalid_token"),
            "{row}"
        );
    }
    assert_eq!(
        server.send(&minted.request()).await.status,
        200,
        "it was spent"
    );
}

/// B7: lengths are checked before anything else. A query that is too long is no bad token.
pub(crate) async fn oversize_is_refused_and_costs_no_token(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let minted = alice.mint(&id).await;
    let Minted {
        token, stream_url, ..
    } = &minted;
    let params = "&a=".repeat(10_000);
    let long = "x".repeat(8 * 1024);
    let rows = [
        ("a token of 8 KB", format!("?token={long}")),
        ("a token and 8 KB", format!("?token={token}{long}")),
        (
            "a token and 4 KB beside it",
            format!("?token={token}&pad={}", &long[..4096]),
        ),
        (
            "4 KB and a token",
            format!("?pad={}&token={token}", &long[..4096]),
        ),
        ("10,000 parameters", format!("?token={token}{params}")),
        (
            "10,000 parameters before it",
            format!("?{}&token={token}", &params[1..]),
        ),
        ("10,000 tokens", format!("?{}", "token=x&".repeat(8_000))),
    ];
    for (what, query) in rows {
        let response = server
            .send(&Request::stream(format!("{stream_url}{query}")))
            .await;
        assert_eq!(response.status, 414, "{what}: {response:?}");
        assert_eq!(response.header("www-authenticate"), None, "{what}");
        assert!(!response.text().contains("token"), "{what}: {response:?}");
    }
    let long_token = format!("{stream_url}?token={}", &long[..3_000]);
    let response = server.send(&Request::stream(long_token)).await;
    assert_eq!(response.status, 401, "{response:?}");
    let huge = Request::stream(format!("{stream_url}?token={}", "x".repeat(1 << 20)));
    let response = server.connect().await.exchange_if_any(&huge).await;
    let status = response.map(|response| response.status);
    assert!(
        matches!(status, None | Some(400 | 401 | 414 | 431)),
        "1 MB: {status:?}"
    );
    let fits = format!("{}&pad={}", minted.target(), &long[..4000]);
    let response = server.send(&Request::stream(fits)).await;
    assert_eq!(
        response.status, 200,
        "4 KB in all are fine, and the token is: {response:?}"
    );
}

/// B8, J1: bytes that no request may have end before the gate.
pub(crate) async fn what_no_server_reads_costs_no_token(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let minted = alice.mint(&id).await;
    let target = minted.target();
    let head = "Host: sse.test\r\nAccept: text/event-stream\r\n";
    let rows: [(&str, Vec<u8>); 10] = [
        (
            "NUL",
            format!("GET {target}\0 HTTP/1.1\r\n{head}\r\n").into(),
        ),
        (
            "a space",
            format!("GET {target} x HTTP/1.1\r\n{head}\r\n").into(),
        ),
        (
            "a tab",
            format!("GET {target}\tHTTP/1.1\r\n{head}\r\n").into(),
        ),
        (
            "CR in the target",
            format!("GET {target}\rx HTTP/1.1\r\n{head}\r\n").into(),
        ),
        ("no version", format!("GET {target}\r\n{head}\r\n").into()),
        (
            "a future version",
            format!("GET {target} HTTP/9.9\r\n{head}\r\n").into(),
        ),
        (
            "no colon",
            format!("GET {target} HTTP/1.1\r\n{head}nothing\r\n\r\n").into(),
        ),
        (
            "a space before the colon",
            format!("GET {target} HTTP/1.1\r\n{head}X : 1\r\n\r\n").into(),
        ),
        (
            "two lengths",
            format!(
                "GET {target} HTTP/1.1\r\n{head}Content-Length: 0\r\nContent-Length: 5\r\n\r\n"
            )
            .into(),
        ),
        (
            "garbage",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".into(),
        ),
    ];
    for (what, bytes) in rows {
        let mut connection = server.connect().await;
        connection.send(&bytes).await;
        let response = connection.try_response(&minted.request()).await;
        let status = response.map(|response| response.status);
        assert!(
            matches!(status, None | Some(400 | 505)),
            "{what}: {status:?}"
        );
    }
    assert_eq!(
        server.send(&minted.request()).await.status,
        200,
        "it was spent"
    );
}

/// B14: what else the query says is not about the stream.
pub(crate) async fn other_parameters_mean_nothing(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let whole = alice.open(&id).await.rest().await.0;
    for (before, after) in [
        ("room=2&", ""),
        ("", "&room=2"),
        ("a&b&", "&c"),
        ("&&", "&&"),
        ("", "#x"),
    ] {
        let minted = alice.mint(&id).await;
        let target = format!(
            "{}?{before}token={}{after}",
            minted.stream_url, minted.token
        );
        let events = server.open(&Request::stream(target)).await.rest().await.0;
        assert_eq!(events, whole, "{before}…{after}");
    }
}

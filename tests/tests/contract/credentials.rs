//! The header that a JWT comes in.

use sse_gate_tests::{Request, Setup, User};

/// C18: one scheme in any case, one space or more, one credential.
pub(crate) async fn the_scheme_has_one_form(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.start().await;
    let jwt = &alice.jwt;
    let rows = [
        (format!("Bearer {jwt}"), 200),
        (format!("bearer {jwt}"), 200),
        (format!("BEARER {jwt}"), 200),
        (format!("Bearer  {jwt}"), 200),
        (format!("Bearer {jwt} "), 200),
        (format!("Bearer {jwt},Bearer {jwt}"), 400),
        (format!("Bearer {jwt}, {jwt}"), 400),
        (format!("Bearer {jwt} {jwt}"), 400),
        (format!("Bearer\t{jwt}"), 401),
        (format!("Bearer={jwt}"), 401),
        (format!("Bearer{jwt}"), 401),
        (format!("Bearer \"{jwt}\""), 400),
        (format!("Bearer token={jwt}"), 400),
        (format!("Basic {jwt}"), 401),
        (format!("DPoP {jwt}"), 401),
        (format!("Token {jwt}"), 401),
        (jwt.clone(), 401),
        ("Bearer".to_owned(), 400),
        ("Bearer ".to_owned(), 400),
        (String::new(), 401),
        ("Bearer ====".to_owned(), 400),
        ("Bearer \u{fc}".to_owned(), 400),
    ];
    for (value, status) in rows {
        let request = Request::post(User::mint_path(&id), "").header("Authorization", &*value);
        let response = server.send(&request).await;
        assert_eq!(response.status, status, "{value}: {response:?}");
        let is_challenge = response.header("www-authenticate").is_some();
        assert_eq!(is_challenge, status != 200, "{value}: {response:?}");
    }
}

/// C18: two headers are one too many, even if they say the same.
pub(crate) async fn many_headers_are_none(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.start().await;
    let second = [
        format!("Bearer {}", alice.jwt),
        format!("Bearer {}", server.user("bob").jwt),
        "Basic YTpi".to_owned(),
        String::new(),
    ];
    for value in second {
        for request in [
            alice.mint_request(&id).header("Authorization", &*value),
            alice
                .mint_request(&id)
                .without("Authorization")
                .header("authorization", &*value)
                .bearer(&alice.jwt),
        ] {
            let response = server.send(&request).await;
            assert_eq!(response.status, 400, "{value}: {response:?}");
        }
    }
}

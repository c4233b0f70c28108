//! Starting generations and looking at them.

use serde_json::json;
use sse_gate_tests::{Request, Setup, User};

/// 201 for a sample, 422 for what is none, 413 for too much of one.
pub(crate) async fn samples_are_checked(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let sample = |len: usize| format!(r#"{{"text":"{}"}}"#, "x".repeat(len - 11));
    let rows = [
        (json!({ "source": "{\"a\": 1}" }), 201),
        (json!({ "source": "{\"a\": 1}", "name": "Thing" }), 201),
        (json!({ "source": sample(1 << 20) }), 201),
        (json!({ "source": sample((1 << 20) + 1) }), 413),
        (json!({ "source": sample(3 << 20) }), 413),
        (json!({ "source": "{a: 1}" }), 422),
        (json!({ "source": "" }), 422),
        (json!({ "source": 7 }), 422),
        (json!({ "name": "Thing" }), 422),
        (json!([]), 422),
        (json!({ "source": "{\"a\": 1}", "name": "1 2" }), 422),
    ];
    for (body, status) in rows {
        let response = alice.post("/generations", &body).await;
        let row = body.to_string();
        assert_eq!(response.status, status, "{row:.80}: {response:?}");
        assert!(
            status == 201 || response.is_problem(),
            "{row:.80}: {response:?}"
        );
    }
    let request = Request::post("/generations", "{").bearer(&alice.jwt);
    assert_eq!(server.send(&request).await.status, 422);
}

/// C13: no JWT, no generation.
pub(crate) async fn strangers_start_nothing(setup: Setup) {
    let server = setup.start();
    let request = Request::new("POST", "/generations").json(&json!({ "source": "{}" }));
    for request in [request.clone(), request.bearer("x")] {
        let response = server.send(&request).await;
        assert_eq!(response.status, 401, "{response:?}");
        assert!(
            response.header("www-authenticate").is_some(),
            "{response:?}"
        );
    }
}

/// C13: looking at one, streaming one and cancelling one are its owner's.
pub(crate) async fn only_its_owner_sees_a_generation(setup: Setup) {
    let server = setup.start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let id = alice.start().await;
    let path = format!("/generations/{id}");
    let ask = |method: &str, user: &User<'_>| Request::new(method, &*path).bearer(&user.jwt);
    for (request, status) in [
        (ask("GET", &bob), 403),
        (ask("DELETE", &bob), 403),
        (bob.mint_request(&id), 403),
        (Request::get(&*path), 401),
        (ask("GET", &alice), 200),
        (ask("DELETE", &alice), 202),
        (ask("GET", &alice).target("/generations/none"), 404),
        (Request::get("/nothing/here"), 404),
    ] {
        let response = server.send(&request).await;
        assert_eq!(response.status, status, "{request:?}: {response:?}");
        assert!(
            status < 300 || response.is_problem(),
            "{request:?}: {response:?}"
        );
    }
}

//! More than there should be.

use http::header::WWW_AUTHENTICATE;
use http::{HeaderName, StatusCode};
use sse_gate::core::Signal;
use sse_gate::{SseRoute, TokenIn};

use crate::support::{Handler, World, get, with};

/// B7: a query that is too long to look into says nothing of the token in it: 414, and the token is
/// as good as before. Nobody behind the gate sees such a query.
#[tokio::test]
async fn a_long_query_is_not_a_bad_token() {
    let world = World::new();
    let token = world.token().await;
    let padding = "x".repeat(4097);
    for query in [
        format!("token={token}&pad={padding}"),
        format!("pad={padding}&token={token}"),
        format!("{}token={token}", "a=&".repeat(1500)),
        format!("token={padding}"),
        padding.clone(),
    ] {
        let uri = format!("/generations/7/stream?{query}");
        let response = world.service().ask(get(&uri)).await;
        assert_eq!(response.status(), StatusCode::URI_TOO_LONG, "{query:.80}");
        assert!(!response.headers().contains_key(WWW_AUTHENTICATE));
        let body = String::from_utf8(response.into_body().to_vec()).unwrap();
        assert!(body.contains("query") && !body.contains("token"), "{body}");
    }
    let check = "query_too_long";
    assert!(world.witness.saw(Signal::TurnedAway { check }));
    assert!(world.is_fresh(&token).await);
    let token = world.token().await;
    let fits = format!("token={token}&pad=");
    let fits = format!(
        "/generations/7/stream?{fits}{}",
        &padding[..4096 - fits.len()]
    );
    assert_eq!(
        world.service().ask(get(&fits)).await.status(),
        StatusCode::OK
    );
}

/// B7: every other place has its own answer: no such stream, or no such token.
#[tokio::test]
async fn other_long_places_are_refused_in_their_own_way() {
    let world = World::new();
    let token = world.token().await;
    let long = "x".repeat(5_000);
    let path = format!("/generations/{long}/stream?token={token}");
    assert_eq!(
        world.service().ask(get(&path)).await.status(),
        StatusCode::NOT_FOUND
    );
    let uri = format!("/generations/7/stream?token={}", &long[..3_000]);
    assert_eq!(
        world.service().ask(get(&uri)).await.status(),
        StatusCode::UNAUTHORIZED
    );
    assert!(world.is_fresh(&token).await);
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let request = with(&uri, &[("last-event-id", &long)]);
    assert_eq!(world.service().ask(request).await.status(), StatusCode::OK);

    let name = HeaderName::from_static("x-stream-token");
    let route = SseRoute::new("/{room}")
        .unwrap()
        .with_token_in(TokenIn::Header(name))
        .unwrap();
    let world = World::on(route);
    let request = with("/7", &[("x-stream-token", &long)]);
    assert_eq!(
        world.service().ask(request).await.status(),
        StatusCode::UNAUTHORIZED
    );
    let token = world.token_for("7").await;
    let request = with(&format!("/7?{long}"), &[("x-stream-token", &token)]);
    assert_eq!(
        world.service().ask(request).await.status(),
        StatusCode::URI_TOO_LONG
    );
    let request = with("/7", &[("x-stream-token", &token)]);
    assert_eq!(world.service().ask(request).await.status(), StatusCode::OK);

    let token_in = TokenIn::Path("token".to_owned());
    let route = SseRoute::new("/{room}/{token}")
        .unwrap()
        .with_token_in(token_in)
        .unwrap();
    let world = World::on(route);
    let path = format!("/7/{long}");
    assert_eq!(
        world.service().ask(get(&path)).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

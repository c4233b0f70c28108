//! Credentials beside a token.

use http::StatusCode;
use tower::Layer;

use crate::support::{Handler, World, greet, with};

/// B2: a bearer token is one in whatever way servers take it, and so is one of ours in any scheme.
/// Neither is spent.
#[tokio::test]
async fn a_bearer_in_any_form_is_a_second_credential() {
    let world = World::new();
    let (token, other) = (world.token().await, world.token().await);
    let uri = format!("/generations/7/stream?token={token}");
    let ours = format!("Token {other}");
    let rows = [
        "Bearer eyJ",
        "bearer eyJ",
        "BEARER  eyJ",
        "Bearer\teyJ",
        "bearer \t eyJ",
        "Bearer:eyJ",
        "Bearer=eyJ",
        "Bearer\"eyJ\"",
        "Basic YWxpY2U6, Bearer eyJ",
        &ours,
    ];
    for authorization in rows {
        let request = with(&uri, &[("authorization", authorization)]);
        let status = world.service().ask(request).await.status();
        assert_eq!(status, StatusCode::BAD_REQUEST, "{authorization:?}");
    }
    let request = with(
        &uri,
        &[("authorization", "x"), ("authorization", "bearer\tx")],
    );
    assert_eq!(world.service().ask(request).await.status(), 400);
    assert!(world.is_fresh(&token).await && world.is_fresh(&other).await);
    let others = [
        "Basic YWxpY2U6",
        "Bearer",
        "Bearer:",
        "Bearers x",
        "Digest bearer",
        "",
    ];
    for authorization in others {
        let uri = format!("/generations/7/stream?token={}", world.token().await);
        let request = with(&uri, &[("authorization", authorization)]);
        let status = world.service().ask(request).await.status();
        assert_eq!(status, StatusCode::OK, "{authorization:?}");
    }
}

/// B2: behind a gateway with a credential of its own, `Authorization` may be left alone. What else
/// is one too many stays so.
#[tokio::test]
async fn authorization_may_be_somebody_elses() {
    let world = World::new();
    let layer = || world.layer().with_authorization_ignored();
    let service = layer().layer(tower::service_fn(greet));
    for authorization in ["Bearer eyJ", "bearer\teyJ", "Token sset1_x"] {
        let uri = format!("/generations/7/stream?token={}", world.token().await);
        let request = with(&uri, &[("authorization", authorization)]);
        let status = service.ask(request).await.status();
        assert_eq!(status, StatusCode::OK, "{authorization:?}");
    }
    let (token, other) = (world.token().await, world.token().await);
    let uri = format!("/generations/7/stream?token={token}");
    let cookie = format!("token={other}");
    let headers = [("authorization", "Bearer x"), ("cookie", cookie.as_str())];
    assert_eq!(service.ask(with(&uri, &headers)).await.status(), 400);
    let twice = format!("{uri}&token={other}");
    assert_eq!(service.ask(with(&twice, &headers[..1])).await.status(), 400);
    assert!(world.is_fresh(&token).await && world.is_fresh(&other).await);
    // It is no token either.
    let alone = format!("Bearer {other}");
    let request = with("/generations/7/stream", &[("authorization", &alone)]);
    assert_eq!(service.ask(request).await.status(), 401);
}

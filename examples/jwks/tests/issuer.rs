//! The program with a provider on this machine.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "this program needs a part of it")]
#[path = "../../small/tests/programs/exchange.rs"]
mod exchange;
#[allow(dead_code, reason = "this program needs a part of it")]
#[path = "../../small/tests/programs/program.rs"]
mod program;

use std::time::SystemTime;

use axum::Router;
use axum::routing::get;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use program::Program;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const KEY: &[u8] = include_bytes!("../../../crates/sse-gate/tests/keys/es256.pem");

fn key() -> EncodingKey {
    EncodingKey::from_ec_pem(KEY).unwrap()
}

/// Publishes one key; the name of the issuer.
async fn start_issuer() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let jwk = Jwk::from_encoding_key(&key(), Algorithm::ES256).unwrap();
    let mut jwk = serde_json::to_value(jwk).unwrap();
    jwk["kid"] = "one".into();
    let keys = json!({ "keys": [jwk] }).to_string();
    let configuration = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/keys") });
    let configuration = configuration.to_string();
    let app: Router = Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(|| async { configuration }),
        )
        .route("/keys", get(|| async { keys }));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    issuer
}

fn sign(issuer: &str, audience: &str) -> String {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let claims: Value = json!({ "sub": "alice", "iss": issuer, "aud": audience, "exp": now + 600 });
    let header = Header {
        kid: Some("one".to_owned()),
        ..Header::new(Algorithm::ES256)
    };
    jsonwebtoken::encode(&header, &claims, &key()).unwrap()
}

#[tokio::test]
async fn a_jwt_of_the_provider_gets_a_token_and_one_for_another_service_does_not() {
    let issuer = start_issuer().await;
    let settings = [("ISSUER", issuer.as_str()), ("AUDIENCE", "my-service")];
    let mut program = Program::launch(env!("CARGO_BIN_EXE_example-jwks"), &settings).await;

    program.jwt = sign(&issuer, "my-service");
    let token = program.token("/ticks-token", "").await;
    let mut stream = program.open(&format!("/ticks?token={token}"), None).await;
    stream
        .until("event", |text| text.contains("data: hello, alice\n\n"))
        .await;

    let other = sign(&issuer, "another-service");
    let headers = format!("Authorization: Bearer {other}\r\n");
    let mint = program.send("POST", "/ticks-token", &headers).await;
    assert_eq!(mint.status().await, 401);
}

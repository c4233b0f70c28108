//! A mint whose callers show the issuer's JWTs.

use std::future::ready;
use std::time::Duration;

use http::{Request, StatusCode};
use http_body_util::Empty;
use sse_gate::mint::{Denied, MintRequest, MintService};
use sse_gate::{Gate, SseRoute};
use tower::ServiceExt;

use crate::server::Issuer;
use crate::signing::{EC, ED, jump};

/// C4, C6: 200 for the issuer's users, 401 for a key that it does not have, 503 with a time to come back
/// while it can't be asked.
#[tokio::test]
async fn a_mint_tells_a_bad_jwt_from_an_issuer_that_is_down() {
    let mut issuer = Issuer::start(&[EC]).await;
    let gate = Gate::in_memory();
    let route = SseRoute::new("/room").unwrap();
    let whether = |request: MintRequest| ready(Ok::<_, Denied>(request.permit()));
    let mint = MintService::new(&gate, &route, issuer.authenticator(), whether);
    let name = issuer.name();
    let ask = async |jwt: String| {
        let request = Request::post("/room-token").header("authorization", format!("Bearer {jwt}"));
        let request = request.body(Empty::<bytes::Bytes>::new()).unwrap();
        mint.clone().oneshot(request).await.unwrap()
    };
    assert_eq!(ask(EC.sign(&name, "alice")).await.status(), StatusCode::OK);
    let refused = ask(ED.sign(&name, "alice")).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    issuer.stop().await;
    jump(Duration::from_secs(10 * 60)).await;
    let refused = ask(EC.sign(&name, "alice")).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    issuer.restart().await;
    jump(Duration::from_secs(6)).await;
    assert_eq!(ask(EC.sign(&name, "alice")).await.status(), StatusCode::OK);
}

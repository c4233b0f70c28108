//! A stream for users who sign in at a provider that publishes its keys: Keycloak, Auth0, Entra ID
//! and the like.
//!
//! ```sh
//! ISSUER=https://id.example/realms/main AUDIENCE=my-service cargo run -p example-jwks
//! JWT=…   # an access token of your provider, for this audience
//! TOKEN=$(curl -s -X POST localhost:3000/ticks-token \
//!   -H "Authorization: Bearer $JWT" | jq -r .sse_token)
//! curl -N "localhost:3000/ticks?token=$TOKEN" -H "Accept: text/event-stream"
//! ```
//!
//! `ISSUER` is the claim `iss` of your JWTs, to the letter. A provider on your own machine may be
//! `http://localhost:…`.

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::time::Duration;

use axum::{Router, routing::get};
use bytes::Bytes;
use http_body_util::Empty;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use sse_gate::{jwt::RemoteJwkSet, prelude::*};
use tokio::{net::TcpListener, time::interval};
use tokio_stream::{Stream, StreamExt, wrappers::IntervalStream};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = env::var("ISSUER").map_err(|_| "set ISSUER to the `iss` of your JWTs")?;
    let audience = env::var("AUDIENCE").map_err(|_| "set AUDIENCE to the `aud` of your JWTs")?;

    let keys = fetched_keys(&issuer)?;
    if let Err(error) = keys.ready().await {
        eprintln!("the keys can't be fetched yet: {error}");
    }
    let who = JwtAuthenticator::new(keys, &issuer, &audience)?;

    let gate = Gate::in_memory();
    let route = SseRoute::new("/ticks")?;
    let app = Router::new()
        .sse(&gate, &route, get(ticks), who, may_watch)
        .strip_tokens([&route]);

    let port = env::var("PORT").map_or(Ok(3000), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

/// The keys that the issuer publishes. They are fetched when the first JWT comes, and again later.
fn fetched_keys(issuer: &str) -> Result<RemoteJwkSet, Box<dyn Error>> {
    // By name, as another crate of the program may bring another provider.
    let provider = rustls::crypto::ring::default_provider();
    let connector = HttpsConnectorBuilder::new().with_provider_and_native_roots(provider)?;
    let connector = connector.https_or_http().enable_http1().build();
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);

    let keys = RemoteJwkSet::builder_for_issuer(issuer);
    let is_on_this_machine = issuer.starts_with("http://localhost:");
    let keys = if is_on_this_machine {
        keys.with_insecure_http()
    } else {
        keys
    };
    Ok(keys.build(client)?)
}

async fn may_watch(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

async fn ticks(
    granted: Granted,
) -> SseBody<impl Stream<Item = Result<Event<'static>, Infallible>>> {
    let user = granted.subject().as_str().to_owned();
    let ticks = IntervalStream::new(interval(Duration::from_secs(1)));
    SseBody::new(ticks.map(move |_| Ok(Event::new().data(format!("hello, {user}")))))
}

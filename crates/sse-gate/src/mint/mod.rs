//! Issues tokens over HTTP: [`MintService`], the endpoint that trades a credential for a token.
//!
//! Who asks is found out by an [`Authenticator`], whether they may by an [`Authorizer`]. A
//! handler that does both by itself calls [`Gate::issue`](sse_gate_core::Gate::issue), and turns
//! its error into a response with [`Problem::from`](crate::Problem).
//!
//! # Which requests get a token
//!
//! A POST with one `Authorization: Bearer …` header. No cookie and no form can stand in for it,
//! so no foreign page can ask in a user's name. A body, if there is one, is JSON of at most
//! [128 KiB](MintService::with_max_body).
//!
//! | what is wrong | answer |
//! |---|---|
//! | another method | 405 |
//! | another path than the [pattern](MintService::at)'s | 404 |
//! | no credential, or a bad one | 401 |
//! | credentials shown twice, or in a way that is none | 400 |
//! | a credential of more than [8 KiB](Bearer::MAX_LEN) | 431 |
//! | a body of another type | 415 |
//! | a body too large, or a payload | 413 |
//! | a body that takes more than [10 s](MintService::with_body_time_limit) | 408 |
//! | the subject has too many [bodies under way](BodyLimits) | 429 with `Retry-After` |
//! | the authorizer says no | 403 or 404 |
//! | the subject has too many unused tokens, or the authorizer says too many of something | 429 with `Retry-After` |
//! | store, randomness or authenticator fail, or all is full | 503 with `Retry-After` |
//!
//! The credential is checked before anything of the body is read. The gate's
//! [observer](sse_gate_core::Observer) is told of every refusal, and
//! [why](sse_gate_core::MintRefusalReason): more than the client is. The
//! [store](mod@crate::store) is asked within a time limit.
//!
//! To be used within a Tokio runtime.
//!
//! ```
//! use http::{Request, StatusCode, request::Parts};
//! use http_body_util::{BodyExt, Empty};
//! use sse_gate::mint::{Bearer, Denied, Identity, MintRequest, MintService, Permit, Unauthenticated};
//! use sse_gate::{Gate, MemoryStore, StreamRoute, Subject};
//! use tower::Service;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let route = StreamRoute::new("/generations/{id}/stream")?;
//! let who = |parts: &Parts| {
//!     let bearer = Bearer::of(&parts.headers).map(|bearer| bearer.as_str() == "alices");
//!     std::future::ready(match bearer {
//!         Ok(true) => Ok(Identity::new(Subject::new("alice").unwrap())),
//!         Ok(false) => Err(Unauthenticated::invalid()),
//!         Err(error) => Err(error),
//!     })
//! };
//! let whether = move |request: MintRequest| {
//!     let id = request.param("id").unwrap_or_default();
//!     let permit = route.resource([id]).map(|resource| Permit::new(request.grant_of(resource)));
//!     let stream_url = route.path([id]).unwrap_or_default();
//!     let permit = permit.map(|permit| permit.with_member("stream_url", stream_url));
//!     async { permit.map_err(|_| Denied::NotFound) }
//! };
//! let gate = Gate::new(MemoryStore::default());
//! let mut mint = MintService::new(&gate, who, whether).at("/generations/{id}/stream-token")?;
//!
//! let request = Request::post("/generations/7/stream-token")
//!     .header("authorization", "Bearer alices")
//!     .body(Empty::<bytes::Bytes>::new())?;
//! let response = mint.call(request).await?;
//! assert_eq!(response.status(), StatusCode::OK);
//! let body = response.into_body().collect().await?.to_bytes();
//! let body: serde_json::Value = serde_json::from_slice(&body)?;
//! assert!(body["sse_token"].as_str().unwrap().starts_with("sset1_"));
//! assert_eq!(body["stream_url"], "/generations/7/stream");
//! # Ok(())
//! # }
//! ```

mod authenticate;
mod authorize;
mod bearer;
mod bodies;
mod endpoint;
mod read;
mod refusal;
mod response;
mod service;

pub use authenticate::{Authenticator, Identity, Unauthenticated};
pub use authorize::{Authorizer, Denied, MintRequest, Permit};
pub use bearer::Bearer;
pub use bodies::BodyLimits;
pub use service::{MintFuture, MintService};

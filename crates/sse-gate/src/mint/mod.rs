//! Issues tokens over HTTP: [`MintService`], the endpoint that trades a credential for a token.
//!
//! Who asks is found out by an [`Authenticator`], whether they may by an [`Authorizer`]. A
//! handler that does both by itself calls [`Gate::issue`](sse_gate_core::Gate::issue), and turns
//! its error into a response with [`Problem::from`](crate::Problem).
//!
//! # Which requests get a token
//!
//! A POST with one `Authorization: Bearer …` header. No cookie and no form can stand in for it,
//! so no foreign page can ask in a user's name. A service whose users have a session cookie takes a
//! [`CookieAuthenticator`], or wraps its own authenticator in [`SameOrigin`]. A body, if there is one, is JSON of at most
//! [128 KiB](MintService::with_max_body).
//!
//! | what is wrong | answer |
//! |---|---|
//! | another method | 405 |
//! | another path than the [mint path](crate::SseRoute::mint_pattern) | 404 |
//! | no credential, or a bad one | 401 |
//! | a cookie that a foreign page sent | 403 |
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
//! use http::request::Parts;
//! use http::{Request, StatusCode};
//! use http_body_util::{BodyExt, Empty};
//! use sse_gate::mint::{AuthError, Bearer, Denied, Identity, MintRequest, MintService, Permit};
//! use sse_gate::{Gate, SseRoute};
//! use tower::Service;
//!
//! async fn who(parts: Parts) -> Result<Identity, AuthError> {
//!     match Bearer::of(&parts.headers)?.as_str() {
//!         "alices" => Ok(Identity::named("alice")?),
//!         _ => Err(AuthError::invalid()),
//!     }
//! }
//!
//! async fn may_watch(request: MintRequest) -> Result<Permit, Denied> {
//!     Ok(request.permit())
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (gate, route) = (Gate::in_memory(), SseRoute::new("/generations/{id}/stream")?);
//! let mut mint = MintService::new(&gate, &route, who, may_watch);
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

mod auth_error;
mod authenticate;
mod authorize;
mod bearer;
mod bodies;
mod challenge;
mod clock;
mod cookie;
mod decide;
mod denied;
mod endpoint;
mod identity;
mod issued;
mod permit;
mod read;
mod rejection;
mod request;
mod same_origin;
mod service;
mod settings;
mod with_state;

pub use auth_error::AuthError;
pub use authenticate::Authenticator;
pub use authorize::Authorizer;
pub use bearer::Bearer;
pub use bodies::BodyLimits;
pub use challenge::Challenge;
pub(crate) use clock::GateClock;
pub use cookie::CookieAuthenticator;
pub(crate) use decide::Callers;
pub use denied::Denied;
pub use identity::Identity;
pub use issued::IssuedToken;
pub use permit::Permit;
pub(crate) use rejection::MintRejection;
pub use request::MintRequest;
pub use same_origin::SameOrigin;
pub use service::{MintFuture, MintService};
pub use with_state::{WithState, with_state};

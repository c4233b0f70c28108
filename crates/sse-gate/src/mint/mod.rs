//! Issues tokens over HTTP: [`MintService`], the endpoint that trades a credential for a token.
//!
//! An [`Authenticator`] finds out who makes the request. An [`Authorizer`] decides whether that caller
//! may open the stream, and with which data. Both can be plain async functions. A handler that does
//! both by itself calls [`Gate::issue`](crate::Gate::issue) instead.
//!
//! The same two also decide at the stream itself, for callers that send their bearer there: see
//! [`GateLayer::with_callers`](crate::GateLayer::with_callers).
//!
//! # Which requests get a token
//!
//! A POST to the route's [mint path](crate::SseRoute::mint_pattern), with one
//! `Authorization: Bearer …` header. No cookie and no form can replace the header, so a foreign page
//! can't ask in a user's name. If your users have a session cookie, use a [`CookieAuthenticator`], or
//! wrap your own authenticator in [`SameOrigin`]. A body is optional. It is JSON of at most
//! [128 KiB](MintService::with_max_body).
//!
//! | what is wrong | answer |
//! |---|---|
//! | another method | 405 |
//! | another path | 404 |
//! | no credential, or an invalid one | 401 |
//! | a cookie that a foreign page sent | 403 |
//! | credentials twice, or in an invalid form | 400 |
//! | a credential longer than [8 KiB](Bearer::MAX_LEN) | 431 |
//! | a body that is not `application/json` | 415 |
//! | a body or a payload that is too large | 413 |
//! | a body that takes longer than [10 s](MintService::with_body_time_limit) | 408 |
//! | a body that the authorizer can't use | 422 |
//! | too many [bodies in progress](BodyLimits) of this subject | 429 with `Retry-After` |
//! | the authorizer says no | 403 or 404 |
//! | too many unused tokens of this subject, or the authorizer says [too many](Denied::TooMany) | 429 with `Retry-After` |
//! | the store, the randomness or the authenticator failed, or everything is full | 503 with `Retry-After` |
//!
//! # In which order
//!
//! 1. Method and path.
//! 2. The [epoch](crate::Gate::epoch) is read from the store. A subject that is revoked from here on
//!    gets no token, however long the rest takes.
//! 3. The authenticator is asked. It sees only the head of the request.
//! 4. The body is read, within its limits.
//! 5. The authorizer is asked, with the body.
//! 6. The token is issued.
//!
//! The gate's [observer](sse_gate_core::Observer) is told of every refusal, and of its
//! [reason](sse_gate_core::MintRefusalReason), which is more exact than what the client sees. The
//! [store](mod@crate::store) is asked within a time limit.
//!
//! The service must be called within a Tokio runtime.
//!
//! # Example
//!
//! ```
//! use http::request::Parts;
//! use http::{Request, StatusCode};
//! use http_body_util::{BodyExt, Empty};
//! use sse_gate::mint::{AuthError, Bearer, Denied, Identity, MintRequest, MintService, Permit};
//! use sse_gate::{Gate, SseRoute};
//! use tower::Service;
//!
//! async fn authenticate(parts: Parts) -> Result<Identity, AuthError> {
//!     match Bearer::of(&parts.headers)?.as_str() {
//!         "alices-key" => Ok(Identity::named("alice")?),
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
//! let mut mint = MintService::new(&gate, &route, authenticate, may_watch);
//!
//! let request = |key: &str| {
//!     Request::post("/generations/7/stream-token")
//!         .header("authorization", format!("Bearer {key}"))
//!         .body(Empty::<bytes::Bytes>::new())
//! };
//! let response = mint.call(request("alices-key")?).await?;
//! assert_eq!(response.status(), StatusCode::OK);
//! let body = response.into_body().collect().await?.to_bytes();
//! let body: serde_json::Value = serde_json::from_slice(&body)?;
//! assert!(body["sse_token"].as_str().unwrap().starts_with("sset1_"));
//! assert_eq!(body["stream_url"], "/generations/7/stream");
//!
//! assert_eq!(mint.call(request("mallorys")?).await?.status(), StatusCode::UNAUTHORIZED);
//! # Ok(())
//! # }
//! ```

mod auth_error;
mod authenticate;
mod authorize;
mod bearer;
mod bodies;
mod clock;
mod cookie;
mod decide;
mod denied;
mod endpoint;
mod identity;
mod permit;
mod read;
mod rejection;
mod request;
mod same_origin;
mod service;
mod settings;
mod with_state;

#[doc(inline)]
pub use crate::challenge::Challenge;
pub use auth_error::AuthError;
pub use authenticate::Authenticator;
pub use authorize::{Authorizer, any_caller};
pub use bearer::Bearer;
pub use bodies::BodyLimits;
pub(crate) use clock::GateClock;
pub use cookie::CookieAuthenticator;
pub(crate) use decide::Callers;
pub use denied::Denied;
pub use identity::Identity;
pub use permit::Permit;
pub(crate) use rejection::MintRejection;
pub use request::MintRequest;
pub use same_origin::SameOrigin;
pub use service::{MintFuture, MintService};
pub use with_state::{WithState, with_state};

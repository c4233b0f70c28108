//! Admits requests to streams: [`GateLayer`] redeems the token of a request, or refuses the request.
//!
//! # Which requests pass
//!
//! A request to the layer's [route](crate::SseRoute) that acts like a page's `EventSource` and has the
//! right to the stream. There are three ways to show that right, three doors:
//!
//! | door | what the request shows | on which routes |
//! |---|---|---|
//! | token | a fresh token, in the URL or in a header | all |
//! | session | a resume id in `Last-Event-ID`, and the spent token of the same session | [resumable](GateLayer::resumable) ones |
//! | bearer | no token, and the caller's own credential in `Authorization` | those [with callers](GateLayer::with_callers) |
//!
//! A request without a token and with a bearer goes to the bearer door. The mint's authenticator is
//! asked, then the mint's authorizer, and then the sessions if the request has a resume id. Every
//! other request shows a token. If it has a resume id too, the sessions are asked first. If the id is
//! not valid for this token, the token is redeemed as if it had come alone.
//!
//! # Checks
//!
//! These come before any door. The cheap and public ones are first. The names are those that
//! [`GateRejection::as_str`] returns and that metrics use.
//!
//! | check | what it requires | status |
//! |---|---|---|
//! | `method` | GET, or POST at the bearer door. OPTIONS is answered with 204 and the list | 405 |
//! | `route` | the path is one of the route | 404 |
//! | `early_data` | the request did not come as TLS 1.3 early data, which can be replayed (RFC 8470) | 425 |
//! | `body` | a GET has no content | 400 |
//! | `prefetch` | the browser does not fetch it ahead of time | 403 |
//! | `fetch_metadata` | a script makes the request, not a navigation or an element | 403 |
//! | `accept` | `Accept` names `text/event-stream`, unless the layer takes [any type](GateLayer::with_any_accept) | 406 |
//! | `query_too_long` | the query has at most 4 KiB | 414 |
//! | `origin` | the origin is allowed, if the layer has a [list](GateLayer::with_allowed_origins) | 403 |
//! | `capacity` | there is a free slot for another stream | 503 |
//!
//! Then the credential is looked at:
//!
//! | check | what it requires | status |
//! |---|---|---|
//! | `no_token` | the request shows a token, or a bearer if callers may come | 401 |
//! | `many_tokens` | it shows one credential; `Authorization` may be [ignored](GateLayer::with_authorization_ignored) | 400 |
//! | `bad_token` | the token is spelled as one, known, fresh and for this stream | 401 |
//! | `unavailable` | the store answers, and so does the [limiter](crate::StreamSlots::with_limiter), if there is one | 503 |
//! | `subject_capacity` | there is a free slot for another stream of this subject | 429 |
//!
//! A request that fails a check before `bad_token` leaves every token as it was. So a link preview, a
//! prefetch or a pasted URL spends no token. A request that fails `subject_capacity` has spent its
//! token.
//!
//! With a [limiter](crate::StreamSlots::with_limiter), `capacity` and `subject_capacity` also count the
//! streams of other nodes. A limiter that is full in all or does not answer leaves the token as it was.
//!
//! The bearer door answers with the statuses of the [mint](mod@crate::mint): 401 for a bad
//! credential, 403 or 404 if the authorizer says no, 429 or 503 with `Retry-After`.
//!
//! # Content
//!
//! The layer ignores ranges, conditions and offers to upgrade: no handler behind it can take over the
//! connection of hyper or axum. Content is a `Content-Length` that is
//! not zero, or a data frame with bytes that is there or that follows the head within 10 ms. An empty
//! chunked body has no content, and neither has an HTTP/2 request whose end comes later. To see a data
//! frame, the layer polls the bodies of hyper and axum, and boxed ones, before the handler gets them.
//! It judges other types by their [`size_hint`](http_body::Body::size_hint). It does not poll the body
//! of a POST: that belongs to the handler.
//!
//! # What a refused client sees
//!
//! `application/problem+json`. All bad tokens get the same answer, byte for byte. Only the gate's
//! [observer](sse_gate_core::Observer) is told the reason. The answer to HEAD has the same headers and
//! no body.
//!
//! A client that comes back with a resume id gets no error that passes by itself: an error would stop
//! its `EventSource` for good. It gets 200 and `sse.wait` instead. See [`mod@crate::resume`].
//!
//! # When a client goes away
//!
//! Before the store is asked, nothing happens. After that, the redemption runs to its end without the
//! client. The token is spent or untouched, and no other request can use what the client had begun.
//!
//! # What the deployment must take care of
//!
//! - TLS.
//! - A proxy that neither caches nor buffers the route, and never redirects it.
//! - A [`StripTokenLayer`](crate::StripTokenLayer) around everything that logs URIs.
//!
//! # Example
//!
//! ```
//! use http::{Request, Response, StatusCode, header::ACCEPT};
//! use http_body_util::Empty;
//! use sse_gate::{Gate, GateLayer, GrantRequest, Granted, SseRoute, Subject};
//! use tower::{Layer, Service, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let gate = Gate::in_memory();
//! let route = SseRoute::new("/generations/{id}/stream")?;
//! let handler = service_fn(|request: Request<Empty<bytes::Bytes>>| async move {
//!     let granted = request.extensions().get::<Granted>().expect("the gate let it in");
//!     assert_eq!(granted.subject().as_str(), "alice");
//!     Ok::<_, std::convert::Infallible>(Response::new(Empty::<bytes::Bytes>::new()))
//! });
//! let mut service = GateLayer::new(&gate, &route).layer(handler);
//!
//! let request = GrantRequest::new(Subject::new("alice")?, route.resource(["7"])?);
//! let issued = gate.issue(request).await?;
//! let uri = format!("{}?token={}", route.url(["7"])?, issued.token().expose());
//! let request = || Request::get(&uri).header(ACCEPT, "text/event-stream").body(Empty::new());
//!
//! assert_eq!(service.call(request()?).await?.status(), StatusCode::OK);
//! assert_eq!(service.call(request()?).await?.status(), StatusCode::UNAUTHORIZED);
//! # Ok(())
//! # }
//! ```

mod accept;
mod admit;
mod alarm;
mod answer;
mod attempt;
mod bearer_door;
mod body;
mod checks;
mod config;
mod content;
mod future;
pub(crate) mod guard;
mod layer;
mod places;
mod rejection;
mod service;
mod session_door;
mod stopper;
mod token_door;

pub use body::ResponseBody;
pub use future::ResponseFuture;
pub use layer::GateLayer;
pub use rejection::GateRejection;
pub use service::GateService;

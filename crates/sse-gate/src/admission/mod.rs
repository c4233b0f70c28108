//! Stands in front of streams: [`GateLayer`] redeems the token of a request, or refuses it.
//!
//! # Which requests pass
//!
//! Those that a page's `EventSource`, or a program that acts like one, makes to the layer's
//! [route](crate::SseRoute) with a fresh token. The order of the checks, cheap and public
//! ones first:
//!
//! | check | refused with |
//! |---|---|
//! | `method`: GET (OPTIONS is answered with the list) | 405 |
//! | `route`: the path is one of the route | 404 |
//! | `early_data`: it is no replayable TLS 1.3 early data (RFC 8470) | 425 |
//! | `body`: it has no content | 400 |
//! | `prefetch`: no browser fetches it ahead of time | 403 |
//! | `fetch_metadata`: a script fetches it, not a navigation or an element | 403 |
//! | `accept`: it names `text/event-stream`, or [any type will do](GateLayer::with_any_accept) | 406 |
//! | `query_too_long`: its query has at most 4 KiB | 414 |
//! | `origin`: it is an allowed one, if that is [set up](GateLayer::with_allowed_origins) | 403 |
//! | `capacity`: there is room for another stream | 503 |
//! | `one_token`: it shows a token, and no other credential; `Authorization` may be [ignored](GateLayer::with_authorization_ignored) | 401, 400 |
//! | the token is well-spelled, and redeemed | 401, or 503 if the store can't say |
//! | `subject_capacity`: there is room for another stream of the subject's | 429 |
//!
//! A request that fails a check above the last two leaves every token as it was. So link
//! previews, prefetching and a pasted URL cost nobody a token.
//!
//! That is a strict route: its token opens one connection. On a
//! [resumable](GateLayer::resumable) one, a request with a resume id passes the same checks and is
//! looked for among the sessions before its token is redeemed: see [`mod@crate::resume`].
//!
//! An offer to upgrade, ranges and conditions are ignored. Content is a length that is not zero, or a
//! data frame with bytes that is there or follows the head within 10 ms. An empty chunked body, or an
//! HTTP/2 request whose end comes later, has none. To see a data frame, the gate polls the bodies of
//! hyper and axum, and boxed ones, before the handler gets them; other types are judged by their
//! [`size_hint`](http_body::Body::size_hint).
//!
//! # What a refused client sees
//!
//! `application/problem+json`. All bad tokens get the same answer to the byte, whatever is wrong
//! with them; the reason goes to the gate's [observer](sse_gate_core::Observer) alone. The answer to
//! HEAD has the same headers and no body: over HTTP/2 a server may not take it away.
//!
//! # What happens when a client goes away
//!
//! Before the store was asked, nothing. After that, the redemption runs to its end without it:
//! a token is spent or untouched, and nobody else can use what the vanished client had begun.
//!
//! # What the deployment must take care of
//!
//! TLS. A proxy that neither caches nor buffers the route, and never redirects it. A
//! [`StripTokenLayer`](crate::StripTokenLayer) around everything that logs URIs.
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
mod answer;
mod attempt;
mod bearer_door;
mod body;
mod checks;
mod content;
mod future;
mod guard;
mod layer;
mod origin;
mod rejection;
mod service;
mod session_door;
mod stopper;
mod token_door;

pub use body::ResponseBody;
pub use future::ResponseFuture;
pub use layer::GateLayer;
pub use origin::InvalidOrigin;
pub(crate) use origin::check as check_origin;
pub use rejection::GateRejection;
pub use service::GateService;

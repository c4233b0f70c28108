//! Takes tokens out of requests before anything can log them: [`StripTokenLayer`].
//!
//! The layer belongs outermost, around the whole router. Trace layers, access logs and axum's
//! `OriginalUri` all see the URI as it is when it reaches them.
//!
//! It knows the [routes](crate::SseRoute) of the streams. It takes the token out of their requests, and
//! hands it to the [`GateLayer`](crate::GateLayer) of the same route as a
//! [`StrippedToken`](crate::StrippedToken), which no other code can read. Requests of other routes keep
//! their parameters, also one that is named `token`.
//!
//! It refuses no request, and the streams are as safe without it. What it adds is that no log, trace or
//! error report has a token in it.
//!
//! # What it blanks
//!
//! The token is taken out of its own place. In every other place of the URI of a stream's path or a
//! [mint path](crate::SseRoute::mint_pattern), a segment of the path is replaced by `-`, and a parameter of
//! the query is removed, if it
//!
//! - contains the beginning of a token (`sset1_`), of a resume id (`sser1.`) or of a JWT (`eyJ….….`),
//!   however often it is percent-encoded;
//! - or has the name of a credential, in any case and with any signs in it: `access_token`, `id_token`,
//!   `refresh_token`, `jwt`, `authorization`, `bearer`, `api_key`, `client_secret`, `password`,
//!   `lastEventId`, and a few more.
//!
//! This includes requests that are refused later, paths whose parameters can't be decoded or are too
//! long, and paths that match only after an inner layer has normalized them: with double slashes, or with
//! a wrong slash at the end. A query longer than 4 KiB is removed as a whole.
//!
//! In the URIs of all requests, it percent-encodes everything that is not ASCII, as a browser does.
//! Written to a log as it is, such text could break a line, reverse it, or control a terminal. A router
//! decodes it again.
//!
//! # Which path it matches
//!
//! The path that the client asks for: see [`SseRoute`](crate::SseRoute#which-path-is-matched). If no route
//! matches here, the gate takes the token out of what inner layers see of the path. Everything works then,
//! but the token is in the log. The gate notices this and tells its observer, once for each route:
//! [`Signal::TokenNotStripped`](crate::Signal::TokenNotStripped). It can't notice a logging layer that is
//! outside of this one, as a layer that was added with `Router::layer`.
//!
//! # Example
//!
//! ```
//! use http::Request;
//! use sse_gate::{SseRoute, StripTokenLayer};
//! use tower::{Layer, Service, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let route = SseRoute::new("/generations/{id}/stream")?;
//! let log = service_fn(|request: Request<()>| async move {
//!     Ok::<_, std::convert::Infallible>(request.uri().to_string())
//! });
//! let mut service = StripTokenLayer::new([route]).layer(log);
//!
//! for (sent, logged) in [
//!     ("/generations/7/stream?token=secret&color=red", "/generations/7/stream?color=red"),
//!     ("/generations/7/stream?jwt=eyJh", "/generations/7/stream"),
//!     ("/generations/7/stream-token?access_token=x", "/generations/7/stream-token"),
//!     ("/files/7?token=not-ours", "/files/7?token=not-ours"),
//! ] {
//!     assert_eq!(service.call(Request::get(sent).body(())?).await?, logged);
//! }
//! # Ok(())
//! # }
//! ```

mod ascii;
mod layer;
mod service;

pub use layer::StripTokenLayer;
pub use service::StripToken;

//! Takes tokens out of requests before anybody can log them.
//!
//! [`StripTokenLayer`] belongs outermost, around the whole router: trace layers, access logs and
//! axum's `OriginalUri` all see the URI as it is when it reaches them. It knows the
//! [routes](crate::SseRoute) of the streams and takes nothing from other requests, so a `token`
//! parameter of somebody else's route stays. What it lifts out it hands to the
//! [`GateLayer`](crate::GateLayer) of the same route, where no one else can read it.
//!
//! Of every request it percent-encodes what stands in the URI and is not ASCII, as a browser does:
//! written to a log as it is, it could break a line, turn it around or command a terminal. A router
//! decodes it again.
//!
//! It refuses nothing. A service that has only the gate's layer is as safe at its door: what it
//! lacks is the hygiene of what stands before that door.
//!
//! # What it blanks
//!
//! A token is lifted out of its own place, where it has one spelling. In every other place of the
//! URI of a stream's route, and of its [mint](crate::SseRoute::mint_pattern), a segment of the path is
//! replaced by `-` and a parameter of the query is taken out that
//!
//! - has something in it that begins as a token (`sset1_`), a resume id (`sser1.`) or a JWT (`eyJ….….`)
//!   does, however often it is percent-encoded;
//! - or has the name of a credential, in any case and with any signs in it: `access_token`, `id_token`,
//!   `refresh_token`, `jwt`, `authorization`, `bearer`, `api_key`, `client_secret`, `password`,
//!   `lastEventId`, and a few more.
//!
//! That is so for requests that will be refused, too, for a path whose parameters can't be decoded or
//! are too long, and for one that an inner layer brings into the usual form: doubled slashes, one too
//! many or too few at the end. A query over 4 KiB is taken out as a whole.
//!
//! # Which path it goes by
//!
//! The one that the client asked for. `Router::nest` cuts the path that inner layers see, so a route
//! has the pattern of the whole path, and the gate goes by what this layer has found. If this layer
//! never matches, the gate takes the token out of what is left of the path, and everything works,
//! but the token is in the log. The gate notices that and tells its observer, once for each route:
//! [`Signal::TokenNotStripped`](crate::Signal::TokenNotStripped). What it can't notice is a logging
//! layer, or axum's `OriginalUri`, outside of this layer, as with `Router::layer`.
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
//! let request = |uri: &str| Request::get(uri).body(()).unwrap();
//! let logged = service.call(request("/generations/7/stream?token=secret&color=red")).await?;
//! assert_eq!(logged, "/generations/7/stream?color=red");
//! let logged = service.call(request("/files/7?token=not-ours")).await?;
//! assert_eq!(logged, "/files/7?token=not-ours");
//! # Ok(())
//! # }
//! ```

mod ascii;
mod layer;
mod service;

pub use layer::StripTokenLayer;
pub use service::StripToken;

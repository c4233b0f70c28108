//! Takes tokens out of requests before anybody can log them.
//!
//! [`StripTokenLayer`] belongs outermost, around the whole router: trace layers, access logs and
//! axum's `OriginalUri` all see the URI as it is when it reaches them. It knows the
//! [routes](crate::StreamRoute) of the streams and changes no request but theirs, so a `token`
//! parameter of somebody else's route stays. What it lifts out it hands to the
//! [`GateLayer`](crate::GateLayer) of the same route, where no one else can read it.
//!
//! It refuses nothing. A service that has only the gate's layer is as safe at its door: what it
//! lacks is the hygiene of what stands before that door.
//!
//! ```
//! use http::Request;
//! use sse_gate::{StreamRoute, StripTokenLayer};
//! use tower::{Layer, Service, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let route = StreamRoute::new("/generations/{id}/stream")?;
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

mod layer;
mod service;

pub use layer::StripTokenLayer;
pub use service::StripToken;

//! A server for any tower service over `http` types, made for many open streams: [`serve`].
//!
//! It stands where `axum::serve` or a loop around hyper stands. HTTP is hyper's. This crate adds what hyper leaves to
//! you:
//!
//! - **Time limits on silence.** A client that connects and says nothing, or stops in its first bytes, in the head of a
//!   request or between two requests, is hung up on: [`Serve::with_silence`].
//! - **Caps on connections**, in all and by peer: [`Serve::with_max_connections`],
//!   [`Serve::with_max_per_peer`].
//! - **An end within a time**: [`Serve::until`], [`Serve::with_grace`].
//! - **Parked streams.** An event stream that waits for its next event needs no HTTP server: it writes chunks until it
//!   ends. So when hyper has written all that there is, the socket is taken out of hyper, and the connection's task goes
//!   on with the body. That takes a small part of the memory.
//!
//! ```no_run
//! use std::convert::Infallible;
//! use http::{Request, Response};
//! use http_body_util::Full;
//! use hyper::body::{Bytes, Incoming};
//! use sse_gate_serve::serve;
//! use tokio::net::TcpListener;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let app = tower::service_fn(async |_: Request<Incoming>| {
//!     Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"hello"))))
//! });
//! let listener = TcpListener::bind("127.0.0.1:3000").await?;
//! serve(listener, app).until(async { tokio::signal::ctrl_c().await.unwrap() }).await
//! # }
//! ```
//!
//! # When a stream is parked
//!
//! All of these must hold. Otherwise the stream stays with hyper, and works the same.
//!
//! - The connection is HTTP/1.1, and the response is `text/event-stream`, in chunks, without trailers.
//! - The request had no body.
//! - The body has given something, and waits.
//! - **What hyper has written is, byte for byte, the head and then one chunk for each frame of the body.** The socket
//!   is watched while hyper has it, so this is seen, not assumed.
//!
//! The body that is parked is the whole one, with all layers around it. So layers that watch bodies, or change them,
//! go on with their work.
//!
//! A parked stream is polled like one in hyper. When it ends, the connection goes back to hyper for the next request, unless
//! one of the two sides has said that it closes.

mod accept;
mod activity;
mod caps;
mod connection;
mod front;
mod http1;
mod http2;
mod park;
mod preface;
#[cfg(test)]
mod probe;
mod progress;
mod rewind;
mod server;
mod settings;
mod socket;
mod stats;

pub use server::{PeerAddr, Serve, serve};
pub use stats::Stats;

/// The code in `README.md` compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

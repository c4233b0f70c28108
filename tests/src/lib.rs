//! What the tests of whole servers need: the servers as processes, and clients that send exactly
//! the bytes that a test wants.
//!
//! | what | where |
//! |---|---|
//! | a server, started and stopped | [`Setup`], [`Server`], [`Output`] |
//! | who asks it | [`User`], [`Minted`], [`Ticket`], [`mod@jwt`] |
//! | what is said over HTTP/1.1 | [`Request`], [`Connection`], [`Response`] |
//! | what is said over HTTP/2 | [`h2`], frame by frame [`frames`] |
//! | streams | [`EventStream`], [`Event`] |
//! | numbers | [`Metrics`] |
//! | a store that can be made to wait | [`Slow`] |
//! | leaks | [`Secrets`] |
//! | browsers and their `EventSource`, real and not | [`engines`] |
//!
//! Everything here panics when a server does not do what it must for a test to go on.
#![expect(
    clippy::missing_panics_doc,
    reason = "a harness panics wherever a test can't go on"
)]

/// The quick start of the repository's README, as a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

mod connection;
pub mod engines;
mod events;
pub mod frames;
pub mod h2;
pub mod jwt;
mod metrics;
mod output;
mod request;
mod response;
mod secrets;
mod server;
mod setup;
mod slow;
mod ticket;
mod user;
mod wait;

pub use connection::Connection;
pub use events::{Decoder, End, Event, EventStream};
pub use metrics::Metrics;
pub use output::Output;
pub use request::Request;
pub use response::Response;
pub use secrets::Secrets;
pub use server::Server;
pub use setup::Setup;
pub use slow::{Slow, Wait};
pub use ticket::Ticket;
pub use user::{Minted, SAMPLE, User};
pub use wait::{eventually, in_time, in_time_of};

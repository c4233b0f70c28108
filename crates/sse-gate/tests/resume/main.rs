//! A resumable route, through its tower service: who goes on, who does not, and what is left when
//! a client vanishes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod client;
mod desk;
mod hand;
mod scene;
#[path = "../support/mod.rs"]
mod support;
mod told;

mod beats;
mod caps;
mod clock;
mod ends;
mod factors;
mod failures;
mod faults;
mod first_frame;
mod flood;
mod going_on;
mod grace;
mod handlers;
mod no_request;
mod orphans;
mod revocation;
mod secrecy;
mod shutdown;
mod vanishing;
mod work;

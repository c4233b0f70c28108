//! Keys that an issuer publishes, fetched over real sockets with a client of hyper-util.
//!
//! The issuer is a server of the tests' own that behaves as Keycloak does, and misbehaves as a test
//! asks. Time goes on by itself, and jumps where a test would have to wait for minutes.
//!
//! | file | what is claimed |
//! |---|---|
//! | `rotation` | keys by id, found again after they changed; floods of ids that no key has |
//! | `outage` | answers that are no keys, and none at all |
//! | `mint` | a whole mint: who gets a token |
//! | `server` | the issuer |
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod mint;
mod outage;
mod rotation;
mod server;
mod signing;

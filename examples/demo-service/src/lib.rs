//! What the example servers share: everything but the framework.
//!
//! Three servers (axum, hyper and warp) answer the same requests in the same words, so that
//! comparing two of them shows the framework and nothing else. All they have in common lives here
//! and knows no framework:
//!
//! - [`users`] and [`login`]: two demo users, and the JWT that a login earns;
//! - [`infer`]: Rust types from a JSON sample, the real work of the demo;
//! - [`generation`]: jobs that do this work in the background, and streams of their progress;
//! - [`chat`]: answers from the repository's own documents;
//! - [`topics`]: logs that many write and read;
//! - [`page`]: the page that shows it, with its scripts and its Content-Security-Policy;
//! - [`http`]: the endpoints, in the types that all frameworks share;
//! - [`server`]: the command line, logs, signals, and a loop that accepts connections.

pub mod chat;
pub mod generation;
pub mod http;
pub mod infer;
pub mod login;
pub mod page;
pub mod server;
pub mod topics;
pub mod users;

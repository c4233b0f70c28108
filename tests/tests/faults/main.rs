//! What goes wrong between a client and its stream, over real sockets: clients that vanish, stores
//! that hang, handlers that panic. Whatever it is, a token is spent or untouched, its place is
//! free again, and nothing is left running.

mod client;
mod handler;
mod scene;
mod shutdown;
mod store_faults;
#[cfg(target_os = "linux")]
mod takeovers;
#[cfg(target_os = "linux")]
mod unread;
mod vanish;

//! The sources of tokens, over a transport that answers by a script.

mod mints;
mod once;
mod requests;
mod settings;
mod transport;

//! Where requests for a stream come from, with a credential for each attempt.
//!
//! | source | credential | after a break |
//! |---|---|---|
//! | [`MintEachTime`] | a token for each attempt | a new token, from behind the last event |
//! | [`MintOnce`] | one token | the same URL, and the id of the last event |
//! | [`Direct`] | the bearer itself in a header, or nothing | the same again |
//!
//! No source reads a token from anywhere but the answer of its mint, and no credential goes to another
//! origin than the one that you named.

mod answer;
mod bearers;
mod direct;
mod each;
mod error;
mod mint;
mod once;
mod source;

pub use direct::Direct;
pub use each::MintEachTime;
pub(crate) use error::Outcome;
pub use error::TokenError;
pub use once::MintOnce;
pub(crate) use source::ErasedSource;
pub use source::TokenSource;

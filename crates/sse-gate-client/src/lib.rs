//! A client for Server-Sent Events.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod bearer;
mod error;
mod event;
pub mod machine;
mod request;
mod settings;
mod source;
mod token;
mod transport;
mod update;

pub use bearer::{Bearer, BearerSource, InvalidBearerError};
pub use error::{BoxError, Error, ErrorKind};
pub use event::Event;
pub use machine::Attempt;
pub use request::{InvalidUrlError, StreamRequest};
pub use settings::Settings;
pub use source::{EventSource, Events};
pub use token::{Direct, MintEachTime, MintOnce, TokenError, TokenSource};
#[cfg(feature = "hyper")]
pub use transport::HyperTransport;
#[cfg(feature = "reqwest")]
pub use transport::ReqwestTransport;
pub use transport::{Http, Transport};
pub use update::{End, Gap, RetryReason, State, Update, Waiting};

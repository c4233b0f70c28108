//! Data that is JSON: `encode` writes it, `decode` reads it, `error` says what was wrong.

mod decode;
mod encode;
mod error;

pub use error::{JsonError, JsonErrorKind};

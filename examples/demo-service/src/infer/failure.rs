//! Why no Rust code came out.

use super::{MAX_CODE_BYTES, MAX_FIELDS, MAX_TYPES};

/// A [`Meter`](super::Meter) asked for the work to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped")]
pub struct Stopped;

/// Why no Rust code came out of a sample.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The meter asked for it.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The sample is no JSON. A [`Sample`](super::Sample) was checked, so this is not expected.
    #[error("the sample is no JSON: {0}")]
    Json(#[source] serde_json::Error),
    /// The sample has more than [`MAX_TYPES`] kinds of object.
    #[error("the sample needs more than {MAX_TYPES} types")]
    TooManyTypes,
    /// The sample's objects have more than [`MAX_FIELDS`] fields in all.
    #[error("the sample needs more than {MAX_FIELDS} fields")]
    TooManyFields,
    /// The code would be longer than [`MAX_CODE_BYTES`].
    #[error("the code would be longer than {MAX_CODE_BYTES} bytes")]
    CodeTooLong,
    /// What was written is no Rust. A mistake of this crate; its tests look for one.
    #[error("the generated code is no Rust: {0}")]
    NotRust(#[from] syn::Error),
}

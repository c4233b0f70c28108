//! Sealing: what stands in the file can't be read or forged without a key.

mod keys;
mod row;
mod sealer;
mod subject;

pub use keys::{SealingKey, SealingKeys};
pub(crate) use row::Row;
pub(crate) use sealer::{Sealer, Unsealable};
pub(crate) use subject::{SubjectIndex, SubjectTag};

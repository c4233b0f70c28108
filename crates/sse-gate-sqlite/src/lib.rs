//! A durable store for `sse-gate` in one SQLite file.
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod database;
mod durability;
mod engine;
mod error;
mod file;
mod marks;
mod options;
mod seal;
mod time;
mod tokens;

pub use database::Database;
pub use durability::Durability;
pub use error::{DatabaseError, DatabaseErrorKind};
pub use options::DatabaseOptions;
pub use seal::{SealingKey, SealingKeys};
pub use tokens::SqliteTokens;

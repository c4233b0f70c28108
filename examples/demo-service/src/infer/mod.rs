//! Rust types from one JSON sample.
//!
//! ```text
//! Sample ──parsing──▶ Value ──schema_extraction──▶ Shape ──code_generation──▶ items ──formatting──▶ text
//! ```
//!
//! Each [`Stage`] does real work and tells a [`Meter`] how much of it is done: bytes parsed, values
//! visited, types written, items formatted. The meter can stop the work at each of these steps.
//!
//! What comes out compiles with `serde` (its `derive` feature) and `serde_json`, and reads the
//! sample it came from:
//!
//! - objects in one array are one struct; a field that some of them lack is an `Option`;
//! - `null` makes its place an `Option`; places of mixed types are a `serde_json::Value`;
//! - integers are `i64`, `u64` where one is too large for that, `i128` where they need both, and
//!   `f64` as soon as one number has a fraction;
//! - a key that is no Rust name becomes one, with `#[serde(rename = "…")]`;
//! - structs of one name and the same fields are one; others of that name get their parent's name
//!   in front, or a number behind.
//!
//! Everything is bounded: [`Sample::MAX_BYTES`], a nesting of 127, [`MAX_TYPES`], [`MAX_FIELDS`]
//! and [`MAX_CODE_BYTES`].
//!
//! ```
//! use demo_service::infer::{Sample, TypeName, Unmetered, rust_types};
//!
//! let sample = Sample::new(r#"{"id": 7, "tags": ["new"], "type": null}"#.into())?;
//! let code = rust_types(&sample, &TypeName::new("Ticket")?, &mut Unmetered)?;
//! assert!(code.contains("pub struct Ticket {"));
//! assert!(code.contains("pub tags: Vec<String>,"));
//! assert!(code.contains(r#"#[serde(rename = "type")]"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod emit;
mod extract;
mod failure;
mod format;
mod meter;
mod parse;
mod pipeline;
mod plan;
mod sample;
mod shape;
mod stage;
mod type_name;
mod types;
mod words;

pub use self::failure::{Failure, Stopped};
pub use self::format::MAX_CODE_BYTES;
pub use self::meter::{Meter, Unmetered};
pub use self::pipeline::rust_types;
pub use self::plan::{MAX_FIELDS, MAX_TYPES};
pub use self::sample::{Sample, SampleError};
pub use self::stage::Stage;
pub use self::type_name::{TypeName, TypeNameError};

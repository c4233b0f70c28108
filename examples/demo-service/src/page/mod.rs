//! The page: one HTML file, its style and its scripts, with nothing from elsewhere.
//!
//! The server answers `GET /` with [`INDEX`] and `GET /assets/…` with what [`asset()`] finds, each
//! with its content type and with [`CONTENT_SECURITY_POLICY`], under which no inline script or
//! style runs and nothing but this origin is asked. A comment in `index.html` lists the ids by
//! which a browser test finds the elements.

mod asset;

pub use self::asset::{ASSETS, Asset, CONTENT_SECURITY_POLICY, INDEX, asset};

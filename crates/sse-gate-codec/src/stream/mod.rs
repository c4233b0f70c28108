//! Events over streams of chunks, in both directions.
//!
//! | from | to | file |
//! |---|---|---|
//! | an HTTP body | chunks | `body` |
//! | chunks | frames | `frames` |
//! | frames | messages | `events` |
//! | chunks or a body | `.events()` | `events_ext`, `body` |

#[cfg(feature = "http-body")]
mod body;
mod error;
mod events;
mod events_ext;
mod frames;

#[cfg(feature = "http-body")]
pub use body::{BodyChunks, BodyEventsExt};
pub use error::StreamError;
pub use events::EventStream;
pub use events_ext::StreamEventsExt;
pub use frames::FrameStream;

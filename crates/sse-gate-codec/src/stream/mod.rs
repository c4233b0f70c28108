//! Events over streams of chunks, in both directions.
//!
//! | from | to | file |
//! |---|---|---|
//! | an HTTP body | chunks | `body` |
//! | chunks | frames | `frames` |
//! | frames | messages | `events` |
//! | chunks or a body | `.events()` | `events_ext`, `body` |
//! | events | chunks, with heartbeats | `encoded`, whose items are an `event_item` |

#[cfg(feature = "http-body")]
mod body;
mod encoded;
mod error;
mod event_item;
mod events;
mod events_ext;
mod frames;

#[cfg(feature = "http-body")]
pub use body::{BodyChunks, BodyEventsExt};
pub use encoded::EncodedStream;
pub use error::StreamError;
pub use event_item::EventItem;
pub use events::EventStream;
pub use events_ext::StreamEventsExt;
pub use frames::FrameStream;

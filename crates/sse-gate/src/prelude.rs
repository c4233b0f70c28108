//! What most services need: `use sse_gate::prelude::*`.
//!
//! ```
//! use sse_gate::prelude::*;
//!
//! let gate = Gate::in_memory();
//! let feed = SseRoute::new("/feed")?;
//! let hello = Event::new().data("hello");
//! # let _ = (gate, feed, hello);
//! # Ok::<(), sse_gate::InvalidRoute>(())
//! ```

#[cfg(feature = "axum")]
pub use crate::RouterExt;
pub use crate::codec::{EventId, EventName};
pub use crate::mint::{
    AuthError, Authenticator, Authorizer, Bearer, CookieAuthenticator, Denied, Identity,
    MintRequest, MintService, Permit, SameOrigin, any_caller, with_state,
};
pub use crate::sessions::Topics;
pub use crate::{
    AttachError, BoxSseBody, Event, Gate, GateLayer, GrantRequest, Granted, Logs, Problem,
    Publisher, Resource, Resumable, ResumableBody, ResumableStream, SseBody, SseRoute,
    StripTokenLayer, Subject,
};
#[cfg(feature = "jwt")]
pub use crate::{JwtAuthenticator, JwtKey};

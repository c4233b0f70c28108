//! A request that may open a stream, after all checks that need no store: [`Attempt`].

use http::request::Parts;
use sse_gate_core::{Redemption, Resource};
use zeroize::Zeroizing;

use crate::slots::Reservation;

/// What a request has and shows when the stores are asked.
pub(super) struct Attempt {
    /// A place among the open streams.
    pub(super) reservation: Reservation,
    pub(super) credential: Credential,
    /// The resume id that it shows. An id that is no good counts for nothing.
    pub(super) resume_id: Option<Zeroizing<Box<str>>>,
    /// Whether it shows more than one resume id, so that none counts.
    pub(super) has_many_ids: bool,
}

/// What a request opens a stream with.
pub(super) enum Credential {
    /// The token in its URL or header.
    Token(Redemption),
    /// The caller's own credential, which stays in the head. The path stands for the resource.
    Caller {
        head: Box<Parts>,
        resource: Resource,
    },
}

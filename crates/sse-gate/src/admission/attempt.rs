//! A request that passed all checks that need no store: [`Attempt`].

use http::request::Parts;
use sse_gate_core::{Redemption, Resource};
use zeroize::Zeroizing;

use crate::slots::Reservation;

/// What is known of a request when the stores are asked.
pub(super) struct Attempt {
    /// What shows the right to the stream.
    pub(super) credential: Credential,
    /// The resume id that the request shows. It may be invalid.
    pub(super) resume_id: Option<Zeroizing<Box<str>>>,
    /// Whether the request shows more than one resume id. Then all of them are ignored.
    pub(super) has_many_ids: bool,
}

/// What a request opens a stream with.
pub(super) enum Credential {
    /// The token in its URL or header.
    Token {
        token: Redemption,
        /// A slot among the open streams.
        reservation: Reservation,
    },
    /// The caller's own credential, for the authenticator of a mint. It has no slot yet: an authenticator
    /// may take long, and anyone can make it do so.
    Caller {
        /// The head of the request. The credential is in it.
        head: Box<Parts>,
        /// The resource that the path names.
        resource: Resource,
    },
}

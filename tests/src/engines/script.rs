//! What a scripted server is to do, [`Script`], and what it was asked, [`Recorded`].

use std::time::Instant;

use super::{Answer, Asked, Origin};

/// A stream and what becomes of it: the first answer is the first request's, and so on. Whoever
/// asks again after the last one gets 204.
#[derive(Clone, Debug)]
pub struct Script {
    /// The name, which is also the path, and what its reports are kept under.
    pub name: &'static str,
    /// Where a page asks for it.
    pub at: Origin,
    /// The answers, at whichever origin they are asked for.
    pub answers: Vec<Answer>,
}

/// A request to a scripted server.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The request.
    pub asked: Asked,
    /// Where it came.
    pub at: Origin,
    /// When its head had come.
    pub came: Instant,
    /// When the last bytes of its answer were about to be sent.
    pub ended: Option<Instant>,
}

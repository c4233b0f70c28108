//! How much a client got: [`Delivered`].

/// How much the client of a connection got by it, as far as anybody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Delivered {
    /// Nothing was written for it, not even an id.
    Nothing,
    /// Something was handed to the server, which may have sent it.
    Sent,
    /// A write has succeeded.
    Confirmed,
}

//! How much of an answer arrived: [`Delivered`].

/// How much a client got through a connection, as far as the server knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Delivered {
    /// Nothing was written, not even an id.
    Nothing,
    /// Some bytes were handed to the HTTP server, which may have sent them.
    Sent,
    /// Some bytes were written to the connection.
    Confirmed,
}

//! Streams that go on without hyper.
//!
//! While hyper has a connection, [`Wire`] watches what is written to the socket, and [`ShelvedBody`] what the body gives.
//! Both tell the [`Shelf`] of the connection. When the two agree and the body waits, [`Shelf::take`] gives the body, and
//! [`Parked`] goes on with it and with the socket.
//!
//! What holds bytes of a client has no `Debug`: requests have credentials in them.

mod body;
mod framing;
mod out;
mod parked;
mod shelf;
mod transcript;
mod wire;

pub(crate) use body::ShelvedBody;
pub(crate) use parked::{Parked, Rest};
pub(crate) use shelf::{Shelf, Taken};
pub(crate) use wire::Wire;

//! What a stream of events may return: [`EventItem`].

use core::convert::Infallible;

use bytes::BytesMut;

use crate::Event;

/// An item that [`EncodedStream`](crate::EncodedStream) can encode: an [`Event`], or a `Result` with
/// an event.
///
/// The trait is sealed: types of your own can't implement it. Map your stream to events instead.
pub trait EventItem: Sealed {
    /// The error that an item may be: `Infallible` for an [`Event`].
    type Error;

    /// Appends the bytes of the event.
    #[doc(hidden)]
    fn encode_into(self, buffer: &mut BytesMut) -> Result<(), Self::Error>;
}

/// Keeps the trait to the types of this file.
pub trait Sealed {}

impl Sealed for Event<'_> {}

impl EventItem for Event<'_> {
    type Error = Infallible;

    fn encode_into(self, buffer: &mut BytesMut) -> Result<(), Infallible> {
        self.encode(buffer);
        Ok(())
    }
}

impl<E> Sealed for Result<Event<'_>, E> {}

impl<E> EventItem for Result<Event<'_>, E> {
    type Error = E;

    fn encode_into(self, buffer: &mut BytesMut) -> Result<(), E> {
        self.map(|event| event.encode(buffer))
    }
}

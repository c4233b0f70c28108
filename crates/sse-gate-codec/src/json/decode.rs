//! From the data of a message to a value: [`Message::json`], [`SharedMessage::json`].

use serde::Deserialize;

use super::error::JsonError;
use crate::{Message, SharedMessage};

impl<'a> Message<'a> {
    /// The data, which is JSON, as a value. The value may borrow from the data.
    ///
    /// # Errors
    /// If the data is not JSON, or is JSON of another form than `T`.
    ///
    /// ```
    /// use sse_gate_codec::{Decoder, Frame};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Progress<'a> {
    ///     stage: &'a str,
    ///     percent: u8,
    /// }
    ///
    /// let mut decoder = Decoder::new();
    /// let mut feed = decoder.feed(b"data: {\"stage\":\"parsing\",\"percent\":20}\n\n");
    /// let Some(Ok(Frame::Event(message))) = feed.next_frame() else { panic!("no event") };
    /// let progress: Progress = message.json()?;
    /// assert_eq!((progress.stage, progress.percent), ("parsing", 20));
    /// # Ok::<(), sse_gate_codec::JsonError>(())
    /// ```
    pub fn json<T>(&self) -> Result<T, JsonError>
    where
        T: Deserialize<'a>,
    {
        serde_json::from_str(self.data()).map_err(JsonError::decoding)
    }
}

impl SharedMessage {
    /// The data, which is JSON, as a value. The value may borrow from the data.
    ///
    /// # Errors
    /// If the data is not JSON, or is JSON of another form than `T`.
    ///
    /// ```
    /// use sse_gate_codec::{Decoder, Frame};
    ///
    /// let mut decoder = Decoder::new();
    /// let frame = decoder.feed_shared("data: [20, 80]\n\n".into()).next();
    /// let Some(Ok(Frame::Event(message))) = frame else { panic!("no event") };
    /// assert_eq!(message.json::<Vec<u8>>()?, [20, 80]);
    /// # Ok::<(), sse_gate_codec::JsonError>(())
    /// ```
    pub fn json<'a, T>(&'a self) -> Result<T, JsonError>
    where
        T: Deserialize<'a>,
    {
        self.as_message().json()
    }
}

//! From a value to an event: [`Event::json`].

use serde::Serialize;

use super::error::JsonError;
use crate::Event;

impl Event<'static> {
    /// An event whose data is `value` as JSON, on one line.
    ///
    /// # Errors
    /// If JSON can't hold `value`: its `Serialize` fails, or a key of a map is not a string.
    ///
    /// ```
    /// use sse_gate_codec::{Event, EventName};
    ///
    /// #[derive(serde::Serialize)]
    /// struct Progress {
    ///     stage: &'static str,
    ///     percent: u8,
    /// }
    ///
    /// let progress = Progress { stage: "parsing", percent: 20 };
    /// let event = Event::json(&progress)?.event(EventName::from_static("progress"));
    /// assert_eq!(
    ///     event.to_bytes(),
    ///     "event: progress\ndata: {\"stage\":\"parsing\",\"percent\":20}\n\n"
    /// );
    /// # Ok::<(), sse_gate_codec::JsonError>(())
    /// ```
    pub fn json<T>(value: &T) -> Result<Self, JsonError>
    where
        T: Serialize + ?Sized,
    {
        let text = serde_json::to_string(value).map_err(JsonError::encoding)?;
        Ok(Self::new().data(text))
    }
}

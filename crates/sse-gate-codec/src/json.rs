//! Data that is JSON.

use core::error::Error;
use core::fmt;

use serde::Serialize;

use crate::Event;

impl Event<'static> {
    /// An event whose data is `value` as JSON, on one line.
    ///
    /// # Errors
    /// If `value` can't be JSON: its `Serialize` fails, or a key of a map is not a string.
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
        let text = serde_json::to_string(value).map_err(JsonError)?;
        Ok(Self::new().data(text))
    }
}

/// A value could not be written as JSON; the reason is its [`source`](Error::source).
#[derive(Debug)]
pub struct JsonError(serde_json::Error);

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("value has no form in JSON")
    }
}

impl Error for JsonError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

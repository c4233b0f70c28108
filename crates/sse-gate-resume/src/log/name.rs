//! The name by which a store finds a log: [`LogName`].

use std::fmt;
use std::sync::Arc;

use super::LogEpoch;

/// The name of a log in its store. Clones share the text.
///
/// A log that is made again under the same name has another [epoch](LogEpoch). The default is the empty
/// name, which logs without a store have.
///
/// ```
/// use sse_gate_resume::backend::LogName;
///
/// let name = LogName::new("topic/chat")?;
/// assert_eq!(name.as_str(), "topic/chat");
/// assert!(LogName::new("x".repeat(LogName::MAX_LEN + 1)).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogName(Arc<str>);

impl LogName {
    /// The longest name, in bytes.
    pub const MAX_LEN: usize = 300;

    /// A log with this name.
    ///
    /// # Errors
    ///
    /// It is longer than [`MAX_LEN`](Self::MAX_LEN).
    pub fn new(name: impl Into<Arc<str>>) -> Result<Self, InvalidLogName> {
        let name = name.into();
        if name.len() > Self::MAX_LEN {
            return Err(InvalidLogName);
        }
        Ok(Self(name))
    }

    /// The name of a log that belongs to one session.
    pub(crate) fn own(epoch: LogEpoch) -> Self {
        Self(format!("own/{:016x}", u64::from_be_bytes(epoch.to_bytes())).into())
    }

    /// Whether it is a log that belongs to one session.
    pub(crate) fn is_own(&self) -> bool {
        self.0.starts_with("own/")
    }

    /// The name of a topic's log. Topics bound the length of their names.
    pub(crate) fn of_topic(topic: &str) -> Self {
        Self(format!("topic/{topic}").into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LogName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A log's name is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("log name is longer than 300 bytes")]
pub struct InvalidLogName;

//! The JSON sample, checked at the door.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A text that is known to be one JSON value, no longer than [`Sample::MAX_BYTES`] and nested at
/// most 127 deep.
///
/// Checking is quick (no value is built), so whoever hands in something else is told at once and
/// not by a job that fails.
#[derive(Clone, PartialEq, Eq)]
pub struct Sample(String);

/// Why a text is no [`Sample`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SampleError {
    /// Longer than [`Sample::MAX_BYTES`].
    #[error("the sample has {0} bytes, more than {max}", max = Sample::MAX_BYTES)]
    TooLong(usize),
    /// Not one JSON value, or nested too deeply; the message ends with line and column.
    #[error("the sample is no JSON: {0}")]
    NotJson(#[from] serde_json::Error),
}

impl Sample {
    /// The longest sample, in bytes: 1 MiB.
    pub const MAX_BYTES: usize = 1 << 20;

    /// Checks a text.
    pub fn new(text: String) -> Result<Self, SampleError> {
        if text.len() > Self::MAX_BYTES {
            return Err(SampleError::TooLong(text.len()));
        }
        serde_json::from_str::<WellFormed>(&text)?;
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A sample may hold anything its user pasted: only its length is shown.
impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sample({} bytes)", self.0.len())
    }
}

/// Any JSON value, looked at and forgotten.
///
/// `IgnoredAny` alone would not do: `serde_json` skips with it and then minds neither the nesting
/// nor numbers that no Rust type can hold.
struct WellFormed;

impl<'de> Deserialize<'de> for WellFormed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for WellFormed {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        while members.next_entry::<IgnoredAny, Self>()?.is_some() {}
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        let error = Sample::new("{\n  \"a\": 1,\n  nope\n}".into()).unwrap_err();
        assert!(error.to_string().contains("line 3 column 3"), "{error}");
    }

    #[test]
    fn the_door_and_the_parser_agree() {
        let deep = |n| format!("{}{}", "[".repeat(n), "]".repeat(n));
        let rows = [
            ("", false),
            ("1 2", false),
            ("[1,]", false),
            ("1e999", false),
            ("\"\\ud800\"", false),
            ("{\"\\ud800\":1}", false),
            ("\u{feff}1", false),
            ("NaN", false),
            (" null ", true),
            ("-0", true),
            ("123456789012345678901234567890", true),
            ("{\"a\":{\"a\":[]},\"a\":0}", true),
            (&deep(127), true),
            (&deep(128), false),
        ];
        for (text, good) in rows {
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(text).is_ok(),
                good,
                "{text}"
            );
            assert_eq!(Sample::new(text.into()).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn the_longest_sample_is_a_mebibyte() {
        let of = |n: usize| Sample::new(format!("\"{}\"", "x".repeat(n - 2)));
        assert!(of(Sample::MAX_BYTES).is_ok());
        assert!(matches!(
            of(Sample::MAX_BYTES + 1),
            Err(SampleError::TooLong(_))
        ));
    }

    #[test]
    fn debug_shows_no_content() {
        let sample = Sample::new("\"secret\"".into()).unwrap();
        assert_eq!(format!("{sample:?}"), "Sample(8 bytes)");
    }
}

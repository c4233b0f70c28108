//! The four stages of the work, in order.

use serde::Serialize;

/// One of the four stages; its name on the wire is its [`Stage::as_str`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Text to JSON values; counted in bytes.
    Parsing,
    /// JSON values to one shape that fits all; counted in values.
    SchemaExtraction,
    /// The shape to Rust items; counted in types.
    CodeGeneration,
    /// Rust items to readable text; counted in items.
    Formatting,
}

impl Stage {
    /// All stages, in the order in which they run.
    pub const ALL: [Self; 4] = [
        Self::Parsing,
        Self::SchemaExtraction,
        Self::CodeGeneration,
        Self::Formatting,
    ];

    /// The stage's name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parsing => "parsing",
            Self::SchemaExtraction => "schema_extraction",
            Self::CodeGeneration => "code_generation",
            Self::Formatting => "formatting",
        }
    }

    /// What the stage's work is counted in, with what happened to it: `bytes parsed`.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Parsing => "bytes parsed",
            Self::SchemaExtraction => "values visited",
            Self::CodeGeneration => "types written",
            Self::Formatting => "items formatted",
        }
    }

    /// How far the whole work is, 0.0 to 1.0, when `done` of this stage's `total` is done.
    ///
    /// Each stage is a quarter of the whole.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub fn progress(self, done: usize, total: usize) -> f64 {
        let part = if total == 0 {
            1.0
        } else {
            done.min(total) as f64 / total as f64
        };
        let before = self as usize as f64;
        (before + part) / Self::ALL.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_name_is_the_serialised_one() {
        for stage in Stage::ALL {
            assert_eq!(serde_json::to_value(stage).unwrap(), stage.as_str());
        }
    }

    #[test]
    fn stages_follow_each_other_without_a_gap() {
        assert!(Stage::Parsing.progress(0, 9).abs() < f64::EPSILON);
        for pair in Stage::ALL.windows(2) {
            let (end, start) = (pair[0].progress(9, 9), pair[1].progress(0, 9));
            assert!((end - start).abs() < f64::EPSILON, "{pair:?}");
        }
        assert!((Stage::Formatting.progress(0, 0) - 1.0).abs() < f64::EPSILON);
    }
}

//! All there is to tell of a generation at one moment.

use std::sync::Arc;

use serde::Serialize;

use super::log::Outcome;
use super::{GenerationId, Progress, Status};
use crate::infer::{Stage, TypeName};

/// A generation at one moment: its newest record, and its result or error.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GenerationState {
    /// Which generation.
    pub generation_id: GenerationId,
    /// The name of its root type.
    pub name: TypeName,
    /// Where it is in its life.
    pub status: Status,
    /// The stage it is in, or was in when it ended.
    pub stage: Stage,
    /// The share of the work that is done, 0.0 to 1.0.
    pub progress: f64,
    /// The same for people.
    pub message: String,
    /// When it was started, in Unix seconds.
    pub created_at: f64,
    /// The Rust code, of a completed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Arc<str>>,
    /// Why there is none, of a failed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Arc<str>>,
}

impl GenerationState {
    pub(super) fn new(
        name: TypeName,
        created_at: f64,
        newest: Progress,
        outcome: Option<Outcome>,
    ) -> Self {
        let (result, error) = match outcome {
            None => (None, None),
            Some(Outcome::Completed(code)) => (Some(code), None),
            Some(Outcome::Failed(why)) => (None, Some(why)),
        };
        let Progress {
            generation_id,
            status,
            stage,
            progress,
            message,
            ..
        } = newest;
        Self {
            generation_id,
            name,
            status,
            stage,
            progress,
            message,
            created_at,
            result,
            error,
        }
    }
}

//! One record of a job's progress, as it goes over the wire.

use serde::Serialize;
use std::time::{SystemTime, UNIX_EPOCH};

use super::GenerationId;
use crate::infer::Stage;

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waiting for a free thread.
    Pending,
    /// At work.
    Processing,
    /// Finished, with a result.
    Completed,
    /// Finished without a result, cancelled ones included.
    Failed,
}

impl Status {
    /// Whether nothing more will come.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

/// One record of a job's progress.
///
/// ```json
/// {"generation_id": "…", "status": "processing", "stage": "parsing", "progress": 0.125,
///  "message": "220 of 440 bytes parsed", "timestamp": 1764000000.25, "seq": 3}
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// Which job.
    pub generation_id: GenerationId,
    /// Where it is in its life.
    pub status: Status,
    /// The stage it is in, or was in when it ended. A pending job is in front of the first.
    pub stage: Stage,
    /// The share of the work that is done, 0.0 to 1.0; it never falls, and is 1.0 at success.
    pub progress: f64,
    /// The same for people.
    pub message: String,
    /// When, in Unix seconds, to the millisecond.
    pub timestamp: f64,
    /// The record's number in its job, from 1, without gaps. It makes a good event id.
    pub seq: u64,
}

/// Now, in Unix seconds, to the millisecond.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds stay below 2^52 for 140,000 years"
)]
pub(super) fn timestamp() -> f64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    now.as_millis() as f64 / 1000.0
}

//! Endpoints of generations: start one, look at it, cancel it.

use std::time::Duration;

use http::StatusCode;
use http::request::Parts;
use http_body::Body;
use serde::Deserialize;
use serde_json::json;
use sse_gate::Problem;
use sse_gate::mint::Denied;

use super::body::BoxError;
use super::{Demo, Response, reply};
use crate::generation::{Generation, GenerationId, StartError};
use crate::infer::SampleError;
use crate::users::UserId;

/// The largest body: a sample of 1 MiB whose every character is escaped, and room for the rest.
const MAX_BODY: usize = 2 * 1024 * 1024 + 4096;

#[derive(Deserialize)]
struct Start {
    source: String,
    name: Option<String>,
}

impl Demo {
    /// `POST /generations`: `{"source","name"?}` → 201 `{"generation_id"}`. 422 for a sample that is
    /// no JSON, 413 for one over 1 MiB, 429 and 503 when there are too many.
    pub async fn start<B>(&self, parts: &Parts, body: B) -> Response
    where
        B: Body<Error: Into<BoxError>>,
    {
        match self.begin(parts, body).await {
            Ok(id) => reply::json(StatusCode::CREATED, &json!({ "generation_id": id })),
            Err(problem) => problem.into_response(),
        }
    }

    async fn begin<B>(&self, parts: &Parts, body: B) -> Result<GenerationId, Problem>
    where
        B: Body<Error: Into<BoxError>>,
    {
        let user = self.user(parts).await?;
        let body = self.0.bodies.read(Some(&user), MAX_BODY, body).await?;
        let Start { source, name } = serde_json::from_slice(body.as_slice()).map_err(|_| {
            let detail = "The body must be {\"source\", \"name\"?} in JSON.";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        })?;
        let started = self.0.generations.start(&user, source, name.as_deref());
        started.map_err(|error| refusal(&error))
    }

    /// `GET /generations/{id}`: its state, and its result if there is one.
    pub async fn generation(&self, parts: &Parts) -> Response {
        match self.theirs(parts).await {
            Ok(generation) => reply::json(StatusCode::OK, &generation.state()),
            Err(problem) => problem.into_response(),
        }
    }

    /// `DELETE /generations/{id}`: 202, and it stops soon.
    pub async fn cancel(&self, parts: &Parts) -> Response {
        match self.theirs(parts).await {
            Ok(generation) => {
                generation.cancel();
                reply::json(StatusCode::ACCEPTED, &generation.state())
            }
            Err(problem) => problem.into_response(),
        }
    }

    /// The generation whose path this is, if it is the caller's.
    async fn theirs(&self, parts: &Parts) -> Result<Generation, Problem> {
        let user = self.user(parts).await?;
        let id = generation_id(parts.uri.path()).ok_or(Denied::NotFound);
        id.and_then(|id| self.owned(&user, id))
            .map_err(Problem::from)
    }

    /// The generation with this id, if it is the user's.
    pub(super) fn owned(&self, user: &UserId, id: &str) -> Result<Generation, Denied> {
        let generation = self.0.generations.get(id).ok_or(Denied::NotFound)?;
        if generation.owner() != user {
            return Err(Denied::Forbidden);
        }
        Ok(generation)
    }
}

/// The id in `/generations/{id}`. It needs no decoding, which frameworks differ in: ids are
/// hexadecimal.
fn generation_id(path: &str) -> Option<&str> {
    path.strip_prefix("/generations/")
}

fn refusal(error: &StartError) -> Problem {
    let status = match error {
        StartError::Sample(SampleError::TooLong(_)) => StatusCode::PAYLOAD_TOO_LARGE,
        StartError::Sample(_) | StartError::Name(_) => StatusCode::UNPROCESSABLE_ENTITY,
        StartError::TooManyOfYours(_) => StatusCode::TOO_MANY_REQUESTS,
        StartError::Busy | StartError::NoRandomness(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let problem = Problem::new(status, error.to_string());
    match error {
        StartError::TooManyOfYours(_) | StartError::Busy => {
            problem.with_retry_after(Duration::from_secs(5))
        }
        _ => problem,
    }
}

//! The chat: a message goes in by POST, its answer comes by a stream that survives reconnects.

use std::time::Duration;

use http::StatusCode;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sse_gate::codec::{Event, EventName};
use sse_gate::mint::{Authorizer, Denied, MintRequest, MintService, Permit};
use sse_gate::sessions::error::AppendError;
use sse_gate::{
    Gate, GateLayer, GuardedSessions, GuardedStore, JwtAuthenticator, Problem, Publisher,
    ResumableStream, SseRoute, StrippedToken, Subject, TokenIn,
};
use tokio::time::sleep;

use super::connections::ResumableStreamBody;
use super::{Demo, Response, SetupError, reply};
use crate::chat::{Answer, Library, Question, QuestionError, Step};
use crate::generation::Pace;

/// The service that answers `POST /api/chat/stream/initiate`.
pub type ChatMint = MintService<JwtAuthenticator, Initiate>;

/// An answer that nobody has listened to for so long is not finished: longer than a session waits
/// for its client.
const DESERTED: Duration = Duration::from_secs(150);

/// A body of 64 KiB whose every byte is escaped, and room for the rest.
const MAX_BODY: usize = 6 * Question::MAX_BYTES + 4096;

/// What the chat works with.
#[derive(Debug)]
pub(super) struct Chat {
    pub(super) gate: Gate,
    pub(super) route: SseRoute,
    /// Where an answer is stopped: its path names the stream, too, and is stripped like it.
    pub(super) stop_route: SseRoute,
    library: Library,
    pace: Pace,
}

/// Issues a stream id for every message.
#[derive(Debug, Clone)]
pub struct Initiate(Demo);

/// What is asked for, and for which conversation. It stays on the server: the payload of the grant.
#[derive(Serialize, Deserialize)]
struct Message {
    message: String,
    session_id: String,
}

impl Chat {
    pub(super) fn new(gate: Gate, pace: Pace) -> Result<Self, SetupError> {
        let stream_id = || TokenIn::Path("stream_id".to_owned());
        Ok(Self {
            gate,
            route: SseRoute::with_token_in(Demo::CHAT, stream_id())?
                .except(Demo::CHAT_INITIATE)?,
            stop_route: SseRoute::with_token_in(Demo::CHAT_STOP, stream_id())?,
            library: Library::embedded(),
            pace,
        })
    }
}

impl Demo {
    /// The path at which a message is left.
    pub const CHAT_INITIATE: &str = "/api/chat/stream/initiate";

    /// The pattern of the answers' paths.
    pub const CHAT: &str = "/api/chat/stream/{stream_id}";

    /// The pattern of the paths at which answers are stopped.
    pub const CHAT_STOP: &str = "/api/chat/stream/{stream_id}/stop";

    /// `POST /api/chat/stream/initiate`: `{"message","session_id"}` → 200
    /// `{"stream_id","expires_in"}`, 401, 413 for a message over 64 KiB, or 422.
    pub fn chat_mint(&self) -> ChatMint {
        let (authenticator, initiate) = (self.0.authenticator.clone(), Initiate(self.clone()));
        MintService::new(&self.0.chat.gate, authenticator, initiate)
            .with_max_body(MAX_BODY)
            .with_body_time_limit(self.0.body_timeout)
            .naming_token("stream_id")
    }

    /// Belongs around the handler of the answers' streams.
    pub fn chat_gate_layer(&self) -> Result<GateLayer, SetupError> {
        let layer = self.layer(&self.0.chat.gate, &self.0.chat.route)?;
        Ok(layer.resumable(self.0.resumable.clone()))
    }

    /// Streams an answer: `agent_status`, `retrieval_log`, `message_chunk`, and `done` at its end.
    /// It is made once, however often the client comes back.
    pub async fn chat(
        &self,
        stream: &ResumableStream,
    ) -> Result<http::Response<ResumableStreamBody>, Problem> {
        let question = if stream.is_resumed() {
            None
        } else {
            Some(question(stream)?)
        };
        let (library, pace) = (self.0.chat.library.clone(), self.0.chat.pace);
        let body = stream
            .produce(&self.0.logs, |publisher| async move {
                match question {
                    Some(question) => write(publisher, library.answer(question), pace).await,
                    None => Ok(()),
                }
            })
            .await?;
        Ok(self.resumable_response(body))
    }

    /// `POST /api/chat/stream/{stream_id}/stop`: 202, and the answer ends soon. 404 if there is
    /// none to stop.
    pub async fn stop_chat(&self, parts: &Parts) -> Response {
        match self.stop(parts).await {
            Ok(()) => reply::json(StatusCode::ACCEPTED, &json!({ "status": "stopping" })),
            Err(problem) => problem.into_response(),
        }
    }

    async fn stop(&self, parts: &Parts) -> Result<(), Problem> {
        let user = self.user(parts).await?;
        let none = || Problem::from(Denied::NotFound);
        let resource = self.0.chat.route.resource::<&str>([]).map_err(|_| none())?;
        let token = parts.extensions.get::<StrippedToken>();
        let key = token
            .and_then(|token| token.key_for(&resource))
            .ok_or_else(none)?;
        let subject = Subject::new(user.as_str()).map_err(|_| none())?;
        let failed = || {
            let detail = "The stream can't be stopped right now.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
        };
        let gate = &self.0.chat.gate;
        let sessions = GuardedSessions::of(gate, &self.0.sessions);
        if sessions.stop(key, &subject).await.map_err(|_| failed())? {
            return Ok(());
        }
        // Nobody has opened it yet: whoever knows the id may as well burn it.
        let was_waiting = GuardedStore::of(gate).withdraw(key).await;
        let was_waiting = was_waiting.map_err(|_| failed())?;
        was_waiting.then_some(()).ok_or_else(none)
    }
}

/// What the client has asked for when it left its message.
fn question(stream: &ResumableStream) -> Result<Question, Problem> {
    let broken = || Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "The message is lost.");
    let message: Message = stream.granted().payload().map_err(|_| broken())?;
    Question::new(message.message).map_err(|_| broken())
}

/// Writes an answer step by step, until it is done, its client has gone, or no client can read it any more.
async fn write(publisher: Publisher, mut answer: Answer, pace: Pace) -> Result<(), AppendError> {
    loop {
        let Some(step) = answer.next() else {
            return publisher.finish().await;
        };
        publish(&publisher, &step).await?;
        tokio::select! {
            biased;
            _ = publisher.stopped() => break,
            () = publisher.deserted(DESERTED, sleep) => break,
            () = sleep(pace.step().unwrap_or_default()) => {}
        }
    }
    publish(&publisher, &answer.stop()).await?;
    publisher.finish().await
}

async fn publish(publisher: &Publisher, step: &Step) -> Result<u64, AppendError> {
    let event = Event::json(step).map_err(AppendError::unavailable)?;
    let name = EventName::try_from(step.name()).map_err(AppendError::unavailable)?;
    publisher.publish(&event.event(name)).await
}

impl Authorizer for Initiate {
    async fn authorize(&self, request: MintRequest) -> Result<Permit, Denied> {
        let Self(demo) = self;
        let message: Message =
            serde_json::from_slice(&request.body).map_err(|_| Denied::Unprocessable)?;
        if let Err(error) = Question::new(message.message.as_str()) {
            return Err(match error {
                QuestionError::TooLong(_) => Denied::TooLarge,
                QuestionError::Blank => Denied::Unprocessable,
            });
        }
        if message.session_id.is_empty() || message.session_id.len() > 256 {
            return Err(Denied::Unprocessable);
        }
        let resource = demo.0.chat.route.resource::<&str>([]);
        let resource = resource.map_err(|_| Denied::NotFound)?;
        let grant = request.grant_of(resource).with_payload(&message);
        Ok(Permit::new(grant.map_err(|_| Denied::Unprocessable)?))
    }
}

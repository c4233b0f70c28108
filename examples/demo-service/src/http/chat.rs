//! The chat: a message goes in by POST, its answer comes by a stream that survives reconnects.

use std::time::Duration;

use http::StatusCode;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sse_gate::codec::{Event, EventName};
use sse_gate::mint::{Denied, MintRequest, MintService, Permit, with_state};
use sse_gate::sessions::error::AppendError;
use sse_gate::{
    GateLayer, GuardedSessions, Problem, Publisher, ResumableBody, ResumableStream, SseRoute,
    StrippedToken, Subject, TokenIn,
};
use tokio::time::sleep;

use super::{Demo, Response, SetupError, reply};
use crate::chat::{Answer, Library, Question, QuestionError, Step};
use crate::generation::Pace;

/// An answer that nobody has listened to for so long is not finished: longer than a session waits
/// for its client.
const DESERTED: Duration = Duration::from_secs(150);

/// A body of 64 KiB whose every byte is escaped, and room for the rest.
const MAX_BODY: usize = 6 * Question::MAX_BYTES + 4096;

/// What the chat works with.
#[derive(Debug)]
pub(super) struct Chat {
    pub(super) route: SseRoute,
    /// Where an answer is stopped: its path names the stream, too, and is stripped like it.
    pub(super) stop_route: SseRoute,
    library: Library,
    pace: Pace,
    /// How long a stream id lives.
    ttl: Duration,
}

/// What is asked for, and for which conversation. It stays on the server: the payload of the grant.
#[derive(Serialize, Deserialize)]
struct Message {
    message: String,
    session_id: String,
}

impl Chat {
    pub(super) fn new(pace: Pace, ttl: Duration) -> Result<Self, SetupError> {
        let stream_id = || TokenIn::Path("stream_id".to_owned());
        Ok(Self {
            route: SseRoute::new(Demo::CHAT)?
                .with_token_in(stream_id())?
                .with_mint_path(Demo::CHAT_INITIATE)?,
            stop_route: SseRoute::new(Demo::CHAT_STOP)?.with_token_in(stream_id())?,
            library: Library::embedded(),
            pace,
            ttl,
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
    pub fn chat_mint(&self) -> MintService {
        self.mint_at(&self.0.chat.route, with_state(self.clone(), may_ask))
            .with_max_body(MAX_BODY)
            .with_token_member("stream_id")
    }

    /// Belongs around the handler of the answers' streams.
    pub fn chat_gate_layer(&self) -> Result<GateLayer, SetupError> {
        Ok(self
            .layer(&self.0.chat.route)?
            .resumable(self.0.resumable.clone()))
    }

    /// Streams an answer: `agent_status`, `retrieval_log`, `message_chunk`, and `done` at its end.
    /// It is made once, however often the client comes back. If the server died meanwhile, it goes on
    /// where it was, or has failed, as the flags say.
    pub async fn chat(
        &self,
        stream: &ResumableStream,
    ) -> Result<http::Response<ResumableBody>, Problem> {
        // It is kept where an answer may be started again.
        let question = match question(stream) {
            Err(lost) if !stream.is_resumed() => return Err(lost),
            question => question.ok(),
        };
        let (library, pace) = (self.0.chat.library.clone(), self.0.chat.pace);
        let body = stream
            .produce(&self.0.logs, |publisher| async move {
                match question {
                    Some(question) => {
                        let mut answer = library.answer(question);
                        // The same question has the same answer: its first steps were told before.
                        let told = usize::try_from(publisher.last()).unwrap_or(usize::MAX);
                        answer.by_ref().take(told).for_each(drop);
                        write(publisher, answer, pace).await
                    }
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
        let gate = &self.0.gate;
        let sessions = GuardedSessions::of(gate, &self.0.sessions);
        if sessions.stop(key, &subject).await.map_err(|_| failed())? {
            return Ok(());
        }
        // Nobody has opened it yet: whoever knows the id may as well burn it.
        let was_waiting = gate.withdraw(key).await;
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

/// Permits an answer to every message that can be answered, whoever asks.
async fn may_ask(demo: Demo, request: MintRequest) -> Result<Permit, Denied> {
    let message: Message = request.json()?;
    if let Err(error) = Question::new(message.message.as_str()) {
        return Err(match error {
            QuestionError::TooLong(_) => Denied::TooLarge,
            QuestionError::Blank => Denied::Unprocessable,
        });
    }
    if message.session_id.is_empty() || message.session_id.len() > 256 {
        return Err(Denied::Unprocessable);
    }
    let asked = request.grant_request().with_ttl(demo.0.chat.ttl);
    Ok(Permit::new(asked).with_payload(&message)?)
}

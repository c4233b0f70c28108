//! The feed: topics that many read, by streams that survive reconnects.

use std::time::Duration;

use http::StatusCode;
use http::request::Parts;
use http_body::Body;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use sse_gate::codec::Event;
use sse_gate::core::{Resource, TokenKey};
use sse_gate::mint::{Denied, MintRequest, MintService, Permit, with_state};
use sse_gate::sessions::Topics;
use sse_gate::sessions::error::{TopicError, TopicErrorKind};
use sse_gate::{GateLayer, Logs, Problem, ResumableBody, ResumableStream, SseRoute, Subject};

use super::body::BoxError;
use super::mint::last_event_id;
use super::{Demo, Response, SetupError, reply};
use crate::topics::{self, TopicName};

/// The largest event, in bytes of JSON.
const MAX_EVENT: usize = 16 * 1024;

/// How long after a token's last moment the stream may be opened that it was shown for.
const LATE: Duration = Duration::from_secs(10);

/// The largest body that names a stream.
const MAX_DROP: usize = 4 * 1024;

/// What the feed works with.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) route: SseRoute,
    topics: Topics,
    /// How long a topic stays for the holder of a token for it.
    reserved: Duration,
}

impl Feed {
    /// Its tokens live for this time.
    pub(super) fn new(logs: Logs, token_ttl: Duration) -> Result<Self, SetupError> {
        Ok(Self {
            route: SseRoute::new(Demo::TOPIC)?,
            topics: Topics::new(logs)
                .with_max(topics::MAX)
                .with_max_per_subject(topics::MAX_OF_ONE),
            reserved: token_ttl + LATE,
        })
    }
}

/// What somebody wants dropped: the stream of this token.
#[derive(Deserialize)]
struct Drop {
    stream: String,
}

impl Demo {
    /// The pattern of the topics' streams.
    pub const TOPIC: &str = "/topics/{topic}/stream";

    /// `POST /topics/{topic}/stream-token`: 200 `{"sse_token","expires_in","stream_url","topic"}`,
    /// 401, 404 for what is no name of a topic, 429 or 503 when there are too many topics.
    pub fn topic_mint(&self) -> MintService {
        self.mint_at(&self.0.feed.route, with_state(self.clone(), may_follow))
    }

    /// Belongs around the handler of the topics' streams.
    pub fn topic_gate_layer(&self) -> Result<GateLayer, SetupError> {
        Ok(self
            .layer(&self.0.feed.route)?
            .resumable(self.0.resumable.clone()))
    }

    /// Streams what is published to a topic from now on, or after the event that the client named
    /// when it asked for its token. A client that comes back gets what it missed.
    pub async fn feed(
        &self,
        stream: &ResumableStream,
    ) -> Result<http::Response<ResumableBody>, Problem> {
        // The first part is the route.
        let granted = stream.granted();
        let name = granted.resource().parts().nth(1).unwrap_or_default();
        // It has been there since the token was asked for.
        let log = self.0.feed.topics.log(name, granted.subject()).await?;
        let mut follow = stream.follow(&log);
        if !stream.is_resumed()
            && let Some(seen) = granted.payload()?
        {
            follow = follow.after(seen);
        }
        Ok(self.resumable_response(follow.await?))
    }

    /// `POST /topics/{topic}/publish`: JSON of at most 16 KiB → 202 `{"seq"}`, 401, 404, 413, 422,
    /// 429, or 503.
    pub async fn publish<B>(&self, parts: &Parts, body: B) -> Response
    where
        B: Body<Error: Into<BoxError>>,
    {
        match self.append(parts, body).await {
            Ok(seq) => reply::json(StatusCode::ACCEPTED, &json!({ "seq": seq })),
            Err(problem) => problem.into_response(),
        }
    }

    /// `POST /demo/drop`: `{"stream"}` → 204. The connection of that stream ends, the stream does
    /// not. 404 if the user has no such connection.
    pub async fn drop_connection<B>(&self, parts: &Parts, body: B) -> Response
    where
        B: Body<Error: Into<BoxError>>,
    {
        match self.cut(parts, body).await {
            Ok(()) => reply::empty(StatusCode::NO_CONTENT),
            Err(problem) => problem.into_response(),
        }
    }

    async fn cut<B>(&self, parts: &Parts, body: B) -> Result<(), Problem>
    where
        B: Body<Error: Into<BoxError>>,
    {
        let user = self.user(parts).await?;
        let body = self.0.bodies.read(Some(&user), MAX_DROP, body).await?;
        let Drop { stream } = serde_json::from_slice(body.as_slice()).map_err(|_| {
            let detail = "The body must be {\"stream\"} in JSON.";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        })?;
        let mut keys = self.resources().filter_map(|of| TokenKey::of(&stream, &of));
        let was_open = keys.any(|key| self.0.connections.cut(&key, &user));
        was_open
            .then_some(())
            .ok_or_else(|| Problem::from(Denied::NotFound))
    }

    async fn append<B>(&self, parts: &Parts, body: B) -> Result<u64, Problem>
    where
        B: Body<Error: Into<BoxError>>,
    {
        let user = self.user(parts).await?;
        let name = topic_in(parts.uri.path()).unwrap_or_default();
        let body = self.0.bodies.read(Some(&user), MAX_EVENT, body).await?;
        let text = std::str::from_utf8(body.as_slice()).ok();
        let text = text.filter(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
        let text = text.ok_or_else(|| {
            let detail = "The body must be JSON.";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        })?;
        let name = TopicName::new(name).map_err(|_| Problem::from(Denied::NotFound))?;
        let owner = Subject::new(user.as_str())?;
        let event = Event::new().data(text);
        let published = self.0.feed.topics.publish(name.as_str(), &owner, &event);
        Ok(published.await?)
    }

    /// Everything that a resumable stream may be of.
    fn resources(&self) -> impl Iterator<Item = Resource> {
        let chat = self.0.chat.route.resource::<&str>([]).ok();
        let names = self.0.feed.topics.names();
        let topics = names
            .into_iter()
            .map(|name| self.0.feed.route.resource([name]));
        chat.into_iter().chain(topics.filter_map(Result::ok))
    }

    /// The response that streams this body, until its user drops the connection.
    pub(super) fn resumable_response(&self, body: ResumableBody) -> http::Response<ResumableBody> {
        self.0.connections.enter(&body);
        body.with_spread(self.0.spread)
            .with_heartbeat(self.0.heartbeat)
            .into_response()
    }
}

/// The name in `/topics/{topic}/publish`.
fn topic_in(path: &str) -> Option<&str> {
    path.strip_prefix("/topics/")?.strip_suffix("/publish")
}

/// Permits a token for any topic to anybody who is signed in.
async fn may_follow(demo: Demo, request: MintRequest) -> Result<Permit, Denied> {
    let topic = request.param("topic").ok_or(Denied::NotFound)?;
    let topic = TopicName::new(topic).map_err(|_| Denied::NotFound)?;
    let Feed {
        topics, reserved, ..
    } = &demo.0.feed;
    // Here and not when the token is shown: that would be spent on the refusal.
    topics
        .reserve(topic.as_str(), request.identity.subject(), *reserved)
        .await
        .map_err(|error| no_room(&error))?;
    let last_event_id = last_event_id(&request)?;
    let asked = request.grant_request().with_ttl(demo.0.token_ttl);
    Ok(Permit::new(asked)
        .with_continuation(last_event_id.is_some())
        .with_payload(&last_event_id)?
        .with_member("topic", topic.as_str()))
}

fn no_room(error: &TopicError) -> Denied {
    let retry_after = error.retry_after().unwrap_or(Duration::from_secs(1));
    match error.kind() {
        TopicErrorKind::FullForSubject => Denied::TooMany { retry_after },
        _ => Denied::Busy { retry_after },
    }
}

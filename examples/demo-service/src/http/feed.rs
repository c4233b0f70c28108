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
use sse_gate::mint::{Authorizer, Denied, MintRequest, MintService, Permit};
use sse_gate::sessions::backend::EventLog;
use sse_gate::{
    GateLayer, JwtAuthenticator, MemoryLog, Problem, ResumableBody, ResumableStream, SseRoute,
};

use super::body::BoxError;
use super::connections::ResumableStreamBody;
use super::{Demo, Response, SetupError, reply};
use crate::topics::{NoTopic, TopicName, Topics};
use crate::users::UserId;

/// The service that answers `POST /topics/{topic}/stream-token`.
pub type TopicMint = MintService<JwtAuthenticator, Admit>;

/// Permits a token for any topic to anybody who is signed in.
#[derive(Debug, Clone)]
pub struct Admit(Demo);

/// The largest event, in bytes of JSON.
const MAX_EVENT: usize = 16 * 1024;

/// How long after a token's last moment the stream may be opened that it was shown for.
const LATE: Duration = Duration::from_secs(10);

/// When to ask again for what there is no room for.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// The largest body that names a stream.
const MAX_DROP: usize = 4 * 1024;

/// What the feed works with.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) route: SseRoute,
    topics: Topics,
    /// How long a topic stays for who has a token for it.
    promise: Duration,
}

impl Feed {
    /// Its tokens live for this time.
    pub(super) fn new(topics: Topics, token_ttl: Duration) -> Result<Self, SetupError> {
        Ok(Self {
            route: SseRoute::new(Demo::TOPIC)?,
            topics,
            promise: token_ttl + LATE,
        })
    }

    fn resource(&self, topic: &TopicName) -> Result<Resource, Denied> {
        let resource = self.route.resource([topic.as_str()]);
        resource.map_err(|_| Denied::NotFound)
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

    /// The pattern of the paths at which tokens for topics are asked for.
    pub const TOPIC_TOKEN: &str = "/topics/{topic}/stream-token";

    /// `POST /topics/{topic}/stream-token`: 200 `{"sse_token","expires_in","stream_url","topic"}`,
    /// 401, 404 for what is no name of a topic, 429 or 503 when there are too many topics.
    pub fn topic_mint(&self) -> Result<TopicMint, SetupError> {
        let (authenticator, admit) = (self.0.authenticator.clone(), Admit(self.clone()));
        let mint = MintService::new(&self.0.gate, authenticator, admit)
            .with_body_time_limit(self.0.body_timeout);
        Ok(mint.at(Self::TOPIC_TOKEN)?.for_stream(&self.0.feed.route)?)
    }

    /// Belongs around the handler of the topics' streams.
    pub fn topic_gate_layer(&self) -> Result<GateLayer, SetupError> {
        let layer = self.layer(&self.0.gate, &self.0.feed.route)?;
        Ok(layer.resumable(self.0.resumable.clone()))
    }

    /// Streams what is published to a topic from now on, and what a client has missed that comes
    /// back.
    pub async fn feed(
        &self,
        stream: &ResumableStream,
    ) -> Result<http::Response<ResumableStreamBody>, Problem> {
        // The first part is the route.
        let granted = stream.granted();
        let name = granted.resource().parts().nth(1).unwrap_or_default();
        // It has been there since the token was asked for.
        let log = self.topic(name, &UserId::new(granted.subject().as_str()))?;
        Ok(self.resumable_response(stream.follow(&log).await?))
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
        let log = self.topic(name, &user)?;
        log.append(&Event::new().data(text)).await.map_err(|_| {
            let detail = "The topic takes no events right now.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
        })
    }

    fn topic(&self, name: &str, user: &UserId) -> Result<MemoryLog, Problem> {
        let name = TopicName::new(name).map_err(|_| Problem::from(Denied::NotFound))?;
        self.0.feed.topics.log(&name, user).map_err(|error| {
            let status = match error {
                NoTopic::TooManyOfYours => StatusCode::TOO_MANY_REQUESTS,
                NoTopic::TooMany | NoTopic::NoLog(_) => StatusCode::SERVICE_UNAVAILABLE,
            };
            Problem::new(status, error.to_string()).with_retry_after(RETRY_AFTER)
        })
    }

    /// Everything that a resumable stream may be of.
    fn resources(&self) -> impl Iterator<Item = Resource> {
        let chat = self.0.chat.route.resource::<&str>([]).ok();
        let names = self.0.feed.topics.names();
        let topics = names.into_iter().map(|name| self.0.feed.resource(&name));
        chat.into_iter().chain(topics.filter_map(Result::ok))
    }

    /// The response that streams this body, until the server shuts down or somebody drops it.
    pub(super) fn resumable_response(
        &self,
        body: ResumableBody,
    ) -> http::Response<ResumableStreamBody> {
        let body = self.0.connections.enter(body, &self.0.shutdown);
        let body = body.spread(self.0.spread).heartbeat(self.0.heartbeat);
        body.into_response()
    }
}

/// The name in `/topics/{topic}/publish`.
fn topic_in(path: &str) -> Option<&str> {
    path.strip_prefix("/topics/")?.strip_suffix("/publish")
}

impl Authorizer for Admit {
    async fn authorize(&self, request: MintRequest) -> Result<Permit, Denied> {
        let Self(demo) = self;
        let topic = request.param("topic").ok_or(Denied::NotFound)?;
        let topic = TopicName::new(topic).map_err(|_| Denied::NotFound)?;
        let resource = demo.0.feed.resource(&topic)?;
        // Here and not when the token is shown: that would be spent on the refusal.
        let user = UserId::new(request.identity.subject().as_str());
        let (topics, promise) = (&demo.0.feed.topics, demo.0.feed.promise);
        let promised = topics.promise(&topic, &user, promise);
        promised.map_err(|error| match error {
            NoTopic::TooManyOfYours => Denied::TooMany {
                retry_after: RETRY_AFTER,
            },
            NoTopic::TooMany | NoTopic::NoLog(_) => Denied::Busy {
                retry_after: RETRY_AFTER,
            },
        })?;
        let stream_url = demo.0.feed.route.path([topic.as_str()]);
        Ok(Permit::new(request.grant_of(resource))
            .with_member("stream_url", stream_url.map_err(|_| Denied::NotFound)?)
            .with_member("topic", topic.as_str()))
    }
}

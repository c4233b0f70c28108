//! The feed: topics that many read, by streams that survive reconnects.

use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use sse_gate::codec::Event;
use sse_gate::core::{Resource, TokenKey};
use sse_gate::mint::{Authorizer, Denied, MintRequest, MintService, Permit};
use sse_gate::sessions::EventLog;
use sse_gate::{
    GateLayer, JwtAuthenticator, MemoryLog, Problem, ResumableBody, ResumableStream, StreamRoute,
};

use super::connections::ResumableStreamBody;
use super::{Demo, Response, SetupError, reply};
use crate::topics::{NoTopic, TopicName, Topics};

/// The service that answers `POST /topics/{topic}/stream-token`.
pub type TopicMint = MintService<JwtAuthenticator, Admit>;

/// Permits a token for any topic to anybody who is signed in.
#[derive(Debug, Clone)]
pub struct Admit(Demo);

/// The largest event, in bytes of JSON.
const MAX_EVENT: usize = 16 * 1024;

/// What the feed works with.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) route: StreamRoute,
    pub(super) topics: Topics,
}

impl Feed {
    pub(super) fn new(topics: Topics) -> Result<Self, SetupError> {
        Ok(Self {
            route: StreamRoute::new(Demo::TOPIC)?,
            topics,
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
    /// 401, or 404 for what is no name of a topic.
    pub fn topic_mint(&self) -> Result<TopicMint, SetupError> {
        let (authenticator, admit) = (self.0.authenticator.clone(), Admit(self.clone()));
        let mint = MintService::new(&self.0.gate, authenticator, admit);
        Ok(mint.at(Self::TOPIC_TOKEN)?)
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
        let name = stream.granted().resource().parts().nth(1);
        let log = self.topic(name.unwrap_or_default())?;
        Ok(self.resumable_response(stream.follow(&log).await?))
    }

    /// `POST /topics/{topic}/publish`: JSON of at most 16 KiB → 202 `{"seq"}`, 401, 404, 413, 422,
    /// or 503.
    pub async fn publish(&self, parts: &Parts, body: &Bytes) -> Response {
        match self.append(parts, body).await {
            Ok(seq) => reply::json(StatusCode::ACCEPTED, &json!({ "seq": seq })),
            Err(problem) => problem.into_response(),
        }
    }

    /// `POST /demo/drop`: `{"stream"}` → 204. The connection of that stream ends, the stream does
    /// not. 404 if the user has no such connection.
    pub async fn drop_connection(&self, parts: &Parts, body: &Bytes) -> Response {
        let user = match self.user(parts).await {
            Ok(user) => user,
            Err(problem) => return problem.into_response(),
        };
        let Ok(Drop { stream }) = serde_json::from_slice(body) else {
            let detail = "The body must be {\"stream\"} in JSON.";
            return Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).into_response();
        };
        let mut keys = self.resources().filter_map(|of| TokenKey::of(&stream, &of));
        if keys.any(|key| self.0.connections.cut(&key, &user)) {
            reply::empty(StatusCode::NO_CONTENT)
        } else {
            Problem::from(Denied::NotFound).into_response()
        }
    }

    async fn append(&self, parts: &Parts, body: &Bytes) -> Result<u64, Problem> {
        self.user(parts).await?;
        let name = topic_in(parts.uri.path()).unwrap_or_default();
        if body.len() > MAX_EVENT {
            let detail = "An event has at most 16 KiB.";
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        let text = std::str::from_utf8(body).ok();
        let text = text.filter(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
        let text = text.ok_or_else(|| {
            let detail = "The body must be JSON.";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        })?;
        let log = self.topic(name)?;
        log.append(&Event::new().data(text)).await.map_err(|_| {
            let detail = "The topic takes no events right now.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
        })
    }

    fn topic(&self, name: &str) -> Result<MemoryLog, Problem> {
        let name = TopicName::new(name).map_err(|_| Problem::from(Denied::NotFound))?;
        self.0.feed.topics.log(&name).map_err(|error| match error {
            NoTopic::TooMany | NoTopic::NoLog(_) => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
            }
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
        body.spread(self.0.spread).into_response()
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
        let stream_url = demo.0.feed.route.path([topic.as_str()]);
        Ok(Permit::new(request.grant_of(resource))
            .with_member("stream_url", stream_url.map_err(|_| Denied::NotFound)?)
            .with_member("topic", topic.as_str()))
    }
}

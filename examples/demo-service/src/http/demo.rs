//! The demo put together: [`Demo`].

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use metrics_exporter_prometheus::PrometheusHandle;
use sse_gate::mint::Authenticator;
use sse_gate::sessions::{LogBudget, ResumePolicy, SessionLimits};
use sse_gate::{
    Gate, GateLayer, JwtAuthenticator, JwtKey, Limits, Logs, MetricsObserver, Problem, Resumable,
    Sessions, SseRoute, StreamSlots, StripTokenLayer, TracingObserver, WorkSlots,
};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use super::body::Bodies;
use super::chat::Chat;
use super::connections::Connections;
use super::ending::end_with;
use super::feed::Feed;
use super::storage::Storage;
use crate::generation::{Generations, Limits as GenerationLimits};
use crate::login::{AUDIENCE, Attempts, JwtSecret, Signer};
use crate::server::{Args, record_metrics};
use crate::users::{UserId, Users};

/// Why the demo can't be set up.
pub type SetupError = Box<dyn Error + Send + Sync>;

/// The whole service but for its framework. Clones are the same service.
#[derive(Debug, Clone)]
pub struct Demo(pub(super) Arc<Assembly>);

/// What the endpoints work with.
#[derive(Debug)]
pub(super) struct Assembly {
    pub(super) bodies: Bodies,
    /// How long a client may take to send the body of a request for a token.
    pub(super) body_timeout: Duration,
    pub(super) attempts: Attempts,
    pub(super) users: Users,
    pub(super) signer: Signer,
    pub(super) authenticator: JwtAuthenticator,
    pub(super) generations: Generations,
    pub(super) gate: Gate,
    pub(super) route: SseRoute,
    /// How long a token lives, but for a stream id of the chat's.
    pub(super) token_ttl: Duration,
    pub(super) chat: Chat,
    pub(super) feed: Feed,
    pub(super) logs: Logs,
    pub(super) sessions: Sessions,
    pub(super) resumable: Resumable,
    pub(super) connections: Connections,
    /// Within which time clients come back to a server that has shut down.
    pub(super) spread: Duration,
    /// After how much silence a stream has a heartbeat.
    pub(super) heartbeat: Duration,
    pub(super) metrics: PrometheusHandle,
    shutdown: CancellationToken,
    slots: StreamSlots,
    allowed_origins: Vec<String>,
}

impl Demo {
    /// The pattern of the streams' paths.
    pub const STREAM: &str = "/generations/generate/{generation_id}/stream";

    /// Puts the service together. Its streams and generations end when `shutdown` is cancelled.
    ///
    /// It installs the process's metrics recorder, so a process has one demo. To be called within
    /// a Tokio runtime.
    pub async fn new(args: &Args, shutdown: CancellationToken) -> Result<Self, SetupError> {
        let storage = Storage::open(args).await?;
        let secret = JwtSecret::from_env_or(storage.jwt_secret())?;
        let key = JwtKey::hs256(secret.as_bytes())?;
        let metrics = record_metrics()?;
        let observer = (MetricsObserver::install(), TracingObserver::default());
        let sessions = sessions(args, &storage)?.with_observer(observer);
        let policy = ResumePolicy::default()
            .with_retry(args.retry())
            .with_takeovers(args.takeovers, Duration::from_secs(10));
        let logs = storage.logs();
        let resumable = Resumable::new(&sessions)
            .with_policy(policy)
            .with_work_slots(WorkSlots::new(args.streams, args.streams_per_subject));
        let generations = Generations::of_node(GenerationLimits::default(), args.pace(), args.node);
        end_with(shutdown.clone(), generations.clone());
        sweep(sessions.clone());
        Ok(Self(Arc::new(Assembly {
            bodies: Bodies::new(args.body_timeout()),
            body_timeout: args.body_timeout(),
            attempts: Attempts::new(),
            users: Users::demo(),
            signer: Signer::new(secret.as_bytes()),
            authenticator: JwtAuthenticator::new(key, AUDIENCE, AUDIENCE)?,
            generations,
            gate: gate(args, observer, &storage)?,
            route: SseRoute::new(Self::STREAM)?,
            token_ttl: args.token_ttl(),
            chat: Chat::new(args.pace(), args.stream_id_ttl())?,
            // Of their own, with room for as many topics as there may be: answers need theirs.
            feed: Feed::new(
                logs.clone().with_budget(LogBudget::default()),
                args.token_ttl(),
            )?,
            logs,
            resumable: if args.restart_answers {
                resumable.with_restarted_work()
            } else {
                resumable
            },
            sessions,
            connections: Connections::default(),
            spread: 5 * args.retry(),
            heartbeat: args.heartbeat(),
            metrics,
            shutdown,
            slots: storage.slots(args.streams, args.streams_per_subject),
            allowed_origins: args.allow_origin.clone(),
        })))
    }

    /// Belongs around everything: takes the tokens out of the URIs of streams, and blanks what looks
    /// like a credential there and where tokens are asked for.
    pub fn strip_layer(&self) -> StripTokenLayer {
        StripTokenLayer::new(self.routes())
    }

    /// The routes whose requests show tokens.
    pub fn routes(&self) -> [&SseRoute; 4] {
        let Assembly {
            route, chat, feed, ..
        } = &*self.0;
        [route, &chat.route, &chat.stop_route, &feed.route]
    }

    /// Belongs around the handler of the generations' streams. They are strict: a token opens one
    /// connection.
    pub fn gate_layer(&self) -> Result<GateLayer, SetupError> {
        self.layer(&self.0.route)
    }

    /// The layer of a route. All of them share one count of open streams, which end at shutdown.
    pub(super) fn layer(&self, route: &SseRoute) -> Result<GateLayer, SetupError> {
        let layer = GateLayer::new(&self.0.gate, route)
            .with_slots(self.0.slots.clone())
            .until(self.0.shutdown.clone().cancelled_owned());
        if self.0.allowed_origins.is_empty() {
            return Ok(layer);
        }
        Ok(layer.with_allowed_origins(self.0.allowed_origins.iter().map(String::as_str))?)
    }

    /// Who makes a request, by its JWT.
    pub(super) async fn user(&self, parts: &Parts) -> Result<UserId, Problem> {
        match self.0.authenticator.authenticate(parts).await {
            Ok(identity) => Ok(UserId::new(identity.subject().as_str())),
            Err(error) => Err(Problem::from(&error)),
        }
    }
}

/// Counts what happens, and logs it.
type Watchers = (MetricsObserver, TracingObserver);

/// The gate of all streams, over the store that the arguments ask for. A message of the chat's waits
/// in it as JSON, in which every byte of its 64 KiB may be escaped.
fn gate(args: &Args, observer: Watchers, storage: &Storage) -> Result<Gate, SetupError> {
    let limits = Limits::default()
        .with_tokens_per_subject(args.tokens_per_subject)
        .with_payload(400 * 1024)
        .with_payload_bytes_per_subject(1024 * 1024);
    let longest = args.token_ttl().max(args.stream_id_ttl());
    let gate = Gate::builder().with_ttl(longest)?.with_observer(observer);
    Ok(storage.gate(gate, limits))
}

/// The sessions of all resumable streams, as many as there may be streams, and as many again that
/// wait for their clients.
fn sessions(args: &Args, storage: &Storage) -> Result<Sessions, SetupError> {
    let limits = SessionLimits::default()
        .with_max(2 * args.streams)
        .with_max_per_subject(args.streams_per_subject);
    storage.sessions(limits)
}

/// Frees what is over, also while nobody asks for anything.
fn sweep(sessions: Sessions) {
    tokio::spawn(async move {
        let mut ticks = interval(Duration::from_secs(30));
        loop {
            ticks.tick().await;
            sessions.sweep();
        }
    });
}

//! The demo put together: [`Demo`].

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use metrics_exporter_prometheus::PrometheusHandle;
use sse_gate::core::{InvalidTtl, SystemEntropy};
use sse_gate::mint::Authenticator;
use sse_gate::sessions::{ResumePolicy, SessionLimits};
use sse_gate::{
    Gate, GateLayer, JwtAuthenticator, JwtKey, Limits, MemoryLogs, MemorySessions, MemoryStore,
    MetricsObserver, Problem, Resumable, ResumeKeys, Sessions, SharedStore, SseRoute,
    StreamSlots, StripTokenLayer, TracingObserver, WorkSlots,
};
use sse_gate_moka::MokaStore;
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use super::body::Bodies;
use super::chat::Chat;
use super::connections::Connections;
use super::ending::end_with;
use super::feed::Feed;
use crate::generation::{Generations, Limits as GenerationLimits};
use crate::login::{AUDIENCE, Attempts, JwtSecret, Signer};
use crate::server::{Args, StoreKind, record_metrics};
use crate::topics::Topics;
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
    pub(super) chat: Chat,
    pub(super) feed: Feed,
    pub(super) logs: MemoryLogs,
    pub(super) sessions: Sessions,
    pub(super) resumable: Resumable,
    pub(super) connections: Connections,
    /// Within which time clients come back to a server that has shut down.
    pub(super) spread: Duration,
    /// After how much silence a stream has a heartbeat.
    pub(super) heartbeat: Duration,
    pub(super) metrics: PrometheusHandle,
    pub(super) shutdown: CancellationToken,
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
    pub fn new(args: &Args, shutdown: CancellationToken) -> Result<Self, SetupError> {
        let secret = JwtSecret::from_env()?;
        let key = JwtKey::hs256(secret.as_bytes())?;
        let metrics = record_metrics()?;
        let observer = (MetricsObserver::install(), TracingObserver::default());
        let store = store(args);
        let gate = |ttl| Ok::<_, SetupError>(gate(&store, ttl, observer)?);
        let sessions = sessions(args, observer)?;
        let policy = ResumePolicy::default()
            .with_retry(args.retry())
            .with_takeovers(args.takeovers, Duration::from_secs(10));
        let logs = MemoryLogs::default();
        let generations = Generations::new(GenerationLimits::default(), args.pace());
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
            gate: gate(args.token_ttl())?,
            route: SseRoute::new(Self::STREAM)?,
            chat: Chat::new(gate(args.stream_id_ttl())?, args.pace())?,
            // Of their own, with room for as many topics as there may be: answers need theirs.
            feed: Feed::new(Topics::new(MemoryLogs::default()), args.token_ttl())?,
            logs,
            resumable: Resumable::new(&sessions)
                .with_policy(policy)
                .with_work_slots(WorkSlots::new(args.streams, args.streams_per_subject)),
            sessions,
            connections: Connections::default(),
            spread: 5 * args.retry(),
            heartbeat: args.heartbeat(),
            metrics,
            shutdown,
            slots: StreamSlots::new(args.streams, args.streams_per_subject),
            allowed_origins: args.allow_origin.clone(),
        })))
    }

    /// Belongs around everything: takes the tokens out of the URIs of streams, and blanks what looks
    /// like a credential there and where tokens are asked for.
    pub fn strip_layer(&self) -> Result<StripTokenLayer, SetupError> {
        let Assembly {
            route, chat, feed, ..
        } = &*self.0;
        let routes = [route, &chat.route, &chat.stop_route, &feed.route];
        let layer = StripTokenLayer::new(routes.map(Clone::clone));
        let mints = [Self::STREAM_TOKEN, Self::CHAT_INITIATE, Self::TOPIC_TOKEN];
        Ok(layer.with_mints(mints)?)
    }

    /// Belongs around the handler of the generations' streams. They are strict: a token opens one
    /// connection.
    pub fn gate_layer(&self) -> Result<GateLayer, SetupError> {
        self.layer(&self.0.gate, &self.0.route)
    }

    /// The layer of a route. All of them share one count of open streams.
    pub(super) fn layer(&self, gate: &Gate, route: &SseRoute) -> Result<GateLayer, SetupError> {
        let layer = GateLayer::new(gate, route.clone()).with_slots(self.0.slots.clone());
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

/// A gate over the store that all gates share.
fn gate(store: &SharedStore, ttl: Duration, observer: Watchers) -> Result<Gate, InvalidTtl> {
    let gate = Gate::builder(store.clone()).ttl(ttl)?;
    Ok(gate.observer(observer).build_erased())
}

/// The sessions of all resumable streams, as many as there may be streams, and as many again that
/// wait for their clients.
fn sessions(args: &Args, observer: Watchers) -> Result<Sessions, SetupError> {
    let limits = SessionLimits::default()
        .with_in_all(2 * args.streams)
        .with_per_subject(args.streams_per_subject);
    let keys = ResumeKeys::generate(&SystemEntropy)?;
    Ok(Sessions::new(MemorySessions::new(limits), keys).with_observer(observer))
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

/// The store that the arguments ask for. A message of the chat's waits in it as JSON, in which
/// every byte of its 64 KiB may be escaped.
fn store(args: &Args) -> SharedStore {
    let limits = Limits::default()
        .with_tokens_per_subject(args.tokens_per_subject)
        .with_payload(400 * 1024)
        .with_payload_bytes_per_subject(1024 * 1024);
    match args.store {
        StoreKind::Memory => SharedStore::new(MemoryStore::new(limits)),
        StoreKind::Moka => SharedStore::new(MokaStore::new(limits)),
    }
}

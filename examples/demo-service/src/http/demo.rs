//! The demo put together: [`Demo`].

use std::error::Error;
use std::sync::Arc;

use http::request::Parts;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use sse_gate::mint::Authenticator;
use sse_gate::{
    Gate, GateLayer, JwtAuthenticator, JwtKey, Limits, MemoryStore, MetricsObserver, Problem,
    SharedStore, StreamRoute, StreamSlots, StripTokenLayer,
};
use sse_gate_moka::MokaStore;
use tokio_util::sync::CancellationToken;

use super::ending::end_with;
use crate::generation::{Generations, Limits as GenerationLimits};
use crate::login::{AUDIENCE, JwtSecret, Signer};
use crate::server::{Args, StoreKind};
use crate::users::{UserId, Users};

/// Why the demo can't be set up.
pub type SetupError = Box<dyn Error + Send + Sync>;

/// The whole service but for its framework. Clones are the same service.
#[derive(Debug, Clone)]
pub struct Demo(pub(super) Arc<Assembly>);

/// What the endpoints work with.
#[derive(Debug)]
pub(super) struct Assembly {
    pub(super) users: Users,
    pub(super) signer: Signer,
    pub(super) authenticator: JwtAuthenticator,
    pub(super) generations: Generations,
    pub(super) gate: Gate,
    pub(super) route: StreamRoute,
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
        let metrics = PrometheusBuilder::new().install_recorder()?;
        let gate = Gate::builder(store(args))
            .ttl(args.token_ttl())?
            .observer(MetricsObserver::install())
            .build_erased();
        let generations = Generations::new(GenerationLimits::default(), args.pace());
        end_with(shutdown.clone(), generations.clone());
        Ok(Self(Arc::new(Assembly {
            users: Users::demo(),
            signer: Signer::new(secret.as_bytes()),
            authenticator: JwtAuthenticator::new(key, AUDIENCE, AUDIENCE)?,
            generations,
            gate,
            route: StreamRoute::new(Self::STREAM)?,
            metrics,
            shutdown,
            slots: StreamSlots::new(args.streams, args.streams_per_subject),
            allowed_origins: args.allow_origin.clone(),
        })))
    }

    /// Belongs around everything: takes the tokens out of the URIs of streams.
    pub fn strip_layer(&self) -> StripTokenLayer {
        StripTokenLayer::new([self.0.route.clone()])
    }

    /// Belongs around the handler of the streams.
    pub fn gate_layer(&self) -> Result<GateLayer, SetupError> {
        let layer =
            GateLayer::new(&self.0.gate, self.0.route.clone()).with_slots(self.0.slots.clone());
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

/// The store that the arguments ask for.
fn store(args: &Args) -> SharedStore {
    let limits = Limits::default().with_tokens_per_subject(args.tokens_per_subject);
    match args.store {
        StoreKind::Memory => SharedStore::new(MemoryStore::new(limits)),
        StoreKind::Moka => SharedStore::new(MokaStore::new(limits)),
    }
}

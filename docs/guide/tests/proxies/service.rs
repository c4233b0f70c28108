//! What stands behind the proxies: [`Service`].

use axum::extract::State;
use axum::{Router, routing::get};
use http::request::Parts;
use sse_gate::prelude::*;
use sse_gate::sessions::Topics;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A feed that listens at a port of its own.
pub(crate) struct Service {
    pub(crate) addr: String,
    topics: Topics,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Service {
    pub(crate) async fn start() -> Self {
        let (gate, route) = (Gate::in_memory(), SseRoute::new("/api/feed").unwrap());
        let (topics, stop) = (Topics::new(gate.new_logs()), CancellationToken::new());
        let mint = MintService::new(&gate, &route, who, may_follow);
        let layer = GateLayer::new(&gate, &route)
            .resumable(&gate.new_sessions().unwrap())
            .until(stop.clone().cancelled_owned());
        let app = Router::new()
            .sse_with(layer, mint, get(follow))
            .with_state(topics.clone())
            .strip_tokens([&route]);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap().to_string();
        let stopped = stop.clone().cancelled_owned();
        let serving = tokio::spawn(async move {
            let serving = axum::serve(listener, app).with_graceful_shutdown(stopped);
            serving.await.unwrap();
        });
        Self {
            addr,
            topics,
            stop,
            serving,
        }
    }

    pub(crate) async fn publish(&self, data: &'static str) {
        let event = Event::new().data(data);
        self.topics.publish("news", None, &event).await.unwrap();
    }

    /// Stops it, and waits until nothing listens there.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.serving.await.unwrap();
    }
}

/// The credential is the name of the user.
async fn who(parts: Parts) -> Result<Identity, AuthError> {
    Ok(Identity::named(Bearer::of(&parts.headers)?.as_str())?)
}

async fn may_follow(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

async fn follow(
    State(topics): State<Topics>,
    stream: ResumableStream,
) -> Result<ResumableBody, Problem> {
    let log = topics.log("news", None).await?;
    Ok(stream.follow(&log).await?)
}

//! What one writes in an hour with axum: tickets in a map, `Sse` over a broadcast channel.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use uuid::Uuid;

#[derive(Clone)]
struct Peer {
    tickets: Arc<Mutex<HashMap<String, String>>>,
    events: broadcast::Sender<String>,
}

/// Serves until it is killed.
#[tokio::main]
pub(crate) async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("it is bound");
    println!("listening on http://{addr}");
    let peer = Peer {
        tickets: Arc::default(),
        events: broadcast::channel(1024).0,
    };
    let app = Router::new()
        .route("/token", post(mint))
        .route("/stream", get(open))
        .route("/publish", post(publish))
        .with_state(peer);
    axum::serve(listener, app)
        .await
        .expect("it serves for ever");
}

async fn mint(State(peer): State<Peer>) -> Json<Value> {
    let ticket = Uuid::new_v4().to_string();
    let mut tickets = peer.tickets.lock().expect("nobody panics");
    tickets.insert(ticket.clone(), "alice".to_owned());
    Json(json!({ "sse_token": ticket }))
}

async fn open(State(peer): State<Peer>, Query(query): Query<HashMap<String, String>>) -> Response {
    let ticket = query.get("token").cloned().unwrap_or_default();
    let subject = peer.tickets.lock().expect("nobody panics").remove(&ticket);
    if subject.is_none() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let open = stream::iter([Event::default().comment("open~")]);
    let rest = BroadcastStream::new(peer.events.subscribe())
        .filter_map(async |text| Some(Event::default().data(text.ok()?)));
    let events = open.chain(rest).map(Ok::<_, Infallible>);
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}

async fn publish(State(peer): State<Peer>, text: String) {
    let _ = peer.events.send(text);
}

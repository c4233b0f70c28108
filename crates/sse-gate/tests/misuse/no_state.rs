//! The router's handlers still need their state.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use sse_gate::prelude::*;

async fn rooms(State(rooms): State<Vec<String>>) -> String {
    rooms.join(", ")
}

fn main() {
    let route = SseRoute::new("/feed").unwrap();
    let app: Router<Vec<String>> = Router::new().route("/rooms", get(rooms));
    app.strip_tokens([&route]);
}

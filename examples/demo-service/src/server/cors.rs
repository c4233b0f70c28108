//! Which other origins may read answers: [`cors`].

use http::header::{AUTHORIZATION, CONTENT_TYPE, InvalidHeaderValue};
use http::{HeaderName, HeaderValue, Method};
use tower_http::cors::CorsLayer;

/// What a client that is no `EventSource` asks for leave to send: `EventSource` sends it without.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A layer that lets pages of these origins read answers. With none, no other origin's may.
pub fn cors(origins: &[String]) -> Result<CorsLayer, InvalidHeaderValue> {
    let origins: Result<Vec<HeaderValue>, _> =
        origins.iter().map(|origin| origin.parse()).collect();
    Ok(CorsLayer::new()
        .allow_origin(origins?)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, LAST_EVENT_ID]))
}

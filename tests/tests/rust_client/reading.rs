//! What the claims share: settings that don't wait long, and a stream that must give something.

use std::time::Duration;

use futures_util::{Stream, StreamExt};
use sse_gate_client::{Bearer, Error, Event, Settings};
use sse_gate_tests::{Server, User, in_time};

/// The defaults, but without waits that a test would feel.
pub(crate) fn hasty() -> Settings {
    let moment = Duration::from_millis(10);
    Settings::new().with_retry_floor(moment).with_retry(moment)
}

/// The URL of a path.
pub(crate) fn url(server: &Server, path: &str) -> String {
    format!("http://{}{path}", server.addr())
}

/// The user's credential.
pub(crate) fn bearer(user: &User<'_>) -> Bearer {
    Bearer::new(user.jwt.clone()).expect("a JWT can be a bearer")
}

/// The next event, which must come.
pub(crate) async fn next<S>(events: &mut S) -> Event
where
    S: Stream<Item = Result<Event, Error>> + Unpin,
{
    let event = in_time("an event", events.next()).await;
    event.expect("the stream goes on").expect("it is no error")
}

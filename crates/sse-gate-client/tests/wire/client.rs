//! What the claims share: settings without long waits, and whole streams.

use std::time::Duration;

use futures_util::{Stream, StreamExt};
use sse_gate_client::{Bearer, Direct, Error, Event, EventSource, Settings, Transport};

use crate::server::Server;

/// What a test's bearer is.
pub(crate) const SECRET: &str = "eyj.secret";

/// The complete end of a resumable stream.
pub(crate) const COMPLETE: &str = "event: sse.close\ndata: {\"v\":1,\"reason\":\"complete\"}\n\n";

/// The defaults, but without waits that a test would feel.
pub(crate) fn hasty() -> Settings {
    let moment = Duration::from_millis(10);
    let settings = Settings::new().with_retry_floor(moment).with_retry(moment);
    settings.with_max_delay(Duration::from_millis(50))
}

pub(crate) fn bearer() -> Bearer {
    Bearer::new(SECRET).expect("it can be a bearer")
}

/// A client that shows its bearer at this path.
pub(crate) fn open(transport: impl Transport, server: &Server, settings: Settings) -> EventSource {
    let direct = Direct::new(&server.url("/stream")).expect("it is a URL");
    EventSource::with_settings(transport, direct.with_bearer(bearer()), settings)
}

/// The data of all events, and how the stream ended.
pub(crate) async fn all(source: EventSource) -> (Vec<String>, Result<(), Error>) {
    let mut events = source.events();
    let mut data = Vec::new();
    loop {
        match in_time(events.next()).await {
            Some(Ok(event)) => data.push(event.data().to_owned()),
            Some(Err(error)) => return (data, Err(error)),
            None => return (data, Ok(())),
        }
    }
}

/// The next event, which must come.
pub(crate) async fn next<S>(events: &mut S) -> Event
where
    S: Stream<Item = Result<Event, Error>> + Unpin,
{
    let event = in_time(events.next()).await;
    event.expect("the stream goes on").expect("it is no error")
}

/// What a future gives, unless it takes too long.
pub(crate) async fn in_time<F: Future>(future: F) -> F::Output {
    let output = tokio::time::timeout(Duration::from_secs(20), future).await;
    output.expect("it took too long")
}

//! From arguments to a client: [`open`].

use std::time::Duration;

use serde_json::Value;
use sse_gate_client::{
    BoxError, Direct, EventSource, HyperTransport, MintEachTime, MintOnce, Settings,
};

use super::bearer::BearerOrigin;
use crate::args::WatchArgs;

/// Where the id stands that a mint answers with.
const STREAM_ID: &str = "{stream_id}";

/// The client that these arguments ask for. It has not connected yet.
pub(super) fn open(args: WatchArgs) -> Result<EventSource, BoxError> {
    let settings = settings(&args);
    let transport = HyperTransport::new()?;
    let env = args.bearer_env.map(BearerOrigin::Env);
    let bearer = env.or(args.bearer_file.map(BearerOrigin::File));
    if let Some(bearer) = &bearer {
        // A mistake here is one of the arguments', and not worth a second attempt.
        bearer.read()?;
    }
    let Some(mint) = &args.mint else {
        let mut direct = Direct::new(&args.url)?;
        if let Some(bearer) = bearer {
            direct = direct.with_bearer(bearer);
        }
        return Ok(EventSource::with_settings(transport, direct, settings));
    };
    let data = args.data.unwrap_or_default();
    if args.resumable || args.url.contains(STREAM_ID) {
        let once = MintOnce::new(mint, Value::Object(data))?;
        let once = once.with_stream_origin(&args.url)?;
        let mut once = once.with_stream_url(args.url);
        if let Some(bearer) = bearer {
            once = once.with_bearer(bearer);
        }
        return Ok(EventSource::with_settings(transport, once, settings));
    }
    let each = MintEachTime::new(mint)?.with_body(data);
    let each = each.with_stream_origin(&args.url)?;
    let mut each = each.with_stream_url(args.url);
    if let Some(bearer) = bearer {
        each = each.with_bearer(bearer);
    }
    Ok(EventSource::with_settings(transport, each, settings))
}

/// The settings that the arguments name; all others have the client's defaults.
fn settings(args: &WatchArgs) -> Settings {
    let settings = Settings::new()
        .with_heartbeat(Duration::from_secs(args.heartbeat))
        .with_attempt_limit(args.attempts)
        .with_max_event(args.max_event)
        .with_end_as_complete(args.until_end);
    match &args.last_event_id {
        Some(id) => settings.with_last_event_id(id),
        None => settings,
    }
}

//! Reading events.

use bytes::Bytes;
use redis::Value;
use sse_gate_resume::backend::{Bounds, LogId, StoredEvents};

use super::key::LogKey;
use super::open::end_of;
use super::value;
use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::handle::Shared;
use crate::reply;
use crate::server::{Script, Server};

static READ: Script = Script::new(concat!(include_str!("log.lua"), include_str!("read.lua")));

/// Events as they are on the server, sealed, in order and perhaps with holes.
struct Found {
    bounds: Bounds,
    events: Vec<(u64, Vec<u8>)>,
}

/// Reads events behind number `after`: at least one, if there is one, and not many more than `max_bytes` of them.
/// Those that are too old are left out.
///
/// If events are missing or can't be opened, the log begins behind them for this reader.
pub(crate) async fn read(
    server: &Server,
    shared: &Shared,
    log: &LogId,
    after: u64,
    max_bytes: usize,
) -> Result<Option<StoredEvents>, Fault> {
    let key = LogKey::of(server, log);
    let mut behind = after;
    loop {
        let Some(found) = ask(server, shared, &key, behind, max_bytes).await? else {
            return Ok(None);
        };
        let begins_at = behind.saturating_add(1).max(found.bounds.first);
        let last_found = found.events.last().map(|(seq, _)| *seq);
        let (mut bounds, last) = (found.bounds, found.bounds.last);
        let (first, events) = without_holes(found.events, |sealed| {
            value::open(&server.keys.sealer, &key, sealed)
        });
        if events.is_empty()
            && let Some(last_found) = last_found
        {
            // There may be some that can be opened behind them.
            behind = last_found;
            continue;
        }
        let first = if events.is_empty() { last + 1 } else { first };
        if first > begins_at || behind > after {
            bounds.first = bounds.first.max(first);
        }
        return Ok(Some(StoredEvents {
            bounds,
            first,
            events,
        }));
    }
}

/// Opens events, from the first one that can be opened up to the next that can't or is missing. Returns the number
/// of the first one, too.
fn without_holes(
    found: Vec<(u64, Vec<u8>)>,
    open: impl Fn(&[u8]) -> Option<Bytes>,
) -> (u64, Vec<Bytes>) {
    let (mut first, mut events) = (0, Vec::new());
    for (seq, sealed) in found {
        if events.is_empty() {
            first = seq;
        } else if seq != first + events.len() as u64 {
            break;
        }
        match open(&sealed) {
            Some(event) => events.push(event),
            None if events.is_empty() => {}
            None => break,
        }
    }
    (first, events)
}

async fn ask(
    server: &Server,
    shared: &Shared,
    key: &LogKey,
    after: u64,
    max_bytes: usize,
) -> Result<Option<Found>, Fault> {
    let ask = key
        .call(&READ, shared.link.keyspace())
        .number(after)
        .number(max_bytes.max(1))
        .number(server.keys.sealer.overhead());
    let answer = server.run(ask).await?;
    if answer == Value::Nil {
        return Ok(None);
    }
    let (ended, first, last, flat): (u8, u64, u64, Vec<Value>) = reply::read(answer)?;
    let end = end_of(ended);
    let mut events = Vec::with_capacity(flat.len() / 2);
    let mut flat = flat.into_iter();
    while let (Some(seq), Some(Value::BulkString(value))) = (flat.next(), flat.next()) {
        events.push((reply::number(seq)?, value));
    }
    if flat.next().is_some() {
        return Err(ServerErrorKind::Foreign.into());
    }
    Ok(Some(Found {
        bounds: Bounds { first, last, end },
        events,
    }))
}

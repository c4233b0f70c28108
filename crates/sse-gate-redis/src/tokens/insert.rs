//! Storing an entry, and counting it in.

use std::time::Duration;

use redis::Value;
use sse_gate_core::{Cap, Entry, FullError, Limits, StoreError, TokenKey};

use super::value;
use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::{millis, words};
use crate::server::{Script, Server};

static INSERT: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("token.lua"),
    include_str!("insert.lua")
));

/// Stores the entry if its key is free, and counts it in. The inner result says whether the store refuses it.
pub(crate) async fn insert(
    server: &Server,
    keys: &Keyspace,
    limits: &Limits,
    token: &TokenKey,
    entry: &Entry,
    ttl: Duration,
) -> Result<Result<(), StoreError>, Fault> {
    let ttl = millis(ttl);
    if ttl == 0 {
        return Ok(Ok(()));
    }
    let insert = server
        .call(&INSERT, keys)
        .bytes(token.as_bytes())
        .bytes(server.keys.tags.tag(entry.subject_bytes()).as_bytes())
        .number(entry.payload_len())
        .number(ttl)
        .number(entry.epoch().as_u64())
        .number(limits.max_tokens())
        .number(limits.max_tokens_per_subject())
        .number(limits.max_payload_bytes())
        .number(limits.max_payload_bytes_per_subject())
        .bytes(&value::seal(&server.keys.sealer, token, server.run, entry)?)
        .bytes(server.run_to_check());
    read(server.run(insert).await?)
}

fn read(answer: Value) -> Result<Result<(), StoreError>, Fault> {
    let cap = |cap: &str| match cap {
        "subject" => Cap::TokensPerSubject,
        "subject bytes" => Cap::PayloadPerSubject,
        "all" => Cap::TokensInAll,
        _ => Cap::PayloadInAll,
    };
    let words = words(answer)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["entered"] => Ok(Ok(())),
        ["there"] => Ok(Err(StoreError::exists())),
        ["withdrawn"] => Ok(Err(StoreError::withdrawn())),
        ["full", name, wait] => {
            let wait = Duration::from_millis(wait.parse().unwrap_or(1));
            Ok(Err(FullError::new(cap(name), wait).into()))
        }
        _ => Err(ServerErrorKind::Failed.into()),
    }
}

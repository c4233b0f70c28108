//! Storing an entry, and counting it in.

use std::time::Duration;

use redis::Value;
use sse_gate_core::{Cap, Entry, FullError, Limits, StoreError, TokenKey};

use super::counts::leave;
use super::value;
use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::{millis, words};
use crate::server::{Script, Server, Step};

static ENTER: Script = Script::new(include_str!("enter.lua"));

/// What became of the count.
enum Counted {
    Entered,
    /// The digest is counted already.
    There,
    Refused(StoreError),
}

/// Stores the entry if its key is free, and counts it in. An entry that does not count is removed again.
///
/// The inner result says whether the store refuses it.
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
    let sealed = value::seal(&server.keys.sealer, token, server.run, entry)?;
    let mut set = redis::cmd("SET");
    let key = keys.token(token.as_bytes());
    set.arg(&key).arg(sealed).arg("NX").arg("PX").arg(ttl);
    let enter = enter(server, keys, limits, token, entry, ttl);
    let [stored, counted] = server.run_all([Step::from(set), Step::from(enter)]).await?;
    let is_stored = stored? == Value::Okay;
    match (counted.and_then(read), is_stored) {
        (Ok(Counted::Entered), true) => Ok(Ok(())),
        // Its last entry was taken, and is still to be counted out.
        (Ok(Counted::There), true) => Ok(Ok(())),
        (Ok(Counted::There), false) => Ok(Err(StoreError::exists())),
        (Ok(Counted::Entered), false) => {
            server.run(leave(keys, [token])).await?;
            Ok(Err(StoreError::exists()))
        }
        (Ok(Counted::Refused(_)), false) => Ok(Err(StoreError::exists())),
        (Err(fault), false) => Err(fault),
        (Ok(Counted::Refused(why)), true) => remove(server, key).await.map(|()| Err(why)),
        (Err(fault), true) => {
            remove(server, key).await?;
            Err(fault)
        }
    }
}

async fn remove(server: &Server, key: Vec<u8>) -> Result<(), Fault> {
    let mut remove = redis::cmd("DEL");
    remove.arg(key);
    server.run(remove).await.map(drop)
}

fn enter(
    server: &Server,
    keys: &Keyspace,
    limits: &Limits,
    token: &TokenKey,
    entry: &Entry,
    ttl: u64,
) -> crate::server::Call {
    ENTER
        .call()
        .key(keys.shared("state"))
        .key(keys.shared("t:marks"))
        .key(keys.shared("t:ends"))
        .key(keys.shared("t:owners"))
        .key(keys.shared("t:payloads"))
        .key(keys.shared("t:of:"))
        .bytes(server.keys.id.as_bytes())
        .bytes(token.as_bytes())
        .bytes(server.keys.tags.tag(entry.subject_bytes()).as_bytes())
        .number(entry.payload_len())
        .number(ttl)
        .number(entry.epoch().as_u64())
        .number(limits.max_tokens())
        .number(limits.max_tokens_per_subject())
        .number(limits.max_payload_bytes())
        .number(limits.max_payload_bytes_per_subject())
}

fn read(answer: Value) -> Result<Counted, Fault> {
    let words = words(answer)?;
    let cap = |cap: &str| match cap {
        "subject" => Cap::TokensPerSubject,
        "subject bytes" => Cap::PayloadPerSubject,
        "all" => Cap::TokensInAll,
        _ => Cap::PayloadInAll,
    };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["entered"] => Ok(Counted::Entered),
        ["there"] => Ok(Counted::There),
        ["withdrawn"] => Ok(Counted::Refused(StoreError::withdrawn())),
        ["full", name, wait] => {
            let wait = Duration::from_millis(wait.parse().unwrap_or(1));
            Ok(Counted::Refused(FullError::new(cap(name), wait).into()))
        }
        _ => Err(ServerErrorKind::Failed.into()),
    }
}

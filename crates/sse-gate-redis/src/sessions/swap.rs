//! Changing a session, if it is still the one that was loaded.

use redis::Value;
use sha2::{Digest, Sha256};
use sse_gate_resume::backend::{Notice, Record, StoredSession};

use super::RecentSession;
use super::row::SessionRow;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::{moment, word};
use crate::server::{Script, Server};

static SWAP: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("session.lua"),
    include_str!("swap.lua")
));

/// Puts a record in the place of the one that it was made from. Returns what is there now, if it did.
pub(crate) async fn swap(
    server: &Server,
    keys: &Keyspace,
    from: &StoredSession,
    record: &Record,
) -> Result<Option<RecentSession>, Fault> {
    let row = SessionRow::new(from.id, record, &server.keys);
    let version = next_version(from.version, record);
    let mut swap = server
        .call(&SWAP, keys)
        .bytes(from.id.as_bytes())
        .number(from.version)
        .bytes(&row.seal(&server.keys, version, record)?)
        .number(row.generation)
        .number(u8::from(row.is_attached))
        .number(u8::from(row.is_closed))
        .number(row.ends_at)
        .bytes(&row.node)
        .bytes(&keys.bus())
        .bytes(&Notice::of_session(from.id, record).to_bytes())
        .number(version);
    if from.is_recalled {
        swap = swap.number(from.now.as_millis());
    }
    match server.run(swap).await? {
        Value::Nil => Ok(None),
        now => {
            let now = moment(&word(now)?)?;
            Ok(Some(RecentSession::new(version, record.clone(), now)))
        }
    }
}

/// Names what is in this record, and what was there before. A number that counts would not do: a replica that is promoted
/// may lack the last steps, and other steps would get their numbers.
fn next_version(version: u64, record: &Record) -> u64 {
    let digest = Sha256::new()
        .chain_update(version.to_be_bytes())
        .chain_update(record.to_bytes())
        .finalize();
    let first = std::array::from_fn(|at| digest[at]);
    // The server keeps numbers of 63 bits in little room.
    u64::from_be_bytes(first) >> 1
}

//! Appending an event.

use sse_gate_resume::backend::{LogEpoch, LogId, Notice};
use sse_gate_resume::error::{AppendError, AppendErrorKind};

use super::key::LogKey;
use super::{count, value};
use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::handle::Shared;
use crate::reply::read;
use crate::server::{Script, Server};

static APPEND: Script = Script::new(concat!(
    include_str!("log.lua"),
    include_str!("room.lua"),
    include_str!("append.lua")
));

/// Seals an event and appends it, and returns its number. The inner result says whether the store refuses it.
pub(crate) async fn append(
    server: &Server,
    shared: &Shared,
    log: &LogId,
    event: &[u8],
) -> Result<Result<u64, AppendError>, Fault> {
    let key = LogKey::of(server, log);
    let sealer = &server.keys.sealer;
    let keys = shared.link.keyspace();
    let append = key
        .call(&APPEND, keys)
        .bytes(&shared.node.to_bytes())
        .bytes(server.known_run())
        .number(sealer.overhead())
        .bytes(&value::seal(sealer, &key, event)?)
        .bytes(&keys.bus())
        .bytes(&notice_head(log.epoch));
    let (outcome, seq, life): (String, u64, u64) = read(server.run(append).await?)?;
    let kind = match outcome.as_str() {
        "appended" => {
            count::keep(server, keys, &[(key.name, life)]).await;
            return Ok(Ok(seq));
        }
        "closed" => AppendErrorKind::Closed,
        "ended" => AppendErrorKind::Ended,
        "large" => AppendErrorKind::TooLarge,
        "full" => AppendErrorKind::NoRoom,
        _ => return Err(ServerErrorKind::Failed.into()),
    };
    Ok(Err(kind.into()))
}

/// The bytes of the notice of an append, up to those that the script adds: the last number, and the end.
pub(super) fn notice_head(log: LogEpoch) -> Vec<u8> {
    let (last, end) = (0, None);
    let mut bytes = Notice::Appended { log, last, end }.to_bytes();
    bytes.truncate(bytes.len() - 9);
    bytes
}

#[cfg(test)]
mod tests {
    use sse_gate_resume::backend::LogEnd;

    use super::*;

    /// The script ends the notice so.
    #[test]
    fn a_notice_ends_with_the_last_number_and_the_end() {
        let log = LogEpoch::from_bytes([7; 8]);
        for (end, code) in [
            (None, 0),
            (Some(LogEnd::Complete), 1),
            (Some(LogEnd::Failed), 2),
        ] {
            let last = 258;
            let notice = Notice::Appended { log, last, end };
            let whole = [&notice_head(log)[..], &last.to_be_bytes(), &[code]].concat();
            assert_eq!(Notice::from_bytes(&whole), Some(notice));
        }
    }
}

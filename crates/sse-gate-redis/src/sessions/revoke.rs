//! Revoking all sessions of a subject, and the epoch that shows it.

use sse_gate_core::SteadyTime;
use sse_gate_resume::backend::{SessionEpoch, SessionId};
use sse_gate_seal::Tag;

use super::waiting::ids;
use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::{self, byte_strings, words};
use crate::server::{Script, Server};

static REVOKE: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("session.lua"),
    include_str!("revoke.lua")
));
static MOMENT: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("session.lua"),
    include_str!("moment.lua")
));

/// How many subjects are remembered. Fewer sign out while one request is under way.
const SUBJECTS: usize = 4_096;

/// Begins an epoch, marks the subject in it, and lists its sessions that are not closed.
pub(crate) async fn revoke(
    server: &Server,
    keys: &Keyspace,
    subject: Tag,
) -> Result<Vec<SessionId>, Fault> {
    let revoke = server
        .call(&REVOKE, keys)
        .bytes(subject.as_bytes())
        .number(SUBJECTS);
    Ok(ids(byte_strings(server.run(revoke).await?)?))
}

/// The present epoch, and the server's time.
pub(crate) async fn moment(
    server: &Server,
    keys: &Keyspace,
) -> Result<(SessionEpoch, SteadyTime), Fault> {
    let ask = server.call(&MOMENT, keys);
    let answer = words(server.run(ask).await?)?;
    let [epoch, now] = &answer[..] else {
        return Err(ServerErrorKind::Failed.into());
    };
    let epoch = epoch.parse().map_err(|_| ServerErrorKind::Foreign)?;
    Ok((SessionEpoch::from_u64(epoch), reply::moment(now)?))
}

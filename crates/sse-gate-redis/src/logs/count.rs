//! How many logs there are.

use sse_gate_seal::Tag;

use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::read;
use crate::server::{Script, Server};

static RESERVE: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("reserve.lua")
));
static COUNT: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("count.lua")
));

/// What became of a log that was to be counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reserved {
    New,
    /// It is counted already.
    There,
    /// There are too many.
    Full,
}

/// Counts in a log that is to be made.
pub(super) async fn reserve(
    server: &Server,
    keys: &Keyspace,
    name: &Tag,
    life: u64,
    max_logs: usize,
) -> Result<Reserved, Fault> {
    let reserve = server
        .call(&RESERVE, keys)
        .bytes(name.as_bytes())
        .number(life)
        .number(max_logs);
    let outcome: String = read(server.run(reserve).await?)?;
    match outcome.as_str() {
        "reserved" => Ok(Reserved::New),
        "there" => Ok(Reserved::There),
        "full" => Ok(Reserved::Full),
        _ => Err(ServerErrorKind::Failed.into()),
    }
}

/// Says how long these logs live from now. Those of 0 are left out.
///
/// If it fails, it is said again the next time that they are used.
pub(super) async fn keep(server: &Server, keys: &Keyspace, logs: &[(Tag, u64)]) {
    let logs: Vec<_> = logs.iter().filter(|(_, life)| *life > 0).collect();
    if logs.is_empty() {
        return;
    }
    let call = server.call(&COUNT, keys);
    let keep = logs.into_iter().fold(call, |call, (name, life)| {
        call.bytes(name.as_bytes()).number(life)
    });
    let _ = server.run(keep).await;
}

/// Counts a log out.
pub(super) async fn leave(server: &Server, keys: &Keyspace, name: &Tag) -> Result<(), Fault> {
    let mut leave = redis::cmd("ZREM");
    leave.arg(keys.shared("l:all")).arg(name.as_bytes());
    server.ask(leave).await.map(drop)
}

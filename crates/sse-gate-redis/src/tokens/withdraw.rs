//! Withdrawing the tokens of a subject.

use sse_gate_core::{Epoch, Subject};

use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::{number, numbers};
use crate::server::{Script, Server};

static WITHDRAW: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("token.lua"),
    include_str!("withdraw.lua")
));
static EPOCH: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("token.lua"),
    include_str!("epoch.lua")
));

/// How many subjects are remembered. Fewer sign out while one request for a token is under way.
const SUBJECTS: usize = 4_096;

/// How many tokens are removed by one script, so that no other client waits long.
const AT_A_TIME: usize = 256;

/// The present epoch.
pub(crate) async fn epoch(server: &Server, keys: &Keyspace) -> Result<Epoch, Fault> {
    let ask = server.call(&EPOCH, keys);
    Ok(Epoch::from_u64(number(server.run(ask).await?)?))
}

/// Marks the subject, and removes its tokens. Returns how many there were.
pub(crate) async fn withdraw(
    server: &Server,
    keys: &Keyspace,
    subject: &Subject,
) -> Result<usize, Fault> {
    let tag = server.keys.tags.tag(subject.as_str().as_bytes());
    let mut removed = 0;
    for goes_on in 0.. {
        let withdraw = server
            .call(&WITHDRAW, keys)
            .bytes(tag.as_bytes())
            .number(SUBJECTS)
            .number(AT_A_TIME)
            .number(goes_on.min(1));
        let [live, more] = numbers(server.run(withdraw).await?)?;
        removed += usize::try_from(live).unwrap_or(0);
        if more == 0 {
            break;
        }
    }
    Ok(removed)
}

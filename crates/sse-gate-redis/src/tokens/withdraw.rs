//! Withdrawing the tokens of a subject.

use redis::Value;
use sse_gate_core::{Epoch, Subject, TokenKey};

use super::counts::{AT_A_TIME, leave};
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::{byte_strings, number};
use crate::server::{Script, Server, Step};

static WITHDRAW: Script = Script::new(include_str!("withdraw.lua"));
static EPOCH: Script = Script::new(include_str!("epoch.lua"));

/// How many subjects are remembered. Fewer sign out while one request for a token is under way.
pub(crate) const SUBJECTS: usize = 4_096;

/// The present epoch.
pub(crate) async fn epoch(server: &Server, keys: &Keyspace) -> Result<Epoch, Fault> {
    let ask = EPOCH
        .call()
        .key(keys.shared("state"))
        .bytes(server.keys.id.as_bytes());
    Ok(Epoch::from_u64(number(server.run(ask).await?)?))
}

/// Marks the subject, and removes its tokens. Returns how many there were.
///
/// They are counted out when they are gone. So if it fails in between, they are found by the next try.
pub(crate) async fn withdraw(
    server: &Server,
    keys: &Keyspace,
    subject: &Subject,
) -> Result<usize, Fault> {
    let tag = server.keys.tags.tag(subject.as_str().as_bytes());
    let list = WITHDRAW
        .call()
        .key(keys.shared("state"))
        .key(keys.shared("t:marks"))
        .key([keys.shared("t:of:"), tag.as_bytes().to_vec()].concat())
        .bytes(server.keys.id.as_bytes())
        .bytes(tag.as_bytes())
        .number(SUBJECTS);
    let listed = byte_strings(server.run(list).await?)?;
    let tokens: Vec<TokenKey> = listed
        .into_iter()
        .filter_map(|digest| digest.try_into().ok().map(TokenKey::from_bytes))
        .collect();
    let mut removed = 0;
    for tokens in tokens.chunks(AT_A_TIME) {
        let mut remove = redis::cmd("DEL");
        for token in tokens {
            remove.arg(keys.token(token.as_bytes()));
        }
        let steps = [Step::from(remove), Step::from(leave(keys, tokens))];
        let [gone, _] = server.run_all(steps).await?;
        removed += match gone? {
            Value::Int(gone) => usize::try_from(gone).unwrap_or(0),
            _ => 0,
        };
    }
    Ok(removed)
}

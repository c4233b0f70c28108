//! Counting tokens out: [`leave`].

use sse_gate_core::TokenKey;

use crate::keyspace::Keyspace;
use crate::server::{Call, Script};

static LEAVE: Script = Script::new(include_str!("leave.lua"));

/// How many tokens are counted out by one step. More are counted out by several.
pub(super) const AT_A_TIME: usize = 256;

/// Counts tokens out, whose values are gone.
pub(super) fn leave<'k>(keys: &Keyspace, tokens: impl IntoIterator<Item = &'k TokenKey>) -> Call {
    let call = LEAVE
        .call()
        .key(keys.shared("t:ends"))
        .key(keys.shared("t:owners"))
        .key(keys.shared("t:payloads"))
        .key(keys.shared("t:of:"));
    let tokens = tokens.into_iter();
    tokens.fold(call, |call, token| call.bytes(token.as_bytes()))
}

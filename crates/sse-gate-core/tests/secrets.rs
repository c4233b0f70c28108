//! What the types themselves forbid to do with a secret.

use std::fmt::{Debug, Display};
use std::hash::Hash;

use serde::{Serialize, de::DeserializeOwned};
use sse_gate_core::{
    Grant, GrantRequest, Issued, MemoryStore, Redemption, SharedStore, Token, TokenGate, TokenKey,
};
use static_assertions::{assert_impl_all, assert_not_impl_any};
use zeroize::ZeroizeOnDrop;

// D6, D8: a token can't be copied, compared, printed, written or read, and is wiped on drop.
assert_not_impl_any!(Token: Clone, PartialEq, Hash, Display, Serialize, DeserializeOwned);
assert_not_impl_any!(Token: AsRef<str>, AsRef<[u8]>, Into<String>, std::ops::Deref);
assert_impl_all!(Token: ZeroizeOnDrop, Debug);

// Nor can what holds one.
assert_not_impl_any!(Issued: Clone, PartialEq, Display, Serialize);

// What was presented is settled once.
assert_not_impl_any!(Redemption: Clone, Serialize);

// A payload stays on the server, so a grant does not print or serialise itself.
assert_not_impl_any!(Grant: Display, Serialize);

// All of it goes from thread to thread, as services do.
assert_impl_all!(Token: Send, Sync);
assert_impl_all!(Issued: Send, Sync);
assert_impl_all!(Redemption: Send, Sync, Debug);
assert_impl_all!(TokenGate: Send, Sync, Clone);
assert_impl_all!(SharedStore: Send, Sync, Clone);
assert_impl_all!(MemoryStore: Send, Sync);
assert_impl_all!(TokenKey: Copy, Debug);

/// D6: the one way to the text of a token is the one that says so.
#[test]
fn a_token_has_one_door() {
    let gate = TokenGate::new(MemoryStore::default());
    let subject = sse_gate_core::Subject::new("alice").unwrap();
    let resource = sse_gate_core::Resource::new(["chat", "42"]).unwrap();
    let issued = pollster::block_on(gate.issue(GrantRequest::new(subject, resource))).unwrap();
    assert_eq!(format!("{:?}", issued.token()), "Token([redacted])");
    assert!(issued.token().expose().starts_with(Token::PREFIX));
    assert_eq!(issued.token().expose().len(), Token::LEN);
}

//! The names of keys on the server: [`Keyspace`].
//!
//! | key | holds | slot |
//! |---|---|---|
//! | `{P}:state` | who made this state, its epochs, its sealed index key, and since when it hears of nodes | that of `{P}` |
//! | `{P}:nodes` | nodes and when they were last seen | that of `{P}` |
//! | `{P}:t:…` | tokens, and what their caps and withdrawals need | that of `{P}` |
//! | `{P}:s:…` | sessions | that of `{P}` |
//! | `P:l:{TAG}:…` | a log: its numbers and its events | its own |
//! | `{P}:l:…` | how many logs there are | that of `{P}` |
//! | `{P}:p:…` | places of open streams | that of `{P}` |
//! | `P:bus` | the channel of notices | |
//!
//! `P` is the prefix. In a cluster, the text in braces decides where a key is, and a script can use the keys of one
//! slot only.

/// Makes the names of keys.
#[derive(Clone, Debug)]
pub(crate) struct Keyspace {
    prefix: String,
    /// What each key of the shared slot begins with.
    shared: String,
}

impl Keyspace {
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
            shared: format!("{{{prefix}}}:"),
        }
    }

    /// A key that shares the slot of all that is counted.
    pub(crate) fn shared(&self, name: &str) -> Vec<u8> {
        [self.shared.as_bytes(), name.as_bytes()].concat()
    }

    /// A key of the log that has this tag.
    pub(crate) fn log(&self, tag: &[u8; 16], name: &str) -> Vec<u8> {
        let tag = u128::from_be_bytes(*tag);
        format!("{}:l:{{{tag:032x}}}:{name}", self.prefix).into_bytes()
    }

    /// The channel of notices.
    pub(crate) fn bus(&self) -> Vec<u8> {
        format!("{}:bus", self.prefix).into_bytes()
    }
}

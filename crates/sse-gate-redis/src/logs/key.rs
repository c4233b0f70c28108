//! Which log: [`LogKey`].

use sse_gate_resume::backend::{LogEpoch, LogId, LogName};
use sse_gate_seal::{Place, Tag};

use crate::keyspace::Keyspace;
use crate::server::{Call, Script, Server};

/// Finds a log: the tag of its name, and its epoch.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogKey {
    pub(super) name: Tag,
    pub(super) epoch: LogEpoch,
}

impl LogKey {
    pub(super) fn of(server: &Server, log: &LogId) -> Self {
        Self {
            name: tag(server, &log.name),
            epoch: log.epoch,
        }
    }

    /// A call of a script of this log.
    pub(super) fn call(&self, script: &'static Script, keys: &Keyspace) -> Call {
        call(script, keys, &self.name).bytes(&self.epoch.to_bytes())
    }

    /// Where the values of its events stand.
    pub(super) fn place(&self) -> Place {
        Place::of("events")
            .with(self.name.as_bytes())
            .with(&self.epoch.to_bytes())
    }
}

/// A name's tag. No subject has the same one.
pub(super) fn tag(server: &Server, name: &LogName) -> Tag {
    let name = [b"log\0", name.as_str().as_bytes()].concat();
    server.keys.tags.tag(&name)
}

/// A call of a script of the log that has this tag. Its first argument is the log's epoch, or empty.
pub(super) fn call(script: &'static Script, keys: &Keyspace, name: &Tag) -> Call {
    script
        .call()
        .key(keys.log(name.as_bytes(), "m"))
        .key(keys.log(name.as_bytes(), "e"))
}

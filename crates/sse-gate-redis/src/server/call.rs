//! What is sent to a server: a [`Call`] of a [`Script`].

use std::fmt::Display;
use std::sync::OnceLock;

use redis::Cmd;

/// A script in Lua.
#[derive(Debug)]
pub(crate) struct Script {
    source: &'static str,
    digest: OnceLock<String>,
}

impl Script {
    pub(crate) const fn new(source: &'static str) -> Self {
        Self {
            source,
            digest: OnceLock::new(),
        }
    }

    fn digest(&self) -> &str {
        self.digest
            .get_or_init(|| redis::Script::new(self.source).get_hash().to_owned())
    }

    /// A call of it.
    pub(crate) fn call(&'static self) -> Call {
        Call {
            script: self,
            keys: Vec::new(),
            args: Vec::new(),
        }
    }
}

/// A call of a script, with its keys and arguments.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    script: &'static Script,
    keys: Vec<Vec<u8>>,
    args: Vec<Vec<u8>>,
}

impl Call {
    pub(crate) fn key(mut self, key: Vec<u8>) -> Self {
        self.keys.push(key);
        self
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.args.push(bytes.to_vec());
        self
    }

    pub(crate) fn number(self, number: impl Display) -> Self {
        self.bytes(number.to_string().as_bytes())
    }

    fn command(&self, name: &str, script: &str) -> Cmd {
        let mut command = redis::cmd(name);
        command.arg(script).arg(self.keys.len());
        command.arg(&self.keys).arg(&self.args);
        command
    }

    pub(super) fn by_digest(&self) -> Cmd {
        self.command("EVALSHA", self.script.digest())
    }

    pub(super) fn whole(&self) -> Cmd {
        self.command("EVAL", self.script.source)
    }
}

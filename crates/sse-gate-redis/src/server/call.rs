//! What is sent to a server: a [`Call`] of a [`Script`].

use std::fmt::Display;
use std::io::Write;
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
            bytes: Vec::with_capacity(512),
            ends: Vec::with_capacity(24),
            keys: 0,
        }
    }
}

/// A call of a script, with its keys, and its arguments behind them.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    script: &'static Script,
    /// All keys and arguments, one behind the other: a piece of memory for each would cost more than sending them.
    bytes: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
    /// How many of them are keys.
    keys: usize,
}

impl Call {
    /// Adds a key. Keys come before arguments.
    pub(crate) fn key(mut self, key: impl AsRef<[u8]>) -> Self {
        debug_assert_eq!(self.keys, self.ends.len(), "a key behind an argument");
        self.keys += 1;
        self.bytes(key.as_ref())
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self.end()
    }

    pub(crate) fn number(mut self, number: impl Display) -> Self {
        // A `Vec` takes all that is written to it.
        let _ = write!(self.bytes, "{number}");
        self.end()
    }

    fn end(mut self) -> Self {
        self.ends.push(self.bytes.len());
        self
    }

    fn command(&self, name: &str, script: &str) -> Cmd {
        let length = self.bytes.len() + name.len() + script.len() + 8;
        let mut command = Cmd::with_capacity(self.ends.len() + 3, length);
        command.arg(name).arg(script).arg(self.keys);
        let mut from = 0;
        for to in &self.ends {
            command.arg(&self.bytes[from..*to]);
            from = *to;
        }
        command
    }

    pub(super) fn by_digest(&self) -> Cmd {
        self.command("EVALSHA", self.script.digest())
    }

    pub(super) fn whole(&self) -> Cmd {
        self.command("EVAL", self.script.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SCRIPT: Script = Script::new("return 1");

    #[test]
    fn a_call_names_its_keys_before_its_arguments() {
        let call = SCRIPT.call().key("k").key("").bytes(b"one").number(-12);
        let mut expected = redis::cmd("EVAL");
        expected
            .arg("return 1")
            .arg(2)
            .arg("k")
            .arg("")
            .arg("one")
            .arg(-12);
        assert_eq!(
            call.whole().get_packed_command(),
            expected.get_packed_command()
        );
    }
}

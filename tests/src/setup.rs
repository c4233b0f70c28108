//! A server to be started: [`Setup`], and all of them.

use std::fmt::Display;
use std::path::Path;

use crate::Server;

/// Which server, over which store, with which flags.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(crate) program: &'static str,
    pub(crate) args: Vec<String>,
    pub(crate) log: &'static str,
}

impl Setup {
    /// The server that is this program, over the store of this name, at full speed and silent, on a
    /// free port. With `SSE_GATE_NO_PARK` in the environment, its idle streams stay with hyper.
    pub fn new(program: &'static str, store: &'static str) -> Self {
        let setup = Self {
            program,
            args: Vec::new(),
            log: "warn",
        };
        let setup = setup.arg("addr", "127.0.0.1:0");
        let setup = setup.arg("store", store).arg("pace", 0);
        if std::env::var_os("SSE_GATE_NO_PARK").is_some() {
            return setup.flag("no-park");
        }
        setup
    }

    /// The same with a flag: the last one of a name counts.
    pub fn arg(mut self, name: &str, value: impl Display) -> Self {
        let flag = format!("--{name}=");
        self.args.retain(|arg| !arg.starts_with(&flag));
        self.args.push(format!("{flag}{value}"));
        self
    }

    /// The same with a flag that has no value.
    pub fn flag(mut self, name: &str) -> Self {
        self.args.push(format!("--{name}"));
        self
    }

    /// The same with all that it keeps in a folder, in place of a store.
    pub fn data(mut self, folder: &Path) -> Self {
        self.args.retain(|arg| !arg.starts_with("--store="));
        self.arg("data", folder.display())
    }

    /// The same with all that it keeps on this Redis server, in place of a store. All nodes have the same
    /// file of secrets, which is made if it is not there.
    pub fn redis(mut self, url: &str, secrets: &Path) -> Self {
        self.args.retain(|arg| !arg.starts_with("--store="));
        self.arg("redis", url).arg("secrets", secrets.display())
    }

    /// The same with these log lines, as `RUST_LOG` takes them.
    pub fn log(mut self, filter: &'static str) -> Self {
        self.log = filter;
        self
    }

    /// Starts it.
    pub fn start(&self) -> Server {
        Server::start(self)
    }
}

/// Calls a macro for every setup, with a name fit for a module, the program and the store.
#[macro_export]
macro_rules! for_each_setup {
    ($tests:ident) => {
        $tests!(axum_memory, env!("CARGO_BIN_EXE_server-axum"), "memory");
        $tests!(axum_moka, env!("CARGO_BIN_EXE_server-axum"), "moka");
        $tests!(hyper_memory, env!("CARGO_BIN_EXE_server-hyper"), "memory");
        $tests!(hyper_moka, env!("CARGO_BIN_EXE_server-hyper"), "moka");
        $tests!(warp_memory, env!("CARGO_BIN_EXE_server-warp"), "memory");
        $tests!(warp_moka, env!("CARGO_BIN_EXE_server-warp"), "moka");
    };
}

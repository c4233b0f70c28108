//! A screen that nobody sees: [`Display`].

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::process::{Process, program};

/// An X server without a screen, for a browser that can't do without. Dropped, it ends.
#[derive(Debug)]
pub(super) struct Display {
    _process: Process,
    /// What programs call it: `:1`.
    pub(super) name: String,
}

impl Display {
    pub(super) fn start() -> Self {
        let mut command = Command::new(program(&["Xvfb"], "xvfb"));
        // It takes a free number, and writes it to the file with this number: standard output.
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "800x600x24",
            "-nolisten",
            "tcp",
        ]);
        let mut process = Process::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
        let said = process.child().stdout.take().expect("it is piped");
        let mut number = String::new();
        let read = BufReader::new(said).read_line(&mut number);
        assert!(read.is_ok_and(|read| read > 0), "Xvfb does not start");
        Self {
            _process: process,
            name: format!(":{}", number.trim()),
        }
    }
}

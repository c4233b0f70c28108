//! A terminal for a program: [`on_terminal`].

use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};

/// Runs a program on a terminal, which shows its output and its errors. After each piece, `look` gets the id of
/// the process and all that was shown so far. The result is what was shown, with LF as the end of a line, and
/// the exit code.
pub(crate) fn on_terminal(
    mut command: Command,
    mut look: impl FnMut(u32, &str),
) -> (String, Option<i32>) {
    let pty = nix::pty::openpty(None, None).expect("a terminal");
    let out = pty.slave.try_clone().expect("a second handle");
    command.stdin(Stdio::null()).stdout(out).stderr(pty.slave);
    let child = command.env("TERM", "xterm").spawn();
    let mut child = child.expect("the program runs");
    // It has handles of the terminal: the screen ends when the last one is closed.
    drop(command);
    let mut screen = File::from(pty.master);
    let (mut bytes, mut shown) = ([0; 4096], String::new());
    // Linux reports an error at the end.
    while let Ok(length @ 1..) = screen.read(&mut bytes) {
        shown += &String::from_utf8_lossy(&bytes[..length]).replace("\r\n", "\n");
        look(child.id(), &shown);
    }
    let status = child.wait().expect("it ends");
    (shown, status.code())
}

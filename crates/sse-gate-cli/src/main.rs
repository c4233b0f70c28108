//! The program `sse-gate`: it watches streams of Server-Sent Events, and examines deployments.
//!
//! | module | what it does |
//! |---|---|
//! | `args` | the command line; the help is made of its comments |
//! | `watch` | `sse-gate watch URL`: shows a stream, over as many connections as it takes |
//! | `doctor` | `sse-gate doctor URL`: probes a stream through its proxies, and says what is wrong |
//! | `exit` | the exit codes of `watch` |
//! | `causes` | an error, with what is behind it |
//! | `printable` | what a terminal can show, of texts that a server sends |
//!
//! Both commands write text on a terminal and a JSON object for each line in a pipe, so that what a person tries is what a
//! script gets. The JSON is described in `watch::json` and `doctor::report`. Members are added, and never change their
//! meaning.
//!
//! Three rules hold for all output:
//!
//! - No bearer and no token is shown, and an id of an event only on request.
//! - No bearer comes from an argument: all users of a machine can read the arguments of a program.
//! - What a server sends is data, and never an order for the terminal.

mod args;
mod causes;
mod doctor;
mod exit;
mod printable;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    match args.command {
        Command::Doctor(args) => doctor::run(args).await,
        Command::Watch(args) => watch::run(args).await.into(),
    }
}

//! The program `sse-gate`: it watches streams of Server-Sent Events, and examines deployments.

mod args;
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

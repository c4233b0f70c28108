//! The program `sse-gate`: it examines deployments of Server-Sent Events.

mod args;
mod doctor;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    match args.command {
        Command::Doctor(args) => doctor::run(args).await,
    }
}

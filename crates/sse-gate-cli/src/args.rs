//! The command line: [`Args`].

use clap::{Parser, Subcommand};

use crate::doctor::DoctorArgs;

/// Works with streams of Server-Sent Events.
#[derive(Debug, Parser)]
#[command(name = "sse-gate", version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Doctor(DoctorArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }
}

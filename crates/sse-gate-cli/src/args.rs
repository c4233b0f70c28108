//! The command line: [`Args`].

#![expect(
    clippy::doc_markdown,
    reason = "the help shows these comments as they are"
)]

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use serde_json::{Map, Value};

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
    Watch(WatchArgs),
}

const CODES: &str = "\
Exit codes:
  0    the stream is complete
  1    something else went wrong
  2    the arguments are wrong
  3    the credential is refused
  4    the server refuses, or its answer is not an event stream
  5    the server closed the stream before its end, or its work failed
  6    the limit of attempts is reached
  130  Ctrl-C";

/// Shows the events of a stream, over as many connections as it takes.
///
/// On a terminal, events come with colours, and the state of the connection stands in a line below. In a
/// pipe, each event and each change is a line of JSON. NO_COLOR turns colours off, and each state then has a
/// line of its own.
#[derive(Debug, clap::Args)]
#[command(after_help = CODES)]
pub(crate) struct WatchArgs {
    /// The URL of the stream. With --mint, {stream_id} in it stands for the id that the mint answers
    /// with, and a stream_url of the mint's goes first, if it has the same origin.
    pub(crate) url: String,

    /// Gets a token at this URL, with a POST that shows the bearer, and shows the stream the token
    /// alone.
    #[arg(long, value_name = "URL")]
    pub(crate) mint: Option<String>,

    /// The JSON object to post to the mint.
    #[arg(long, value_name = "JSON", requires = "mint", value_parser = object)]
    pub(crate) data: Option<JsonObject>,

    /// Mints once, and comes back with the id of the last event: for resumable routes. A URL with
    /// {stream_id} implies it.
    #[arg(long, requires = "mint")]
    pub(crate) resumable: bool,

    /// The environment variable that holds the bearer, such as a JWT.
    #[arg(long, value_name = "VAR", conflicts_with = "bearer_file")]
    pub(crate) bearer_env: Option<String>,

    /// The file that holds the bearer. It is read again when the server refuses it.
    #[arg(long, value_name = "PATH")]
    pub(crate) bearer_file: Option<PathBuf>,

    /// Goes on behind this event.
    #[arg(long, value_name = "ID")]
    pub(crate) last_event_id: Option<String>,

    /// Shows the ids of events. In a resumable stream they are a part of the credential.
    #[arg(long)]
    pub(crate) ids: bool,

    /// Takes the end of a body for the end of the stream, for servers that never say that it is complete.
    #[arg(long)]
    pub(crate) until_end: bool,

    /// Gives up after so many failures in a row; 0 for never.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) attempts: u32,

    /// After how many seconds of silence the connection counts as dead.
    #[arg(long, value_name = "SECONDS", default_value_t = 45)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) heartbeat: u64,

    /// How large an event may be, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 1024 * 1024)]
    pub(crate) max_event: usize,

    /// How the output looks.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// A JSON object, as an argument.
pub(crate) type JsonObject = Map<String, Value>;

/// How the output looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// Text on a terminal, JSON in a pipe
    #[default]
    Auto,
    /// Text for people
    Text,
    /// A JSON object for each line
    Json,
}

/// Reads a JSON object.
pub(crate) fn object(text: &str) -> Result<JsonObject, String> {
    serde_json::from_str(text).map_err(|error| format!("it is not a JSON object: {error}"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn arguments_that_need_others_are_refused_alone() {
        for args in [
            &["--data", "{}"][..],
            &["--resumable"],
            &["--mint", "http://a/", "--data", "[]"],
            &["--bearer-env", "A", "--bearer-file", "b"],
            &["--bearer", "secret"],
            &["--heartbeat", "0"],
        ] {
            let all = [&["sse-gate", "watch", "http://a/"], args].concat();
            assert!(Args::try_parse_from(all).is_err(), "{args:?}");
        }
    }
}

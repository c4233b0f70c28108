//! The command line: [`Args`].

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Parser, ValueEnum};

use crate::generation::{NodeDigit, Pace};

/// A demo of secure Server-Sent Events.
///
/// The JWTs of its users are signed with the secret in JWT_SECRET (at least 32 bytes), or a random
/// one.
#[derive(Debug, Clone, Parser)]
#[command(version, group = ArgGroup::new("kept").args(["data", "redis"]))]
pub struct Args {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,

    /// An origin whose pages may open streams and read answers, beside the server's own. May be
    /// given several times.
    #[arg(long, value_name = "ORIGIN")]
    pub allow_origin: Vec<String>,

    /// The most unused tokens a user may have.
    #[arg(long, default_value_t = 16)]
    pub tokens_per_subject: usize,

    /// The most streams a user may have open.
    #[arg(long, default_value_t = 16)]
    pub streams_per_subject: usize,

    /// The most streams open in all.
    #[arg(long, default_value_t = 10_000)]
    pub streams: usize,

    /// How long a token lives, in milliseconds.
    #[arg(long, default_value_t = 60_000, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=900_000))]
    pub token_ttl: u64,

    /// How long a stream id of the chat's lives, in milliseconds.
    #[arg(long, default_value_t = 300_000, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=900_000))]
    pub stream_id_ttl: u64,

    /// How long clients wait before they come back to a stream that was cut off, in milliseconds;
    /// up to twice as long, so that they don't all come at once.
    #[arg(long, default_value_t = 1_000, value_name = "MS")]
    pub retry: u64,

    /// How often within ten seconds a client may replace a connection of its own that is still
    /// there.
    #[arg(long, default_value_t = 64)]
    pub takeovers: u32,

    /// Where tokens wait for their use.
    #[arg(long, value_enum, default_value_t = StoreKind::Memory)]
    pub store: StoreKind,

    /// A folder for tokens, sessions, answers and topics, so that a restart loses none of them. It is made
    /// if it is not there. Without it, all is in memory.
    #[arg(long, value_name = "DIR", conflicts_with = "store")]
    pub data: Option<PathBuf>,

    /// The address of a Redis or Valkey server for tokens, sessions, answers, topics and the count of open
    /// streams, so that several servers serve the same streams.
    #[arg(long, value_name = "URL", requires = "secrets", conflicts_with_all = ["store", "data"])]
    pub redis: Option<String>,

    /// A file with the secrets of all servers that share a Redis server: 96 random bytes. It is made if it
    /// is not there.
    #[arg(long, value_name = "FILE", requires = "redis")]
    pub secrets: Option<PathBuf>,

    /// With which hexadecimal digit the ids of this server's generations begin. A generation is computed by
    /// one server, and a proxy in front of several finds it by this digit.
    #[arg(long, value_name = "DIGIT")]
    pub node: Option<NodeDigit>,

    /// Goes on with an answer that was in progress when the server died, when its client comes back.
    /// Without it, such an answer ends as failed.
    #[arg(long, requires = "kept")]
    pub restart_answers: bool,

    /// The least time from one record of a generation's progress to the next, or from one step of
    /// an answer, in milliseconds, so that people can watch; 0 for full speed.
    #[arg(long, default_value_t = 50, value_name = "MS")]
    pub pace: u64,

    /// How long a stream is silent before a comment is sent on it, in milliseconds: less than a
    /// proxy in front of the server waits.
    #[arg(long, default_value_t = 15_000, value_name = "MS")]
    pub heartbeat: u64,

    /// How log lines are written.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// How long a connection may be open without a request under way, in milliseconds: tests are
    /// in a hurry.
    #[arg(long, default_value_t = 25_000, value_name = "MS", hide = true)]
    pub silence_timeout: u64,

    /// Keep idle streams with hyper, where they take more memory.
    #[arg(long)]
    pub no_park: bool,

    /// How long a client may take to send the body of a request, in milliseconds.
    #[arg(long, default_value_t = 10_000, value_name = "MS", hide = true)]
    pub body_timeout: u64,
}

/// The kinds of store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StoreKind {
    /// sse-gate's own.
    Memory,
    /// The one on moka.
    Moka,
}

/// The formats of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Args {
    /// The arguments of this process. On a bad one it says which, and ends the process.
    pub fn from_command_line() -> Self {
        Self::parse()
    }

    /// How long a token lives.
    pub fn token_ttl(&self) -> Duration {
        Duration::from_millis(self.token_ttl)
    }

    /// How long a stream id lives.
    pub fn stream_id_ttl(&self) -> Duration {
        Duration::from_millis(self.stream_id_ttl)
    }

    /// How long clients wait before they come back.
    pub fn retry(&self) -> Duration {
        Duration::from_millis(self.retry)
    }

    /// How long a stream is silent before a comment is sent on it.
    pub fn heartbeat(&self) -> Duration {
        Duration::from_millis(self.heartbeat)
    }

    /// How long a connection may be open without a request under way.
    pub fn silence_timeout(&self) -> Duration {
        Duration::from_millis(self.silence_timeout)
    }

    /// How long a client may take to send the body of a request.
    pub fn body_timeout(&self) -> Duration {
        Duration::from_millis(self.body_timeout)
    }

    /// How much generations are slowed down.
    pub fn pace(&self) -> Pace {
        match self.pace {
            0 => Pace::FULL_SPEED,
            millis => Pace::at_least(Duration::from_millis(millis)),
        }
    }
}

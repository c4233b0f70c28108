//! The command line of `doctor`: [`DoctorArgs`].

#![expect(
    clippy::doc_markdown,
    reason = "the help shows these comments as they are"
)]

use super::url::Url;
use crate::args::{JsonObject, object};

const CODES: &str = "\
Exit codes:
  0  all is well
  1  something is wrong
  2  the deployment could not be probed, or the arguments are wrong";

/// Probes a stream through its proxies, and names the settings that mend what is wrong.
///
/// On a terminal the report is text with colours. In a pipe each finding is a line of JSON. NO_COLOR turns
/// colours off. The report shows no bearer and no token.
#[derive(Debug, clap::Args)]
#[command(after_help = CODES)]
pub(crate) struct DoctorArgs {
    /// The public URL of the stream, as clients see it. {stream_id} in it stands for the id that the mint answers
    /// with.
    pub(crate) url: Url,

    /// Gets a token at this URL for each probe, with a POST that shows the bearer.
    #[arg(long, value_name = "URL")]
    pub(crate) mint: Option<Url>,

    /// The JSON object to post to the mint, for each probe.
    #[arg(long, value_name = "JSON", requires = "mint", value_parser = object)]
    pub(crate) data: Option<JsonObject>,

    /// The environment variable that holds the bearer, such as a JWT. Without --mint the stream itself
    /// gets it, in a header.
    #[arg(long, value_name = "VAR")]
    pub(crate) bearer_env: Option<String>,

    /// The origin of a page that reads the stream from another host, such as `https://app.example`.
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: Option<String>,

    /// How long to watch whether the stream stays open. Choose a time that is longer than the heartbeat.
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) idle: u64,

    /// Writes JSON on a terminal, too.
    #[arg(long)]
    pub(crate) json: bool,
}

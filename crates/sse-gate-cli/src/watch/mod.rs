//! `sse-gate watch`: shows the events of a stream.
//!
//! | file | what it does |
//! |---|---|
//! | `open` | makes a client of the arguments: which token source, which settings |
//! | `bearer` | reads the bearer from a variable or a file, before each use |
//! | `show` | what each kind of output has to do |
//! | `text` | output for people, with a status line |
//! | `json` | output for programs, an object for each line |
//!
//! Which token source it takes:
//!
//! | arguments | source | for |
//! |---|---|---|
//! | no `--mint` | `Direct` | public streams, and those that take the bearer in a header |
//! | `--mint` | `MintEachTime` | strict routes: a token for each connection |
//! | `--mint --resumable`, or `{stream_id}` in the URL | `MintOnce` | resumable routes: one token, then the id of the last event |
//!
//! A mint that answers without a `stream_url` leads to the URL of the command line, as with `doctor`.
//!
//! With a mint, the stream gets the token alone, and a token is taken to the origin of the URL only, whatever the mint
//! says. Everything else is the client's: when it comes back, what it takes for the end, and how long it waits.

mod bearer;
mod json;
mod open;
mod show;
mod text;

use std::io::{self, IsTerminal, stderr, stdout};

use anstream::ColorChoice;
use futures_util::StreamExt;
use sse_gate_client::EventSource;

use crate::args::{Output, WatchArgs};
use crate::exit::Exit;
use json::Json;
use show::Show;
use text::Text;

/// Watches a stream until its end, or until Ctrl-C.
pub(crate) async fn run(args: WatchArgs) -> Exit {
    let is_text = match args.output {
        Output::Auto => stdout().is_terminal(),
        Output::Text => true,
        Output::Json => false,
    };
    let ids = args.ids;
    let source = match open::open(args) {
        Ok(source) => source,
        Err(error) => {
            let _ = io::Write::write_fmt(&mut stderr(), format_args!("error: {error}\n"));
            return Exit::Usage;
        }
    };
    if is_text {
        let status = anstream::stderr();
        // With colours all escapes are turned off, and without an escape no line can be replaced.
        let live = stderr().is_terminal() && status.current_choice() != ColorChoice::Never;
        let show = Text::new(anstream::stdout(), status, live, ids);
        until_interrupted(source, show).await
    } else {
        until_interrupted(source, Json::new(stdout(), ids)).await
    }
}

/// Shows all updates, unless Ctrl-C comes first. Either way the connection is closed.
async fn until_interrupted(source: EventSource, mut show: impl Show) -> Exit {
    let exit = tokio::select! {
        exit = show_all(source, &mut show) => exit,
        _ = tokio::signal::ctrl_c() => Ok(Exit::Interrupted),
    };
    let exit = exit.and_then(|exit| show.end().map(|()| exit));
    match exit {
        Ok(exit) => exit,
        // The reader has seen enough, like `head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Complete,
        Err(_) => Exit::Other,
    }
}

/// Shows all updates until the stream is over. The exit code says why it is.
async fn show_all(mut source: EventSource, show: &mut impl Show) -> io::Result<Exit> {
    while let Some(update) = source.next().await {
        match update {
            Ok(update) => show.update(&update)?,
            Err(error) => {
                show.error(&error)?;
                return Ok(Exit::of(error.kind()));
            }
        }
    }
    Ok(Exit::Complete)
}

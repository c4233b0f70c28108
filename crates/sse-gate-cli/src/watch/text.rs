//! Output for people: [`Text`].
//!
//! Events go to standard output, and all else to standard error, so that `sse-gate watch URL --output text > file` writes
//! events alone. An event is its name, unless that is `message`, and its data; further lines of the data are indented by two
//! spaces. With `--ids` its id stands first.
//!
//! On a terminal the state of the connection is a line below the events, which is written anew at each change:
//!
//! | line | meaning |
//! |---|---|
//! | `… connecting, attempt 3` | an attempt is under way |
//! | `● open` | the server has answered with a stream |
//! | `○ again in 1.7 s (connection: …)` | it waits, and why: see `RetryReason` of the client |
//! | `✓ complete` | the server said that this is all |
//! | `✓ the server has nothing more` | 204 |
//! | `✗ …` | the client gives up, and why |
//!
//! Elsewhere each of them is a line of its own. Colours go where standard output and standard error are terminals, and
//! `NO_COLOR` turns them off.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use sse_gate_client::{End, Error, Event, State, Update};

use super::show::Show;
use crate::causes::with_causes;
use crate::printable::{printable, printable_line};

const NAME: Style = AnsiColor::Cyan.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const WAITING: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// Back to the start of the line, and removes it.
const CLEAR: &str = "\r\u{1b}[2K";

/// Writes events to one output, and what happens to the connection to another: as a status line that is
/// replaced on a terminal, else line by line.
pub(super) struct Text<O, S> {
    out: O,
    status: S,
    /// Whether the status is on a terminal.
    live: bool,
    ids: bool,
    /// The status line that is shown now.
    shown: String,
}

impl<O: Write, S: Write> Text<O, S> {
    pub(super) fn new(out: O, status: S, live: bool, ids: bool) -> Self {
        Self {
            out,
            status,
            live,
            ids,
            shown: String::new(),
        }
    }

    /// Writes an event, without what a terminal would obey.
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let name = printable(event.name());
        if self.ids && !event.id().is_empty() {
            let id = printable(event.id());
            write!(self.out, "{DIM}{id}{DIM:#} ")?;
        }
        if name != "message" {
            write!(self.out, "{NAME}{name}{NAME:#} ")?;
        }
        // The lines of one event stand together.
        let data = printable(event.data()).replace('\n', "\n  ");
        writeln!(self.out, "{data}")?;
        self.out.flush()
    }

    /// Writes above the status line.
    fn above(&mut self, write: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        let shown = std::mem::take(&mut self.shown);
        self.clear()?;
        write(self)?;
        if self.live && !shown.is_empty() {
            self.set(shown)?;
        }
        Ok(())
    }

    /// Removes the status line from a terminal.
    fn clear(&mut self) -> io::Result<()> {
        if self.live {
            self.status.write_all(CLEAR.as_bytes())?;
            self.status.flush()?;
        }
        Ok(())
    }

    /// Replaces the status line.
    fn set(&mut self, line: String) -> io::Result<()> {
        self.clear()?;
        let end = if self.live { "" } else { "\n" };
        write!(self.status, "{line}{end}")?;
        self.status.flush()?;
        self.shown = line;
        Ok(())
    }
}

impl<O: Write, S: Write> Show for Text<O, S> {
    fn update(&mut self, update: &Update) -> io::Result<()> {
        match update {
            Update::Event(event) => self.above(|text| text.event(event)),
            Update::Gap(gap) => {
                let count = gap.events();
                self.above(|text| writeln!(text.status, "{BAD}{count} events are lost{BAD:#}"))
            }
            Update::State(State::Closed(end)) => {
                let end = of_end(*end);
                self.shown.clear();
                self.above(|text| writeln!(text.status, "{GOOD}✓ {end}{GOOD:#}"))
            }
            Update::State(state) => self.set(of_state(state)),
        }
    }

    fn error(&mut self, error: &Error) -> io::Result<()> {
        let line = printable_line(&with_causes(error));
        self.shown.clear();
        self.above(|text| writeln!(text.status, "{BAD}✗ {line}{BAD:#}"))
    }

    fn end(&mut self) -> io::Result<()> {
        if !self.shown.is_empty() {
            self.clear()?;
        }
        self.status.flush()
    }
}

/// The words for an end as it should be.
fn of_end(end: End) -> &'static str {
    match end {
        End::NoContent => "the server has nothing more",
        _ => "complete",
    }
}

/// The words for a state, with their colour.
fn of_state(state: &State) -> String {
    match state {
        State::Connecting(1) => format!("{DIM}… connecting{DIM:#}"),
        State::Connecting(attempt) => format!("{DIM}… connecting, attempt {attempt}{DIM:#}"),
        State::Open => format!("{GOOD}● open{GOOD:#}"),
        State::Waiting(waiting) => {
            let seconds = waiting.delay().as_secs_f64();
            let reason = match waiting.cause() {
                Some(cause) => format!("{}: {}", waiting.reason(), printable_line(cause)),
                None => waiting.reason().to_string(),
            };
            format!("{WAITING}○ again in {seconds:.1} s ({reason}){WAITING:#}")
        }
        State::Closed(end) => of_end(*end).to_owned(),
    }
}

//! Output for people: [`Text`].

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use sse_gate_client::{End, Error, Event, State, Update};

use super::show::{Show, with_causes};
use crate::printable::printable;

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
        let causes = with_causes(error);
        let line = printable(&causes).into_owned();
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

fn of_end(end: End) -> &'static str {
    match end {
        End::NoContent => "the server has nothing more",
        _ => "complete",
    }
}

fn of_state(state: &State) -> String {
    match state {
        State::Connecting(1) => format!("{DIM}… connecting{DIM:#}"),
        State::Connecting(attempt) => format!("{DIM}… connecting, attempt {attempt}{DIM:#}"),
        State::Open => format!("{GOOD}● open{GOOD:#}"),
        State::Waiting(waiting) => {
            let seconds = waiting.delay().as_secs_f64();
            let reason = waiting.reason().as_str();
            format!("{WAITING}○ again in {seconds:.1} s ({reason}){WAITING:#}")
        }
        State::Closed(end) => of_end(*end).to_owned(),
    }
}

//! Reads lines of JSON on standard input and writes the event stream that they describe.
//!
//! ```sh
//! echo '{"event":"greeting","data":"hello\nworld","id":"1"}' | cargo run --example encode
//! ```
//!
//! A line is an object that may have `event`, `data`, `id` and `comment`, which are texts, and `retry`,
//! a number of milliseconds. A line that can't be an event is reported on standard error and left out,
//! and the exit status is 1. Empty lines are skipped.

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::time::Duration;

use bytes::BytesMut;
use serde::Deserialize;
use sse_gate_codec::{Comment, Event, EventId, EventName};

/// A line of input.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    event: Option<String>,
    data: Option<String>,
    id: Option<String>,
    retry: Option<u64>,
    comment: Option<String>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let (mut line, mut buffer) = (Vec::new(), BytesMut::new());
    let mut status = ExitCode::SUCCESS;
    for number in 1_u64.. {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match event(&line) {
            Ok(event) => event.encode(&mut buffer),
            Err(error) => {
                writeln!(io::stderr(), "encode: line {number}: {error}")?;
                status = ExitCode::FAILURE;
            }
        }
        output.write_all(&buffer)?;
        output.flush()?;
        buffer.clear();
    }
    Ok(status)
}

/// The event that a line describes.
fn event(line: &[u8]) -> Result<Event<'static>, Box<dyn Error>> {
    let line: Line = serde_json::from_slice(line)
        // The parser gets one line at a time, so for the parser it is always line 1.
        .map_err(|error| {
            error
                .to_string()
                .replace(" at line 1 column ", " at column ")
        })?;
    let mut event = Event::new();
    if let Some(text) = line.comment {
        event = event.comment(Comment::try_from(text)?);
    }
    if let Some(text) = line.id {
        event = event.id(EventId::try_from(text)?);
    }
    if let Some(text) = line.event {
        event = event.event(EventName::try_from(text)?);
    }
    if let Some(ms) = line.retry {
        event = event.retry(Duration::from_millis(ms));
    }
    if let Some(text) = line.data {
        event = event.data(text);
    }
    Ok(event)
}

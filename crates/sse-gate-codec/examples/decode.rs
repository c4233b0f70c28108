//! Reads an event stream on standard input and prints what a client sees, as lines of JSON.
//!
//! ```sh
//! curl -sN https://example.com/events | cargo run --example decode
//! printf 'id: 1\rdata: x\r\r' | cargo run --example decode -- --chunk 1 --last-event-id 0
//! ```
//!
//! An event is `{"type":…,"data":…,"id":…}`. A reconnection time is `{"retry":…}`, in milliseconds. An
//! event that is too large is reported on standard error and makes the exit status 1. An incomplete
//! event at the end is discarded, as in a client, and reported on standard error.

use std::error::Error;
use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::{env, str::FromStr};

use serde::Serialize;
use sse_gate_codec::{Decoder, EventId, Frame};

const USAGE: &str = "usage: decode [--chunk BYTES] [--last-event-id ID] [--limit BYTES]";

/// An event as it is printed.
#[derive(Serialize)]
struct Event<'a> {
    r#type: &'a str,
    data: &'a str,
    id: &'a str,
}

/// A reconnection time as it is printed.
#[derive(Serialize)]
struct Retry {
    retry: u128,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let (mut decoder, chunk) = options(env::args().skip(1))?;
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut buffer = vec![0; chunk.unwrap_or(64 * 1024)];
    let mut status = ExitCode::SUCCESS;
    loop {
        // With `--chunk` exactly that many bytes; otherwise what there is, so that nothing waits.
        let len = match chunk {
            Some(_) => fill(&mut input, &mut buffer)?,
            None => input.read(&mut buffer)?,
        };
        if len == 0 {
            break;
        }
        let mut lines = Vec::new();
        let mut feed = decoder.feed(&buffer[..len]);
        while let Some(frame) = feed.next_frame() {
            match frame {
                Ok(Frame::Event(message)) => {
                    let (r#type, data, id) = (message.event(), message.data(), message.id());
                    serde_json::to_writer(&mut lines, &Event { r#type, data, id })?;
                }
                Ok(Frame::Retry(delay)) => {
                    let retry = delay.as_millis();
                    serde_json::to_writer(&mut lines, &Retry { retry })?;
                }
                Ok(Frame::Comment(_)) => continue,
                Err(error) => {
                    writeln!(io::stderr(), "decode: {error}")?;
                    status = ExitCode::FAILURE;
                    continue;
                }
            }
            lines.push(b'\n');
        }
        output.write_all(&lines)?;
        output.flush()?;
    }
    if let Some(incomplete) = decoder.incomplete() {
        writeln!(io::stderr(), "decode: {incomplete}")?;
    }
    Ok(status)
}

/// The decoder by the arguments, and how many bytes it gets at a time.
fn options(
    mut args: impl Iterator<Item = String>,
) -> Result<(Decoder, Option<usize>), Box<dyn Error>> {
    let (mut decoder, mut chunk) = (Decoder::new(), None);
    while let Some(name) = args.next() {
        let value = args.next().ok_or(USAGE)?;
        match &*name {
            "--chunk" => chunk = Some(usize::from_str(&value)?),
            "--last-event-id" => decoder = decoder.with_last_event_id(&EventId::try_from(value)?),
            "--limit" => decoder = decoder.with_limit(value.parse()?),
            _ => return Err(USAGE.into()),
        }
    }
    if chunk == Some(0) {
        return Err("a chunk has at least one byte".into());
    }
    Ok((decoder, chunk))
}

/// Reads until the buffer is full or the input ends. Returns the number of bytes.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match input.read(&mut buffer[len..]) {
            Ok(0) => break,
            Ok(more) => len += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

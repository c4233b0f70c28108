//! A stream of events as an engine reads it: [`Decoder`].

use std::mem;
use std::time::Duration;

use super::{BareId, Dispatched, Profile};

/// Reads the bytes of one `EventSource`, over all its connections (HTML §9.2.6). It knows what
/// engines do otherwise.
#[derive(Debug)]
pub struct Decoder {
    bare_id: BareId,
    nul_takes_next_line: bool,
    goes_on_with_half: bool,
    /// What belongs to this connection, and is forgotten at its end.
    block: Block,
    last_event_id: String,
    retry: Option<Duration>,
}

/// What has been read and not yet dispatched.
#[derive(Debug, Default)]
struct Block {
    line: Vec<u8>,
    /// Whether a line feed would belong to the end of the last line.
    after_cr: bool,
    /// Whether the first line, which may start with a byte order mark, is over.
    started: bool,
    name: String,
    data: String,
    /// Whether the next line is lost.
    lost: bool,
    /// An id that no event has got yet.
    id: Option<String>,
}

impl Decoder {
    /// One that has read nothing.
    pub fn new(profile: &Profile) -> Self {
        Self {
            bare_id: profile.bare_id,
            nul_takes_next_line: profile.nul_takes_next_line,
            goes_on_with_half: profile.goes_on_with_half,
            block: Block::default(),
            last_event_id: String::new(),
            retry: None,
        }
    }

    /// The id that goes out with the next request; empty if none does.
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// The last `retry`.
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Reads on; the events that are dispatched.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Dispatched> {
        let mut dispatched = Vec::new();
        for byte in bytes {
            let after_cr = mem::replace(&mut self.block.after_cr, *byte == b'\r');
            match byte {
                b'\n' if after_cr => {}
                b'\r' | b'\n' => dispatched.extend(self.end_line()),
                byte => self.block.line.push(*byte),
            }
        }
        dispatched
    }

    /// The body has come to its proper end: what is not dispatched never will be.
    pub fn end(&mut self) {
        self.block = Block::default();
    }

    /// The body has broken off.
    pub fn break_off(&mut self) {
        if self.goes_on_with_half {
            self.block.started = false;
        } else {
            self.end();
        }
    }

    fn end_line(&mut self) -> Option<Dispatched> {
        let mut line = mem::take(&mut self.block.line);
        if !mem::replace(&mut self.block.started, true) && line.starts_with(b"\xEF\xBB\xBF") {
            line.drain(..3);
        }
        if mem::take(&mut self.block.lost) {
            return None;
        }
        let line = String::from_utf8_lossy(&line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" if line.is_empty() => return self.dispatch(),
            "event" => value.clone_into(&mut self.block.name),
            "data" => {
                self.block.data.push_str(value);
                self.block.data.push('\n');
            }
            "id" if value.contains('\0') => self.block.lost = self.nul_takes_next_line,
            "id" => self.block.id = Some(value.to_owned()),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis).or(self.retry);
            }
            // A comment, or a field that is none.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Dispatched> {
        let name = mem::take(&mut self.block.name);
        let mut data = mem::take(&mut self.block.data);
        let has_data = data.pop().is_some();
        if has_data || self.bare_id == BareId::Kept {
            if let Some(id) = self.block.id.take() {
                self.last_event_id = id;
            }
        } else if self.bare_id == BareId::Forgotten {
            self.block.id = None;
        }
        let name = if name.is_empty() {
            "message".to_owned()
        } else {
            name
        };
        has_data.then(|| Dispatched {
            name,
            data,
            last_event_id: self.last_event_id.clone(),
        })
    }
}

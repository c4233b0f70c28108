//! A decoder written from the HTML standard, §9.2.5 and §9.2.6, step by step.
//!
//! It says what a client sees. So it is as simple as possible and shares no code with the crate. The quotations are steps of §9.2.6.

/// What a client knows after a stream.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The dispatched events, in order.
    pub(crate) events: Vec<Dispatched>,
    /// Each `retry` that was obeyed, in milliseconds.
    pub(crate) retries: Vec<u128>,
    /// Each comment, without its colon.
    pub(crate) comments: Vec<String>,
    /// What the client would send as `Last-Event-ID`.
    pub(crate) last_event_id: String,
    /// Each line that was neither empty nor a comment, as field and value, dispatched or not.
    pub(crate) fields: Vec<(String, String)>,
    /// Where the stream ended, if that was in the middle of an event: `"line"` or `"event"`.
    pub(crate) incomplete: Option<&'static str>,
}

/// One event as a page sees it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dispatched {
    pub(crate) kind: String,
    pub(crate) data: String,
    pub(crate) last_event_id: String,
}

/// Decodes a whole stream, for a client whose last event id is `last_event_id`.
pub(crate) fn decode(stream: &[u8], last_event_id: &str) -> Decoded {
    let mut client = Client {
        seen: Decoded {
            last_event_id: last_event_id.to_owned(),
            ..Decoded::default()
        },
        id_buffer: last_event_id.to_owned(),
        ..Client::default()
    };
    let (lines, rest) = lines(&utf8_decode(stream));
    for line in lines {
        client.line(&line);
    }
    // "Once the end of the file is reached, any pending data must be discarded. (If the file ends in
    // the middle of an event, before the final empty line, the incomplete event is not dispatched.)"
    client.seen.incomplete = match (&*rest, client.fields_of_event) {
        ("", 0) => None,
        ("", _) => Some("event"),
        _ => Some("line"),
    };
    client.seen
}

/// "UTF-8 decode" of the Encoding standard: one byte order mark at the start is dropped, and what
/// is not UTF-8 becomes U+FFFD, in the same portions as in `String::from_utf8_lossy`.
fn utf8_decode(stream: &[u8]) -> String {
    String::from_utf8_lossy(stream.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(stream)).into_owned()
}

/// The lines that have an end: CRLF, LF or CR. What follows the last one is no line yet, and is
/// returned beside them.
fn lines(text: &str) -> (Vec<String>, String) {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut after_cr = false;
    for character in text.chars() {
        match character {
            '\n' if after_cr => {}
            '\r' | '\n' => lines.push(std::mem::take(&mut line)),
            other => line.push(other),
        }
        after_cr = character == '\r';
    }
    (lines, line)
}

/// The buffers of §9.2.6.
#[derive(Default)]
struct Client {
    data_buffer: String,
    event_type_buffer: String,
    id_buffer: String,
    /// How many fields the event has had.
    fields_of_event: usize,
    seen: Decoded,
}

impl Client {
    fn line(&mut self, line: &str) {
        if line.is_empty() {
            self.dispatch();
        } else if let Some(comment) = line.strip_prefix(':') {
            self.seen.comments.push(comment.to_owned());
        } else if let Some((field, value)) = line.split_once(':') {
            // "If value starts with a U+0020 SPACE character, remove it from value."
            self.field(field, value.strip_prefix(' ').unwrap_or(value));
        } else {
            self.field(line, "");
        }
    }

    fn field(&mut self, field: &str, value: &str) {
        self.seen.fields.push((field.to_owned(), value.to_owned()));
        self.fields_of_event += 1;
        match field {
            "event" => value.clone_into(&mut self.event_type_buffer),
            "data" => {
                self.data_buffer.push_str(value);
                self.data_buffer.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.id_buffer),
            // An empty value is no integer; of one that no number here holds, the largest is seen.
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.seen.retries.push(value.parse().unwrap_or(u128::MAX));
            }
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        self.fields_of_event = 0;
        self.seen.last_event_id.clone_from(&self.id_buffer);
        let kind = std::mem::take(&mut self.event_type_buffer);
        let mut data = std::mem::take(&mut self.data_buffer);
        // "If the data buffer is an empty string, set the data buffer and the event type buffer
        // to the empty string and return."
        if data.is_empty() {
            return;
        }
        // "If the data buffer's last character is a U+000A LINE FEED (LF) character, then remove
        // the last character from the data buffer."
        if data.ends_with('\n') {
            data.pop();
        }
        self.seen.events.push(Dispatched {
            kind: if kind.is_empty() {
                "message".to_owned()
            } else {
                kind
            },
            data,
            last_event_id: self.seen.last_event_id.clone(),
        });
    }
}

//! The streams that are decoded, and the events that are encoded.

use std::fmt::Write;

use bytes::Bytes;

/// A kind of event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// Whether it has a type and an id, too.
    pub(crate) named: bool,
    /// How many lines its data has, and of how many bytes.
    pub(crate) lines: usize,
    pub(crate) width: usize,
}

pub(crate) const SHAPES: [Shape; 5] = [
    shape("20 B JSON", true, 1, 20),
    shape("200 B JSON", true, 1, 200),
    shape("200 B data only", false, 1, 200),
    shape("16 KiB line", false, 1, 16 * 1024),
    shape("200 lines", false, 200, 81),
];

/// What an event is called that has a name.
pub(crate) const NAME: &str = "message_chunk";

const fn shape(name: &'static str, named: bool, lines: usize, width: usize) -> Shape {
    Shape {
        name,
        named,
        lines,
        width,
    }
}

impl Shape {
    /// Data of this kind: JSON of ASCII.
    pub(crate) fn data(self) -> String {
        let filler = "the quick brown fox jumps over the lazy dog ";
        let text: String = filler.chars().cycle().take(self.width - 8).collect();
        let line = format!("{{\"t\":\"{text}\"}}");
        vec![line; self.lines].join("\n")
    }

    /// A stream of about 1 MiB, and the number of its events.
    pub(crate) fn stream(self) -> (String, usize) {
        let data = self.data().replace('\n', "\ndata: ");
        let (mut stream, mut events) = (String::new(), 0);
        while stream.len() < 1024 * 1024 {
            if self.named {
                let _ = write!(stream, "event: {NAME}\nid: {events}\n");
            }
            let _ = write!(stream, "data: {data}\n\n");
            events += 1;
        }
        (stream, events)
    }
}

/// A stream as it comes from a socket: chunks of this length, each in memory of its own.
pub(crate) fn chunks(stream: &str, len: usize) -> Vec<Bytes> {
    let chunks = stream.as_bytes().chunks(len);
    chunks.map(Bytes::copy_from_slice).collect()
}

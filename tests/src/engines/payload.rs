//! What is in the chunks of a body: [`Payload`].

/// Takes a body in chunks (RFC 9112 §7.1) apart, piece by piece.
#[derive(Debug, Default)]
pub(super) struct Payload {
    part: Part,
    line: Vec<u8>,
}

/// What comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    /// The size of a chunk.
    #[default]
    Size,
    /// This many bytes of a chunk.
    Data(usize),
    /// The end of the line that a chunk's bytes are on.
    DataEnd,
    /// Trailers, up to an empty line.
    Trailers,
    /// Nothing.
    End,
}

impl Payload {
    /// Reads on; what was in the chunks, those that are not yet whole, too.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Vec<u8> {
        let mut payload = Vec::new();
        while !bytes.is_empty() && self.part != Part::End {
            if let Part::Data(left) = self.part {
                let (data, rest) = bytes.split_at(left.min(bytes.len()));
                payload.extend_from_slice(data);
                bytes = rest;
                self.part = match left - data.len() {
                    0 => Part::DataEnd,
                    left => Part::Data(left),
                };
            } else {
                self.line.push(bytes[0]);
                bytes = &bytes[1..];
                if self.line.ends_with(b"\r\n") {
                    self.end_line();
                }
            }
        }
        payload
    }

    /// Whether the body has come to its proper end.
    pub(super) fn has_ended(&self) -> bool {
        self.part == Part::End
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        self.part = match self.part {
            Part::Size => {
                let size = line.split(';').next().unwrap_or_default().trim();
                match usize::from_str_radix(size, 16).expect("a chunk starts with its size") {
                    0 => Part::Trailers,
                    size => Part::Data(size),
                }
            }
            Part::Trailers if line.is_empty() => Part::End,
            Part::Trailers => Part::Trailers,
            _ => Part::Size,
        };
    }
}

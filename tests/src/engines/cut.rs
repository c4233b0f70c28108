//! Where and how a stream is cut off: [`Cut`], [`Way`].

/// How a stream ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// The client's connection is closed within a chunk, as by a proxy that dies. The server is
    /// not told.
    Close,
    /// The client's connection is reset. The server is not told.
    Reset,
    /// The body comes to its proper end, at the end of a block, as by a server that has its clients
    /// come again.
    End,
    /// The server's connection is closed, and the client's between two chunks.
    Upstream,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Close, Self::Reset, Self::End, Self::Upstream];
}

/// When a connection is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How.
    pub way: Way,
    /// After how many whole blocks, of events or of comments; a block ends with an empty line.
    pub blocks: usize,
    /// After how many bytes more. [`Way::End`] has none: it is at the end of a block.
    pub bytes: usize,
}

/// Looks for the place of a cut in a stream.
#[derive(Debug)]
pub(super) struct Cutter {
    cut: Option<Cut>,
    /// Whether all that has passed is whole blocks.
    after_block: bool,
    /// Whether the line that is passing has no byte yet.
    line_is_empty: bool,
}

impl Cutter {
    pub(super) fn new(cut: Option<Cut>) -> Self {
        Self {
            cut,
            after_block: true,
            line_is_empty: true,
        }
    }

    /// Has the stream be cut off as soon as can be.
    pub(super) fn command(&mut self, way: Way) {
        let (blocks, bytes) = (0, 0);
        self.cut = Some(Cut { way, blocks, bytes });
    }

    /// Lets bytes pass; how many there are before the cut, and which one it is.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> (usize, Option<Way>) {
        for (index, byte) in bytes.iter().enumerate() {
            if let Some(way) = self.due() {
                return (index, Some(way));
            }
            self.pass_byte(*byte);
        }
        (bytes.len(), self.due())
    }

    fn pass_byte(&mut self, byte: u8) {
        let ends_line = byte == b'\n';
        self.after_block = ends_line && self.line_is_empty;
        // The CR of CRLF is no byte of its line.
        self.line_is_empty = ends_line || (byte == b'\r' && self.line_is_empty);
        let Some(cut) = &mut self.cut else {
            return;
        };
        if cut.blocks > 0 {
            cut.blocks -= usize::from(self.after_block);
        } else {
            cut.bytes = cut.bytes.saturating_sub(1);
        }
    }

    fn due(&self) -> Option<Way> {
        let cut = self.cut.filter(|cut| cut.blocks == 0)?;
        let due = match cut.way {
            Way::End => self.after_block,
            _ => cut.bytes == 0,
        };
        due.then_some(cut.way)
    }
}

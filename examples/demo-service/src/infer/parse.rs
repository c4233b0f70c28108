//! First stage: text to JSON values, counted in bytes.

use std::io::{self, BufReader, Read};

use serde_json::Value;

use super::{Failure, Meter, Sample, Stage, Stopped};

/// Bytes are handed to the parser in so many pieces, or in fewer where a piece would be tiny.
const PIECES: usize = 64;

/// Pieces are no smaller than this many bytes.
const SMALLEST_PIECE: usize = 16;

/// Parses the sample.
pub(super) fn parse(sample: &Sample, meter: &mut impl Meter) -> Result<Value, Failure> {
    let text = sample.as_str().as_bytes();
    let piece = (text.len() / PIECES).max(SMALLEST_PIECE);
    let mut source = MeteredBytes {
        left: text,
        total: text.len(),
        stopped: false,
        meter,
    };
    let parsed = serde_json::from_reader(BufReader::with_capacity(piece, &mut source));
    if source.stopped {
        return Err(Stopped.into());
    }
    let value = parsed.map_err(Failure::Json)?;
    meter.advance(Stage::Parsing, text.len(), text.len())?;
    Ok(value)
}

/// The sample's bytes, piece by piece.
///
/// A buffered reader asks for the next piece when the parser has eaten the one before, so the
/// bytes handed out by then are the bytes parsed.
struct MeteredBytes<'a, M> {
    left: &'a [u8],
    total: usize,
    stopped: bool,
    meter: &'a mut M,
}

impl<M: Meter> Read for MeteredBytes<'_, M> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let parsed = self.total - self.left.len();
        // Once stopped the meter isn't asked again, though the parser may be on its way out.
        self.stopped = self.stopped
            || self
                .meter
                .advance(Stage::Parsing, parsed, self.total)
                .is_err();
        if self.stopped {
            return Err(io::Error::other(Stopped));
        }
        self.left.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes every step, and stops at the one asked for.
    struct Notes(Vec<usize>, Option<usize>);

    impl Meter for Notes {
        fn advance(&mut self, _: Stage, done: usize, _: usize) -> Result<(), Stopped> {
            self.0.push(done);
            if self.1 == Some(self.0.len()) {
                Err(Stopped)
            } else {
                Ok(())
            }
        }
    }

    #[test]
    fn bytes_are_counted_as_they_are_parsed() {
        let sample = Sample::new(format!("[{}0]", "1234,".repeat(2000))).unwrap();
        let mut notes = Notes(Vec::new(), None);
        let value = parse(&sample, &mut notes).unwrap();
        assert_eq!(value.as_array().unwrap().len(), 2001);
        assert!(notes.0.len() >= PIECES, "{:?}", notes.0);
        assert!(notes.0.is_sorted());
        assert_eq!(notes.0.last(), Some(&sample.as_str().len()));
    }

    #[test]
    fn a_stop_is_no_json_error() {
        let sample = Sample::new("[1]".to_owned()).unwrap();
        let stopped = parse(&sample, &mut Notes(Vec::new(), Some(1)));
        assert!(matches!(stopped, Err(Failure::Stopped(_))), "{stopped:?}");
    }
}

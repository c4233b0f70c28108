//! Compares what hyper writes with what the body gives: [`Transcript`].

use super::framing::push_chunk;

/// A longer head is not looked at, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// So much of a body may be under way to the socket, in bytes. A body that is further ahead does not wait.
const MAX_EXPECTED: usize = 256 * 1024;

/// One response, as far as it is written.
#[derive(Default)]
pub(super) struct Transcript {
    stage: Stage,
    /// The chunks of what the body gave, as far as they are not written.
    expected: Vec<u8>,
    /// Whether the body gave anything.
    has_begun: bool,
    /// Whether the connection ends with the response.
    pub(super) closes: bool,
}

/// How far the response is.
#[derive(Default)]
enum Stage {
    /// Its head is written. These are the bytes so far.
    Head(Vec<u8>),
    Body,
    /// There is no response, or something else was written than expected. It stays like this.
    #[default]
    Other,
}

impl Transcript {
    /// A response, before anything of it is written.
    pub(super) fn begin() -> Self {
        Self {
            stage: Stage::Head(Vec::new()),
            ..Self::default()
        }
    }

    /// The body gave these bytes.
    pub(super) fn given(&mut self, data: &[u8]) {
        if matches!(self.stage, Stage::Other) {
            return;
        }
        self.has_begun = true;
        push_chunk(data, &mut self.expected);
        if self.expected.len() > MAX_EXPECTED {
            self.give_up();
        }
    }

    /// These bytes were written.
    pub(super) fn written(&mut self, bytes: &[u8]) {
        match &mut self.stage {
            Stage::Head(head) => {
                let before = head.len();
                head.extend_from_slice(bytes);
                let Some(end) = end_of_head(head) else {
                    if head.len() > MAX_HEAD {
                        self.give_up();
                    }
                    return;
                };
                let Some(read) = Head::read(&head[..end]) else {
                    return self.give_up();
                };
                self.closes = read.closes;
                self.stage = Stage::Body;
                self.written(&bytes[end - before..]);
            }
            Stage::Body if self.expected.starts_with(bytes) => {
                self.expected.drain(..bytes.len());
            }
            Stage::Body => self.give_up(),
            Stage::Other => {}
        }
    }

    /// Whether all that the body gave is written, and nothing else behind the head.
    pub(super) fn is_level(&self) -> bool {
        self.has_begun && self.expected.is_empty() && matches!(self.stage, Stage::Body)
    }

    /// Something is not as expected, or there is no response any more.
    pub(super) fn give_up(&mut self) {
        *self = Self::default();
    }
}

/// Where a head ends, behind its empty line.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(end + 4)
}

/// What counts of a head that hyper has written.
struct Head {
    closes: bool,
}

impl Head {
    /// The head of a response in chunks. `None` if it is none.
    fn read(head: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(head).ok()?;
        let mut lines = text.lines();
        let is_final = lines.next()?.starts_with("HTTP/1.1 2");
        let (mut is_chunked, mut closes) = (false, false);
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("transfer-encoding") {
                is_chunked = value.eq_ignore_ascii_case("chunked");
            } else if name.eq_ignore_ascii_case("connection") {
                let mut options = value.split(',').map(str::trim);
                closes |= options.any(|option| option.eq_ignore_ascii_case("close"));
            }
        }
        (is_final && is_chunked).then_some(Self { closes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    fn with_head(head: &[u8]) -> Transcript {
        let mut transcript = Transcript::begin();
        transcript.given(b"one");
        transcript.written(head);
        transcript
    }

    #[test]
    fn a_body_that_is_written_in_chunks_is_level() {
        let mut transcript = with_head(HEAD);
        assert!(!transcript.is_level());
        transcript.written(b"3\r\none\r\n");
        assert!(transcript.is_level());
        transcript.given(b"two");
        assert!(!transcript.is_level());
        transcript.written(b"3\r\ntwo\r\n");
        assert!(transcript.is_level());
    }

    /// However the bytes are cut.
    #[test]
    fn writes_of_single_bytes_are_level_in_the_end() {
        let mut transcript = Transcript::begin();
        transcript.given(b"one");
        for byte in [HEAD, b"3\r\none\r\n"].concat() {
            assert!(!transcript.is_level());
            transcript.written(&[byte]);
        }
        assert!(transcript.is_level());
    }

    #[test]
    fn any_other_byte_gives_it_up() {
        let good = b"3\r\none\r\n";
        for place in 0..good.len() {
            let mut bad = *good;
            bad[place] ^= 1;
            let mut transcript = with_head(HEAD);
            transcript.written(&bad);
            assert!(!transcript.is_level(), "{place}");
            transcript.given(b"two");
            transcript.written(b"3\r\ntwo\r\n");
            assert!(!transcript.is_level(), "it stays given up");
        }
    }

    #[test]
    fn a_byte_too_many_gives_it_up() {
        let mut transcript = with_head(HEAD);
        transcript.written(b"3\r\none\r\n0");
        assert!(!transcript.is_level());
    }

    #[test]
    fn a_body_that_gave_nothing_is_not_level() {
        let mut transcript = Transcript::begin();
        transcript.written(HEAD);
        assert!(!transcript.is_level());
    }

    #[test]
    fn a_head_that_is_no_response_in_chunks_is_given_up() {
        for head in [
            &b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"[..],
            b"HTTP/1.1 200 OK\r\n\r\n",
            b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: \xff\r\nTransfer-Encoding: chunked\r\n\r\n",
        ] {
            let mut transcript = with_head(head);
            transcript.written(b"3\r\none\r\n");
            assert!(!transcript.is_level(), "{}", head.escape_ascii());
        }
    }

    #[test]
    fn a_head_says_whether_the_connection_closes() {
        let closes = |line: &str| {
            let head = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n{line}\r\n");
            with_head(head.as_bytes()).closes
        };
        assert!(closes("Connection: close\r\n"));
        assert!(closes("connection: Upgrade, Close\r\n"));
        assert!(!closes("connection: keep-alive\r\n"));
        assert!(!closes(""));
    }

    #[test]
    fn what_may_be_under_way_is_bounded() {
        let mut transcript = Transcript::begin();
        transcript.given(&vec![0; MAX_EXPECTED]);
        assert_eq!(transcript.expected.capacity(), 0);
        let mut transcript = Transcript::begin();
        transcript.written(&vec![b'x'; MAX_HEAD + 1]);
        assert!(matches!(transcript.stage, Stage::Other));
    }

    #[test]
    fn as_much_as_the_bounds_may_be_under_way() {
        let mut transcript = Transcript::begin();
        // With its length of five digits and its two line ends.
        let data = vec![b'x'; 256 * 1024 - 9];
        transcript.given(&data);
        let mut head = HEAD[..HEAD.len() - 2].to_vec();
        head.extend_from_slice(b"x: ");
        head.resize(16 * 1024, b'x');
        transcript.written(&head);
        transcript.written(b"\r\n\r\n3FFF7\r\n");
        transcript.written(&data);
        assert!(!transcript.is_level());
        transcript.written(b"\r\n");
        assert!(transcript.is_level());
    }
}

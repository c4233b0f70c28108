//! Compares what hyper writes with what the body gives: [`Transcript`].

use std::mem::MaybeUninit;

use httparse::{ParserConfig, Status};

use super::framing::push_chunk;

/// A longer head is not looked at, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// Nor is one with more fields.
const MAX_FIELDS: usize = 100;

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
            Stage::Head(head) if head.is_empty() => match Head::read(bytes) {
                Ok(Status::Complete(head)) => self.begin_body(&head, &bytes[head.len..]),
                Ok(Status::Partial) => self.keep(bytes),
                Err(Unfit) => self.give_up(),
            },
            Stage::Head(head) => {
                let whole = [&head[..], bytes].concat();
                *head = Vec::new();
                self.written(&whole);
            }
            Stage::Body if self.expected.starts_with(bytes) => {
                self.expected.drain(..bytes.len());
            }
            Stage::Body => self.give_up(),
            Stage::Other => {}
        }
    }

    /// Only the beginning of the head is written.
    fn keep(&mut self, bytes: &[u8]) {
        if bytes.len() > MAX_HEAD {
            return self.give_up();
        }
        self.stage = Stage::Head(bytes.to_vec());
    }

    /// The head is written, and these bytes behind it.
    fn begin_body(&mut self, head: &Head, bytes: &[u8]) {
        self.closes = head.closes;
        self.stage = Stage::Body;
        self.written(bytes);
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

/// What counts of a head that hyper has written.
struct Head {
    /// Its bytes, with the empty line.
    len: usize,
    closes: bool,
}

/// What was written is no head of a response in chunks.
struct Unfit;

impl Head {
    fn read(bytes: &[u8]) -> Result<Status<Self>, Unfit> {
        let mut fields = [const { MaybeUninit::uninit() }; MAX_FIELDS];
        let mut head = httparse::Response::new(&mut []);
        let read = ParserConfig::default()
            .parse_response_with_uninit_headers(&mut head, bytes, &mut fields)
            .map_err(|_| Unfit)?;
        let Status::Complete(len) = read else {
            return Ok(Status::Partial);
        };
        let values = |name: &'static str| {
            let fields = head.headers.iter();
            let named = fields.filter(move |field| field.name.eq_ignore_ascii_case(name));
            named.map(|field| field.value)
        };
        let is_final = head.version == Some(1) && matches!(head.code, Some(200..=299));
        let mut codings = values("transfer-encoding");
        let is_chunked = codings
            .next()
            .is_some_and(|it| it.eq_ignore_ascii_case(b"chunked"));
        if !is_final || !is_chunked || codings.next().is_some() {
            return Err(Unfit);
        }
        let mut options = values("connection").flat_map(|value| value.split(|byte| *byte == b','));
        let closes = options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"));
        Ok(Status::Complete(Self { len, closes }))
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
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX\r\nTransfer-Encoding: chunked\r\n\r\n",
        ] {
            let mut transcript = with_head(head);
            transcript.written(b"3\r\none\r\n");
            assert!(!transcript.is_level(), "{}", head.escape_ascii());
        }
    }

    /// A value may have other bytes than ASCII (RFC 9110 §5.5).
    #[test]
    fn a_head_may_say_anything_else() {
        let mut transcript =
            with_head(b"HTTP/1.1 200 OK\r\nX: \xff\r\nTransfer-Encoding: chunked\r\n\r\n");
        transcript.written(b"3\r\none\r\n");
        assert!(transcript.is_level());
    }

    #[test]
    fn a_head_with_very_many_fields_is_given_up() {
        for (others, is_level) in [(MAX_FIELDS - 1, true), (MAX_FIELDS, false)] {
            let fields = "x: y\r\n".repeat(others);
            let head = format!("HTTP/1.1 200 OK\r\n{fields}transfer-encoding: chunked\r\n\r\n");
            let mut transcript = with_head(head.as_bytes());
            transcript.written(b"3\r\none\r\n");
            assert_eq!(transcript.is_level(), is_level, "{others}");
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

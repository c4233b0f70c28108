//! What a scripted server does with a request: [`Answer`].

/// Which of a scripted server's origins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The one that the page is from.
    Home,
    /// Another one.
    Away,
    /// One for scripts that keep connections open, so that no other script takes them.
    Kept,
    /// One that takes the page's reports, and has no scripts.
    Desk,
}

impl Origin {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::Home, Self::Away, Self::Kept, Self::Desk];
}

/// A part of an answer.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// These bytes are sent as they are.
    Bytes(Vec<u8>),
    /// The `Location` of the script's path at an origin is sent.
    Location(Origin),
    /// The rest waits until the page has got this many events of the script.
    UntilEvents(usize),
}

/// What becomes of the connection of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It is closed (FIN).
    Close,
    /// It is reset (RST).
    Reset,
    /// It takes another request.
    Keep,
    /// It is closed, and its origin refuses all connections until the page has told this many
    /// things of the script.
    Refuse(usize),
}

/// The bytes of an answer, and what becomes of its connection.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(super) steps: Vec<Step>,
    pub(super) then: Then,
}

impl Answer {
    /// Not a byte: the connection is closed.
    pub fn nothing() -> Self {
        Self {
            steps: Vec::new(),
            then: Then::Close,
        }
    }

    /// A head without a body.
    pub fn status(status: u16) -> Self {
        let length = if status == 204 {
            ""
        } else {
            "Content-Length: 0\r\n"
        };
        Self::nothing()
            .head(status, length)
            .bytes("Connection: close\r\n\r\n")
    }

    /// The head of a stream in chunks, with status 200.
    pub fn stream() -> Self {
        Self::typed("text/event-stream")
    }

    /// As [`stream`](Self::stream); once it has ended, the connection takes another request.
    pub fn kept_stream() -> Self {
        let mut answer = Self::nothing().chunked("text/event-stream").bytes("\r\n");
        answer.then = Then::Keep;
        answer
    }

    /// The head of a body in chunks of this type, with status 200.
    pub fn typed(content_type: &str) -> Self {
        let answer = Self::nothing().chunked(content_type);
        answer.bytes("Connection: close\r\n\r\n")
    }

    /// A redirect to the same path at this origin.
    pub fn redirect(status: u16, to: Origin) -> Self {
        let mut answer = Self::nothing().head(status, "Content-Length: 0\r\n");
        answer.steps.push(Step::Location(to));
        answer.bytes("Connection: close\r\n\r\n")
    }

    /// A chunk more.
    pub fn write(self, text: &str) -> Self {
        self.bytes(format!("{:x}\r\n{text}\r\n", text.len()))
    }

    /// A chunk more that claims to be longer than it is, by this many bytes.
    pub fn write_part(self, text: &str, missing: usize) -> Self {
        self.bytes(format!("{:x}\r\n{text}", text.len() + missing))
    }

    /// Waits until the page has got this many events, of all answers of the script.
    pub fn until_events(mut self, count: usize) -> Self {
        self.steps.push(Step::UntilEvents(count));
        self
    }

    /// The proper end of a body in chunks.
    pub fn end(self) -> Self {
        self.bytes("0\r\n\r\n")
    }

    /// Has the connection be reset in the end.
    pub fn reset(mut self) -> Self {
        self.then = Then::Reset;
        self
    }

    /// Has the connection be closed, and the origin refuse all others until the page has told this
    /// many things of the script.
    pub fn refuse_until_reports(mut self, count: usize) -> Self {
        self.then = Then::Refuse(count);
        self
    }

    /// These bytes more, as they are.
    pub fn bytes(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.steps.push(Step::Bytes(bytes.into()));
        self
    }

    fn chunked(self, content_type: &str) -> Self {
        let headers = "Cache-Control: no-store\r\nTransfer-Encoding: chunked\r\n";
        self.head(200, &format!("Content-Type: {content_type}\r\n{headers}"))
    }

    fn head(self, status: u16, headers: &str) -> Self {
        self.bytes(format!(
            "HTTP/1.1 {status} Scripted\r\nAccess-Control-Allow-Origin: *\r\n{headers}"
        ))
    }
}

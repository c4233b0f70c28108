//! A request as a server reads it: [`Asked`].

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// The longest head that is read, in bytes.
const HEAD: usize = 64 * 1024;

/// A request, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The target: path and query.
    pub target: String,
    /// Names as they were written, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Asked {
    /// Reads one, its body by its length; `None` if the connection ends before.
    pub async fn read(stream: &mut (impl AsyncBufRead + Unpin)) -> Option<Self> {
        let head = read_head(stream).await?;
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let mut asked = Self {
            method: words.next()?.to_owned(),
            target: words.next()?.to_owned(),
            headers: headers(lines),
            body: Vec::new(),
        };
        if let Some(length) = asked.header("content-length") {
            asked.body.resize(length.parse().ok()?, 0);
            stream.read_exact(&mut asked.body).await.ok()?;
        }
        Some(asked)
    }

    /// The value of the first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads the head of a request or response, up to its empty line; `None` if it is cut off. A byte
/// is a character (Latin-1), so that no byte is lost.
pub(super) async fn read_head(stream: &mut (impl AsyncBufRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let read = stream.read_until(b'\n', &mut head).await.ok()?;
        if read == 0 || head.len() > HEAD {
            return None;
        }
    }
    Some(head.into_iter().map(char::from).collect())
}

/// The headers in the lines of a head, up to the empty one.
pub(super) fn headers<'h>(lines: impl Iterator<Item = &'h str>) -> Vec<(String, String)> {
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    };
    lines.map_while(header).collect()
}

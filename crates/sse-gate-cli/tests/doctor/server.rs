//! A server that answers as a test says: [`Server`].

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What is sent, and how long to wait before it.
pub(crate) type Piece = (Duration, String);

type Script = dyn Fn(&str) -> Vec<Piece> + Send + Sync;

/// A server on a free port. It serves until the test ends.
pub(crate) struct Server {
    addr: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts one whose answer to the head of a request is what the script says.
    pub(crate) fn start(script: impl Fn(&str) -> Vec<Piece> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let addr = listener.local_addr().expect("it has an address");
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let (script, seen): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&heads));
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (script, seen) = (Arc::clone(&script), Arc::clone(&seen));
                thread::spawn(move || serve(connection, &*script, &seen));
            }
        });
        Self { addr, heads }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// The heads of all requests so far, in lower case.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("no thread panicked").clone()
    }
}

fn serve(connection: TcpStream, script: &Script, seen: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let lower = head.to_ascii_lowercase();
    let length = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length = length.and_then(|it| it.parse().ok()).unwrap_or(0);
    reader.read_exact(&mut vec![0; length]).ok()?;
    seen.lock().ok()?.push(lower);
    let mut connection = connection;
    for (delay, text) in script(&head) {
        thread::sleep(delay);
        connection.write_all(text.as_bytes()).ok()?;
    }
    Some(())
}

/// An answer that comes at once.
pub(crate) fn at_once(text: impl Into<String>) -> Vec<Piece> {
    vec![(Duration::ZERO, text.into())]
}

/// An answer with a body of JSON.
pub(crate) fn json(body: &str) -> Vec<Piece> {
    let length = body.len();
    at_once(format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    ))
}

/// The head of a stream of sse-gate, with more headers.
pub(crate) fn head(more: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store, no-transform\r\n\
         referrer-policy: no-referrer\r\ntransfer-encoding: chunked\r\n{more}\r\n"
    )
}

/// A part of a body.
pub(crate) fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

/// A stream that stays open for a while after these events.
pub(crate) fn stream(more: &str, events: &str) -> Vec<Piece> {
    let begin = format!("{}{}", head(more), chunk(events));
    vec![
        (Duration::ZERO, begin),
        (Duration::from_secs(20), chunk(": late\n\n")),
    ]
}

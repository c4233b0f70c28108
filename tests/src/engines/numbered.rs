//! A server of numbered events: [`Numbered`].

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{Asked, Dispatched};

/// A server of streams that can be taken up anywhere: each has the events 1 to the last, whose
/// numbers are their ids. Whoever has the last gets 204. Dropped, it stops.
///
/// As with a credential, a request without `Last-Event-ID` opens a stream once: to the second one
/// for the same target the answer is 401.
#[derive(Debug)]
pub struct Numbered {
    addr: SocketAddr,
    shared: Arc<Shared>,
    _listening: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    last: usize,
    resumes: bool,
    /// The `Last-Event-ID` of each request, by target.
    asked: Mutex<BTreeMap<String, Vec<Option<String>>>>,
}

impl Numbered {
    /// Starts it, with this many events in a stream.
    pub async fn start(last: usize) -> Self {
        Self::run(last, true).await
    }

    /// Starts one that begins at the first event whatever it is asked, to show that a test notices.
    pub async fn start_forgetful(last: usize) -> Self {
        Self::run(last, false).await
    }

    async fn run(last: usize, resumes: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("it has one");
        let shared = Arc::new(Shared {
            last,
            resumes,
            asked: Mutex::default(),
        });
        let mut listening = JoinSet::new();
        listening.spawn(listen(listener, Arc::clone(&shared)));
        Self {
            addr,
            shared,
            _listening: listening,
        }
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The `Last-Event-ID` of each request for a target.
    pub fn asked(&self, target: &str) -> Vec<Option<String>> {
        let asked = self.shared.asked.lock();
        let asked = asked.unwrap_or_else(PoisonError::into_inner);
        asked.get(target).cloned().unwrap_or_default()
    }

    /// The event with this number, as a page gets it. They differ in length.
    pub fn event(number: usize) -> Dispatched {
        Dispatched {
            name: "message".to_owned(),
            data: format!("{number} {}", "x".repeat(number * 7 % 90)),
            last_event_id: number.to_string(),
        }
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    // Dropped with this task, and the connections with it.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        connections.spawn(async move { shared.serve(stream).await });
    }
}

impl Shared {
    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        let asked = Asked::read(&mut stream).await?;
        let id = asked.header("last-event-id").map(str::to_owned);
        let mut stream = stream.into_inner();
        let answer = self.answer(asked.target, id);
        stream.write_all(answer.as_bytes()).await.ok()?;
        stream.shutdown().await.ok()?;
        stream.read_to_end(&mut Vec::new()).await.ok().map(drop)
    }

    fn answer(&self, target: String, id: Option<String>) -> String {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = asked.entry(target).or_default();
        let opens = asked.is_empty() && id.is_none();
        asked.push(id.clone());
        let after = id.and_then(|id| id.parse().ok()).or(opens.then_some(0));
        match after {
            None => "HTTP/1.1 401 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_owned(),
            Some(after) if after >= self.last => {
                "HTTP/1.1 204 Over\r\nConnection: close\r\n\r\n".to_owned()
            }
            Some(after) if self.resumes => self.stream(after),
            Some(_) => self.stream(0),
        }
    }

    /// The stream from after this number, in chunks.
    fn stream(&self, after: usize) -> String {
        let mut stream = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
            Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            .to_owned();
        let mut chunk = |text: &str| {
            let _ = write!(stream, "{:x}\r\n{text}\r\n", text.len());
        };
        // In one block: see `webkit_goes_on_with_half_a_block_of_the_connection_before`.
        chunk(&format!(
            "retry: 1\nevent: sse.open\nid: {after}\ndata: {{}}\n\n"
        ));
        for number in after + 1..=self.last {
            let Dispatched { data, .. } = Numbered::event(number);
            chunk(&format!("id: {number}\ndata: {data}\n\n"));
        }
        stream.push_str("0\r\n\r\n");
        stream
    }
}

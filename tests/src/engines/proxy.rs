//! A proxy that cuts streams off: [`Proxy`].

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio::task::JoinSet;

use super::asked::{headers, read_head};
use super::cut::Cutter;
use super::payload::Payload;
use super::{Asked, Board, Plan, Way};

/// Stands in front of a server of HTTP/1.1 and cuts its streams off, by a [`Plan`] or on command.
/// It has the page of a board, too, so that the page is of the server's origin. All else passes,
/// one request to a connection. Dropped, it stops.
#[derive(Debug)]
pub struct Proxy {
    addr: SocketAddr,
    shared: Arc<Shared>,
    _listening: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    board: Board,
    plan: Mutex<Plan>,
    commands: broadcast::Sender<Way>,
    /// The server's connections whose clients are gone, and that it is not told of until the
    /// stream is cut off once more: by target.
    ghosts: Mutex<BTreeMap<String, TcpStream>>,
}

impl Proxy {
    /// Starts it in front of a server.
    pub async fn start(server: SocketAddr, plan: Plan, board: Board) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("it has one");
        let shared = Arc::new(Shared {
            server,
            board,
            plan: Mutex::new(plan),
            commands: broadcast::channel(16).0,
            ghosts: Mutex::default(),
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

    /// The URL of the page.
    pub fn page(&self) -> String {
        Board::url(self.addr)
    }

    /// The whole URL of a path of the server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// Where what the page tells is kept.
    pub fn board(&self) -> &Board {
        &self.shared.board
    }

    /// Cuts all streams off that there are now, as soon as can be.
    pub fn cut_all(&self, way: Way) {
        // Nobody listens if there is no stream.
        let _ = self.shared.commands.send(way);
    }

    /// How many connections have been cut off in this way.
    pub fn cuts(&self, way: Way) -> usize {
        let plan = self.shared.plan.lock();
        let done = plan.unwrap_or_else(PoisonError::into_inner).all_done();
        done.into_iter().filter(|other| *other == way).count()
    }

    /// How many connections have been cut off.
    pub fn all_cuts(&self) -> usize {
        Way::ALL.map(|way| self.cuts(way)).iter().sum()
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
    /// Passes a request on, and its answer back.
    async fn serve(&self, client: TcpStream) -> Option<()> {
        client.set_nodelay(true).ok()?;
        let mut client = BufReader::new(client);
        let asked = Asked::read(&mut client).await?;
        let mut client = client.into_inner();
        if let Some(answer) = self.board.answer(&asked) {
            client.write_all(&answer).await.ok()?;
            return hang_up(client).await;
        }
        let mut server = TcpStream::connect(self.server).await.ok()?;
        server.write_all(&one_request(&asked)).await.ok()?;
        let mut server = BufReader::new(server);
        let head = read_head(&mut server).await?;
        let bytes: Vec<u8> = head.chars().map(|byte| byte as u8).collect();
        client.write_all(&bytes).await.ok()?;
        if is_stream(&head) {
            return self.pass(client, server, &asked.target).await;
        }
        copy(&mut server, &mut client).await.ok()?;
        hang_up(client).await
    }

    /// Passes a stream on, up to its end or its cut.
    async fn pass(
        &self,
        mut client: TcpStream,
        mut server: BufReader<TcpStream>,
        target: &str,
    ) -> Option<()> {
        let mut commands = self.commands.subscribe();
        let mut cutter = Cutter::new(self.plan().next(target));
        let mut payload = Payload::default();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let (mut ended, mut bytes) = (false, Vec::new());
            tokio::select! {
                read = server.read(&mut buffer) => {
                    let read = read.unwrap_or_default();
                    bytes = payload.feed(&buffer[..read]);
                    ended = read == 0 || payload.has_ended();
                }
                Ok(way) = commands.recv() => cutter.command(way),
                // It has no more to say, so it has hung up.
                _ = client.readable() => return None,
            }
            let (before, cut) = cutter.pass(&bytes);
            if let Some(way) = cut {
                self.plan().done(target, way);
                return self
                    .cut(way, client, server.into_inner(), target, &bytes[..before])
                    .await;
            }
            write_chunk(&mut client, &bytes, 0).await?;
            if ended {
                if payload.has_ended() {
                    client.write_all(b"0\r\n\r\n").await.ok()?;
                }
                return hang_up(client).await;
            }
        }
    }

    /// Sends the last bytes, and cuts off.
    async fn cut(
        &self,
        way: Way,
        mut client: TcpStream,
        server: TcpStream,
        target: &str,
        bytes: &[u8],
    ) -> Option<()> {
        if matches!(way, Way::Close | Way::Reset) {
            let mut ghosts = self.ghosts.lock().unwrap_or_else(PoisonError::into_inner);
            ghosts.insert(target.to_owned(), server);
        } else {
            drop(server);
        }
        match way {
            Way::Close => write_chunk(&mut client, bytes, 1).await?,
            Way::Reset => {
                write_chunk(&mut client, bytes, 1).await?;
                return client.set_zero_linger().ok();
            }
            Way::End => {
                write_chunk(&mut client, bytes, 0).await?;
                client.write_all(b"0\r\n\r\n").await.ok()?;
            }
            Way::Upstream => write_chunk(&mut client, bytes, 0).await?,
        }
        hang_up(client).await
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes bytes as a chunk, if there are any. One from which bytes are missing is a broken one.
async fn write_chunk(client: &mut TcpStream, bytes: &[u8], missing: usize) -> Option<()> {
    if bytes.is_empty() {
        return Some(());
    }
    let mut chunk = format!("{:x}\r\n", bytes.len() + missing).into_bytes();
    chunk.extend_from_slice(bytes);
    if missing == 0 {
        chunk.extend_from_slice(b"\r\n");
    }
    client.write_all(&chunk).await.ok()
}

/// Closes a connection, and waits until the other end has, too: a close with bytes unread would
/// be a reset.
async fn hang_up(mut client: TcpStream) -> Option<()> {
    client.shutdown().await.ok()?;
    client.read_to_end(&mut Vec::new()).await.ok().map(drop)
}

/// The bytes of a request, after whose answer the connection is closed.
fn one_request(asked: &Asked) -> Vec<u8> {
    let mut head = format!("{} {} HTTP/1.1\r\n", asked.method, asked.target);
    for (name, value) in &asked.headers {
        if !name.eq_ignore_ascii_case("connection") {
            let _ = write!(head, "{name}: {value}\r\n");
        }
    }
    head.push_str("Connection: close\r\n\r\n");
    let mut bytes: Vec<u8> = head.chars().map(|byte| byte as u8).collect();
    bytes.extend_from_slice(&asked.body);
    bytes
}

/// Whether the head of an answer is that of a stream in chunks.
fn is_stream(head: &str) -> bool {
    let headers = headers(head.split("\r\n").skip(1));
    let is = |name: &str, value: &str| {
        let mut headers = headers.iter();
        headers.any(|(other, it)| other.eq_ignore_ascii_case(name) && it.starts_with(value))
    };
    is("content-type", "text/event-stream") && is("transfer-encoding", "chunked")
}

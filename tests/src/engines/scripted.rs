//! A server that says what scripts say: [`Scripted`].

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use super::answer::{Step, Then};
use super::{Answer, Asked, Board, Job, Origin, Recorded, Script};

/// A server on ports of its own, each an origin. It has the page that follows all scripts, and
/// writes exactly the bytes of their answers. Dropped, it stops.
#[derive(Debug)]
pub struct Scripted {
    shared: Arc<Shared>,
    _listening: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    /// In the order of [`Origin::ALL`].
    addrs: [SocketAddr; 4],
    scripts: Vec<Script>,
    board: Board,
    downs: [mpsc::Sender<Down>; 4],
    /// The requests of each script, in the order in which they came.
    requests: Mutex<BTreeMap<&'static str, Vec<Recorded>>>,
}

impl Scripted {
    /// Starts it.
    pub async fn start(scripts: Vec<Script>) -> Self {
        let mut listeners = Vec::new();
        for _ in Origin::ALL {
            listeners.push(TcpListener::bind("127.0.0.1:0").await.expect("a free port"));
        }
        let addrs = [0, 1, 2, 3].map(|it: usize| listeners[it].local_addr().expect("it has one"));
        let (downs, down_receivers): (Vec<_>, Vec<_>) =
            Origin::ALL.map(|_| mpsc::channel(1)).into_iter().unzip();
        let shared = Arc::new(Shared {
            downs: downs.try_into().expect("as many as origins"),
            board: Board::elsewhere(&jobs(&scripts, addrs), addrs[Origin::Desk as usize]),
            addrs,
            scripts,
            requests: Mutex::default(),
        });
        let mut listening = JoinSet::new();
        let origins = listeners.into_iter().zip(down_receivers).zip(Origin::ALL);
        for ((listener, downs), origin) in origins {
            listening.spawn(listen(listener, origin, Arc::clone(&shared), downs));
        }
        Self {
            shared,
            _listening: listening,
        }
    }

    /// Where it listens as the page's own origin.
    pub fn addr(&self) -> SocketAddr {
        self.shared.addrs[Origin::Home as usize]
    }

    /// The URL of the page.
    pub fn page(&self) -> String {
        Board::url(self.addr())
    }

    /// The URL at which a page asks for a script.
    pub fn url(&self, script: &Script) -> String {
        url(self.shared.addrs, script.at, script.name)
    }

    /// Where what the page tells is kept.
    pub fn board(&self) -> &Board {
        &self.shared.board
    }

    /// The requests for a script up to now.
    pub fn requests(&self, name: &str) -> Vec<Recorded> {
        let requests = self.shared.requests.lock();
        let requests = requests.unwrap_or_else(PoisonError::into_inner);
        requests.get(name).cloned().unwrap_or_default()
    }
}

/// Follows every script, with the events that our own streams name.
fn jobs(scripts: &[Script], addrs: [SocketAddr; 4]) -> Vec<Job> {
    let job = |script: &Script| Job {
        name: script.name.to_owned(),
        url: url(addrs, script.at, script.name),
        events: vec!["sse.open".to_owned()],
    };
    scripts.iter().map(job).collect()
}

fn url(addrs: [SocketAddr; 4], origin: Origin, name: &str) -> String {
    format!("http://{}/{name}", addrs[origin as usize])
}

/// That an origin is to be down until the page has told this many things of a script.
#[derive(Debug)]
struct Down {
    script: &'static str,
    reports: usize,
    ack: oneshot::Sender<()>,
}

/// Takes connections, but for the times when it is to be down.
async fn listen(
    mut listener: TcpListener,
    origin: Origin,
    shared: Arc<Shared>,
    mut downs: mpsc::Receiver<Down>,
) {
    // Dropped with this task, and the connections with it.
    let mut connections = JoinSet::new();
    let (going_down, _) = watch::channel(());
    loop {
        let down = tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                let (shared, down) = (Arc::clone(&shared), going_down.subscribe());
                connections.spawn(async move { shared.serve(stream, origin, down).await });
                continue;
            }
            Some(down) = downs.recv() => down,
        };
        drop(listener);
        // Browsers keep connections in store: through one of those it would still be up.
        going_down.send_replace(());
        let _ = down.ack.send(());
        shared.board.until_reports(down.script, down.reports).await;
        let again = TcpListener::bind(shared.addrs[origin as usize]).await;
        listener = again.expect("the port is still free");
    }
}

impl Shared {
    /// Answers the requests of a connection, until its origin goes down.
    async fn serve(
        &self,
        stream: TcpStream,
        at: Origin,
        mut down: watch::Receiver<()>,
    ) -> Option<()> {
        stream.set_nodelay(true).ok()?;
        let mut stream = BufReader::new(stream);
        loop {
            let asked = tokio::select! {
                _ = down.changed() => return None,
                asked = Asked::read(&mut stream) => asked?,
            };
            let then = match self.board.answer(&asked) {
                Some(answer) => {
                    stream.write_all(&answer).await.ok()?;
                    Then::Close
                }
                None => self.perform(asked, at, &mut stream).await?,
            };
            match then {
                Then::Keep => {}
                Then::Reset => return stream.get_ref().set_zero_linger().ok(),
                Then::Close | Then::Refuse(_) => {
                    stream.shutdown().await.ok()?;
                    // Until the other end has closed, too: a close with bytes unread is a reset.
                    return stream.read_to_end(&mut Vec::new()).await.ok().map(drop);
                }
            }
        }
    }

    /// Does what the script says.
    async fn perform(
        &self,
        asked: Asked,
        at: Origin,
        stream: &mut (impl AsyncWrite + Unpin),
    ) -> Option<Then> {
        let (name, index, answer) = self.record(asked, at);
        if let Then::Refuse(reports) = answer.then {
            // Before its client may come again.
            self.take_down(at, name, reports).await?;
        }
        for step in &answer.steps {
            self.is_ending(name, index);
            match step {
                Step::Bytes(bytes) => stream.write_all(bytes).await.ok()?,
                Step::Location(origin) => {
                    let location = format!("Location: {}\r\n", url(self.addrs, *origin, name));
                    stream.write_all(location.as_bytes()).await.ok()?;
                }
                Step::UntilEvents(count) => self.board.until_events(name, *count).await,
            }
        }
        Some(answer.then)
    }

    /// Has an origin be down from now on.
    async fn take_down(&self, at: Origin, script: &'static str, reports: usize) -> Option<()> {
        let (ack, is_down) = oneshot::channel();
        let order = Down {
            script,
            reports,
            ack,
        };
        self.downs[at as usize].send(order).await.ok()?;
        is_down.await.ok()
    }

    /// Keeps a request; its script's name, its index, and the answer to it.
    fn record(&self, asked: Asked, at: Origin) -> (&'static str, usize, Answer) {
        let name = asked.target.trim_start_matches('/');
        let script = self.scripts.iter().find(|script| script.name == name);
        let Some(script) = script else {
            return ("", 0, Answer::status(404));
        };
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = requests.entry(script.name).or_default();
        requests.push(Recorded {
            asked,
            at,
            came: Instant::now(),
            ended: None,
        });
        let index = requests.len() - 1;
        let answer = script.answers.get(index).cloned();
        (
            script.name,
            index,
            answer.unwrap_or_else(|| Answer::status(204)),
        )
    }

    fn is_ending(&self, name: &str, index: usize) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let recorded = requests.get_mut(name).and_then(|all| all.get_mut(index));
        if let Some(recorded) = recorded {
            recorded.ended = Some(Instant::now());
        }
    }
}

//! An `EventSource` without a browser: [`Fake`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Response, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{Board, Dispatched, Machine, Next, Profile, Report};

/// How many redirects are followed (Fetch §4.4).
const REDIRECTS: usize = 20;

/// A [`Machine`] over HTTP/1.1, in a task of its own. It does what the engine of its profile does,
/// and tells a board what that engine's page would get. Dropped, it is gone.
#[derive(Debug)]
pub struct Fake {
    name: String,
    board: Board,
    shared: Arc<Shared>,
    _task: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Shared {
    requests: AtomicUsize,
    cut: Notify,
}

impl Fake {
    /// Opens a stream by its whole URL.
    pub fn open(url: &str, profile: Profile) -> Self {
        Self::reporting(url, profile, &Board::default(), url)
    }

    /// Opens a stream, and reports to this board under this name.
    pub fn reporting(url: &str, profile: Profile, board: &Board, name: &str) -> Self {
        let shared = Arc::new(Shared::default());
        let run = Run {
            machine: Machine::new(profile),
            url: url.parse().expect("a URL"),
            kept: false,
            board: board.clone(),
            name: name.to_owned(),
            shared: Arc::clone(&shared),
        };
        let mut task = JoinSet::new();
        task.spawn(run.follow());
        Self {
            name: name.to_owned(),
            board: board.clone(),
            shared,
            _task: task,
        }
    }

    /// What has happened to it up to now.
    pub fn reports(&self) -> Vec<Report> {
        self.board.reports(&self.name)
    }

    /// The events that it has got up to now.
    pub fn events(&self) -> Vec<Dispatched> {
        self.board.events(&self.name)
    }

    /// Waits until it has got this many events.
    pub async fn until_events(&self, count: usize) {
        self.board.until_events(&self.name, count).await;
    }

    /// Waits until it is closed for good; all events that it has got.
    pub async fn until_closed(&self) -> Vec<Dispatched> {
        self.board.until_closed(&self.name).await;
        self.events()
    }

    /// How many requests it has made, those of redirects and those that a page never learns of
    /// included.
    pub fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// Breaks its connection off, wherever it is; without one, nothing happens. It connects again.
    pub fn cut(&self) {
        self.shared.cut.notify_waiters();
    }
}

/// Why there is no answer.
enum Lost {
    Refused,
    Unanswered,
}

/// What a fake's task has.
struct Run {
    machine: Machine,
    url: Uri,
    /// Whether the last connection could have taken another request.
    kept: bool,
    board: Board,
    name: String,
    shared: Arc<Shared>,
}

impl Run {
    async fn follow(mut self) {
        loop {
            let next = match self.ask().await {
                Ok(answer) => self.read(answer).await,
                Err(lost) => {
                    let told = match lost {
                        Lost::Refused => self.machine.on_refused(),
                        Lost::Unanswered => self.machine.on_unanswered(self.kept),
                    };
                    self.kept = false;
                    self.tell(told)
                }
            };
            match next {
                Next::Request(delay) => sleep(delay).await,
                Next::Read | Next::Stop => return,
            }
        }
    }

    fn tell(&self, (reports, next): (Vec<Report>, Next)) -> Next {
        for report in reports {
            self.board.push(&self.name, report);
        }
        next
    }

    /// Asks for the stream, and follows redirects.
    async fn ask(&mut self) -> Result<Response<Incoming>, Lost> {
        let mut url = self.url.clone();
        let mut answer = self.request(&url).await?;
        let mut statuses = Vec::new();
        while let Some(location) = location(&answer).filter(|_| statuses.len() < REDIRECTS) {
            statuses.push(answer.status().as_u16());
            let mut parts = url.into_parts();
            parts.authority = location.authority().cloned().or(parts.authority);
            parts.path_and_query = location.path_and_query().cloned();
            url = Uri::from_parts(parts).expect("a redirect leads to a URL");
            answer = self.request(&url).await?;
        }
        if self.machine.keeps_redirects(&statuses) {
            self.url = url;
        }
        Ok(answer)
    }

    /// Makes one request, over a connection of its own.
    async fn request(&self, url: &Uri) -> Result<Response<Incoming>, Lost> {
        self.shared.requests.fetch_add(1, Ordering::Relaxed);
        let authority = url.authority().expect("a URL with a host").as_str();
        let stream = TcpStream::connect(authority).await;
        let stream = TokioIo::new(stream.map_err(|_| Lost::Refused)?);
        let unanswered = |_| Lost::Unanswered;
        let (mut sender, connection) = http1::handshake(stream).await.map_err(unanswered)?;
        let path = url.path_and_query().map_or("/", |path| path.as_str());
        let mut request = http::Request::get(path)
            .header("Host", authority)
            .header("Accept", "text/event-stream")
            .header("Cache-Control", "no-cache")
            .header("Sec-Fetch-Site", "same-origin")
            .header("Sec-Fetch-Mode", "cors")
            .header("Sec-Fetch-Dest", "empty");
        if let Some(id) = self.machine.last_event_id() {
            request = request.header("Last-Event-ID", id);
        }
        let request = request.body(Empty::<Bytes>::new()).expect("a good request");
        // It ends by itself when the answer is dropped.
        tokio::spawn(connection);
        tokio::select! {
            answer = sender.send_request(request) => answer.map_err(unanswered),
            () = self.shared.cut.notified() => Err(Lost::Unanswered),
        }
    }

    /// Reads an answer to its end.
    async fn read(&mut self, answer: Response<Incoming>) -> Next {
        let header = |name| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let content_type = header("content-type").unwrap_or_default();
        let closes = header("connection").is_some_and(|it| it.eq_ignore_ascii_case("close"));
        let next = self.machine.on_head(answer.status().as_u16(), content_type);
        let mut next = self.tell(next);
        let mut body = answer.into_body();
        while next == Next::Read {
            let frame = tokio::select! {
                frame = body.frame() => frame,
                () = self.shared.cut.notified() => break,
            };
            match frame {
                Some(Ok(frame)) => {
                    let bytes = frame.into_data().unwrap_or_default();
                    let told = self.machine.on_bytes(&bytes);
                    next = self.tell((told, next));
                }
                Some(Err(_)) => break,
                None => {
                    self.kept = !closes;
                    let told = self.machine.on_end();
                    return self.tell(told);
                }
            }
        }
        self.kept = false;
        if next == Next::Read {
            let told = self.machine.on_break();
            next = self.tell(told);
        }
        next
    }
}

/// Where an answer leads, if it is a redirect.
fn location<B>(answer: &Response<B>) -> Option<Uri> {
    let redirects = matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = answer.headers().get("location").filter(|_| redirects)?;
    location.to_str().ok()?.parse().ok()
}

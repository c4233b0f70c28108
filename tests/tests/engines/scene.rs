//! Answers of the chat's and readers of a feed, which somebody follows through a proxy: [`Scene`].

use std::future::pending;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use sse_gate_tests::engines::{Board, Dispatched, Job, Plan, Proxy, Random, Report};
use sse_gate_tests::{Event, Server, Setup, Ticket, User, eventually};
use tokio::time::sleep;

/// Its answer quotes three long passages: about 100 events.
const QUESTION: &str = "Which tests show that no event of a session's log is lost or doubled when \
    a connection breaks and its client resumes the stream?";

const TOPIC: &str = "news";

/// What comes of both kinds of stream, and what must not come.
const EVENTS: [&str; 9] = [
    "agent_status",
    "retrieval_log",
    "message_chunk",
    "done",
    "sse.open",
    "sse.wait",
    "sse.gap",
    "sse.close",
    "sse.error",
];

/// How much there is of what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// How many answers are followed.
    pub(crate) chats: usize,
    /// How many readers the feed has.
    pub(crate) feeds: usize,
    /// After how many disconnects of each of its readers the feed ends; the server drops no stream
    /// that has had as many.
    pub(crate) breaks: usize,
    /// The time from one event to the next, in milliseconds.
    pub(crate) pace: u64,
}

/// The streams of one user, with a proxy between the server and who follows them.
#[derive(Debug)]
pub(crate) struct Scene<'s> {
    pub(crate) proxy: Proxy,
    server: &'s Server,
    user: User<'s>,
    chats: Vec<Stream>,
    feeds: Vec<Stream>,
    size: Size,
}

/// A stream, and what it is called on the board.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) name: String,
    pub(crate) ticket: Ticket,
}

/// The name and data of an event.
pub(crate) type Said = (String, String);

/// What the server has said.
#[derive(Debug, Default)]
pub(crate) struct Original {
    /// The answer, over one connection that nobody disturbs.
    pub(crate) answer: Vec<Said>,
    /// What was published.
    pub(crate) feed: Vec<Said>,
}

/// Starts this server, for a scene of this size.
pub(crate) fn server(program: &'static str, size: Size) -> Server {
    let each = 2 * (size.chats + size.feeds);
    let setup = Setup::new(program, "memory").arg("pace", size.pace);
    let setup = setup.arg("retry", 20).arg("tokens-per-subject", each);
    setup.arg("streams-per-subject", each).start()
}

impl<'s> Scene<'s> {
    /// Asks for tokens, which nobody shows yet.
    pub(crate) async fn set(server: &'s Server, size: Size, plan: Plan) -> Self {
        let user = server.user("alice");
        let (mut chats, mut feeds) = (Vec::new(), Vec::new());
        for number in 0..size.chats {
            let ticket = user.ask_chat(QUESTION).await;
            chats.push(Stream::new("chat", number, ticket));
        }
        for number in 0..size.feeds {
            feeds.push(Stream::new("feed", number, user.join(TOPIC).await));
        }
        let jobs: Vec<_> = chats.iter().chain(&feeds).map(Stream::job).collect();
        let board = Board::new(&jobs, jobs.len());
        Self {
            proxy: Proxy::start(server.addr(), plan, board).await,
            server,
            user,
            chats,
            feeds,
            size,
        }
    }

    pub(crate) fn chats(&self) -> &[Stream] {
        &self.chats
    }

    pub(crate) fn feeds(&self) -> &[Stream] {
        &self.feeds
    }

    pub(crate) fn streams(&self) -> impl Iterator<Item = &Stream> {
        self.chats.iter().chain(&self.feeds)
    }

    /// Plays it to its end: the answers are complete and their streams closed for good, and all
    /// readers of the feed have had everything. Meanwhile the server drops connections, too.
    pub(crate) async fn play(&self) -> Original {
        let board = self.board();
        let closed = self.chats.iter().map(|it| board.until_closed(&it.name));
        let all = async { tokio::join!(self.undisturbed(), self.publish(), join_all(closed)) };
        let drops = self.streams().zip(0..);
        let drops = drops.map(|(stream, seed)| self.drop_some(stream, seed));
        let dropping = async {
            join_all(drops).await;
            pending::<()>().await;
        };
        tokio::select! {
            (answer, feed, _) = all => Original { answer, feed },
            () = dropping => unreachable!("it goes on"),
        }
    }

    /// The events that somebody has got of a stream, but for what opens its connections and says that
    /// it is complete: who is cut off before that is told by 204.
    pub(crate) fn heard(&self, stream: &Stream) -> Vec<Dispatched> {
        let mut events = self.board().events(&stream.name);
        events.retain(|event| {
            let is_complete = event.name == "sse.close" && event.data == Event::COMPLETE;
            event.name != "sse.open" && !is_complete
        });
        events
    }

    /// How often all streams' connections broke that should have gone on: all but those that came
    /// to the end of an answer.
    pub(crate) fn forced_breaks(&self) -> usize {
        let breaks: usize = self.streams().map(|it| self.breaks(it)).sum();
        breaks - self.chats.len()
    }

    pub(crate) fn board(&self) -> &Board {
        self.proxy.board()
    }

    /// How often a stream's `EventSource` has lost its connection, as it says itself.
    fn breaks(&self, stream: &Stream) -> usize {
        let reports = self.board().reports(&stream.name);
        let again = reports.iter().filter(|it| **it == Report::RECONNECTING);
        again.count()
    }

    /// The answer as a plain client gets it that nobody cuts off.
    async fn undisturbed(&self) -> Vec<Said> {
        let ticket = self.user.ask_chat(QUESTION).await;
        let mut stream = self.server.open(&ticket.request()).await;
        let said = stream
            .complete()
            .await
            .into_iter()
            .map(|it| (it.event.unwrap_or_default(), it.data));
        said.filter(|(name, _)| name != "sse.open").collect()
    }

    /// Publishes until the readers have been cut off often enough, and have had everything.
    async fn publish(&self) -> Vec<Said> {
        let opened = self
            .feeds
            .iter()
            .map(|it| self.board().until_events(&it.name, 1));
        join_all(opened).await;
        let mut published: Vec<Said> = Vec::new();
        while (self.feeds.iter()).any(|it| self.breaks(it) < self.size.breaks) {
            let n = published.len() + 1;
            let event = json!({ "n": n, "text": "x".repeat(n * 7 % 90) });
            assert_eq!(self.user.publish(TOPIC, &event).await, n as u64);
            published.push(("message".to_owned(), event.to_string()));
            sleep(Duration::from_millis(self.size.pace)).await;
            for stream in &self.feeds {
                let reports = self.board().reports(&stream.name);
                assert!(!reports.contains(&Report::CLOSED), "{}", stream.name);
            }
        }
        let last = published.last().map(|(_, data)| data);
        for stream in &self.feeds {
            eventually("a reader has the last event", async || {
                self.heard(stream).last().map(|it| &it.data) == last
            })
            .await;
        }
        published
    }

    /// Has the server drop the connection of a stream, a few events after it last did.
    async fn drop_some(&self, stream: &Stream, seed: u64) {
        let mut random = Random::new(seed);
        while self.breaks(stream) < self.size.breaks {
            let events = self.board().events(&stream.name).len() + 1 + random.below(6);
            self.board().until_events(&stream.name, events).await;
            let response = self.user.drop_connection(&stream.ticket.token).await;
            // There may be none right now.
            assert!(matches!(response.status, 204 | 404), "{response:?}");
        }
    }
}

impl Stream {
    fn new(kind: &str, number: usize, ticket: Ticket) -> Self {
        let name = format!("{kind}-{number}");
        Self { name, ticket }
    }

    fn job(&self) -> Job {
        Job {
            name: self.name.clone(),
            url: self.ticket.target.clone(),
            events: EVENTS.map(str::to_owned).into(),
        }
    }
}

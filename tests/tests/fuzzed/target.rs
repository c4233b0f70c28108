//! A server that is asked, and what must be true of it: [`Target`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_tests::{Request, Server, Setup, in_time};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::choice::Choice;
use crate::purse::Purse;
use crate::seed;

/// The longest that a server may take to be done with a client that says nothing more: several
/// times all of its own limits.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long a stream is followed.
const STREAM: Duration = Duration::from_millis(300);

/// How many connections there are at a time.
const AT_ONCE: usize = 24;

/// What was done over one connection.
pub(crate) struct Exchanged {
    /// What was sent.
    pub(crate) bytes: Vec<u8>,
    /// How many requests that were, before they were bent.
    pub(crate) requests: u64,
    /// What was wrong.
    pub(crate) result: Result<(), String>,
}

/// Where the server is, and what it has given out.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) addr: SocketAddr,
    pub(crate) purse: Arc<Purse>,
}

impl Place {
    /// Sends bytes over a connection of their own, and reads all that comes, to its end.
    pub(crate) async fn send(&self, bytes: &[u8], hangs_up: bool) -> Result<Vec<u8>, String> {
        let mut stream = in_time("connect", TcpStream::connect(self.addr)).await;
        let stream = stream.as_mut().map_err(|error| error.to_string())?;
        // A server that has read enough may have hung up.
        let _ = timeout(PATIENCE, stream.write_all(bytes)).await;
        if hangs_up {
            let _ = stream.shutdown().await;
        }
        let (mut answer, mut patience) = (Vec::new(), PATIENCE);
        loop {
            let read = timeout(patience, stream.read_buf(&mut answer)).await;
            match read {
                Ok(Ok(1..)) if is_stream(&answer) => patience = STREAM,
                Ok(Ok(1..)) => {}
                Ok(_) => return Ok(answer),
                Err(_) if is_stream(&answer) => return Ok(answer),
                Err(_) => return Err(format!("the server hangs, after {}", answer.escape_ascii())),
            }
        }
    }
}

/// Whether there is a stream in it. It may go on after its client has said its last word: a broken
/// body keeps a server from reading on.
fn is_stream(answer: &[u8]) -> bool {
    let head = b"content-type: text/event-stream\r\n";
    answer.windows(head.len()).any(|window| window == head)
}

pub(crate) struct Target {
    server: Server,
    place: Place,
}

impl Target {
    /// Starts a server that writes down all that may hold a secret, and has short limits.
    pub(crate) async fn start(program: &'static str) -> Self {
        let server = Setup::new(program, "memory")
            .log("trace,hyper=debug,hyper_util=debug,h2=info,tokio=info,mio=info")
            .arg("silence-timeout", 900)
            .arg("body-timeout", 500)
            .arg("streams-per-subject", 64)
            .start();
        let place = Place {
            addr: server.addr(),
            purse: Arc::new(Purse::fill(&server).await),
        };
        Self { server, place }
    }

    /// Has this many requests made. Each exchange is chosen by the seed and its own number.
    pub(crate) async fn ask<E, F>(&mut self, requests: u64, exchange: E)
    where
        E: Fn(Choice, Place) -> F,
        F: Future<Output = Exchanged> + Send + 'static,
    {
        let (mut under_way, mut number, mut asked) = (JoinSet::new(), 0, 0);
        while asked < requests {
            while under_way.len() < AT_ONCE {
                let exchanged = exchange(Choice::new(seed(), number), self.place.clone());
                under_way.spawn(async move { (number, exchanged.await) });
                number += 1;
            }
            let done = under_way.join_next().await.expect("some are under way");
            let (number, exchanged) = done.expect("no exchange panics");
            asked += self.check(number, exchanged);
        }
        for (number, exchanged) in under_way.join_all().await {
            self.check(number, exchanged);
        }
        let healthy = self.server.send(&Request::get("/healthz")).await;
        assert_eq!(healthy.status, 200, "{healthy:?}");
    }

    /// How many requests there were in an exchange, in which all went well.
    fn check(&self, number: u64, exchanged: Exchanged) -> u64 {
        if let Err(wrong) = exchanged.result {
            panic!(
                "seed {:#x}, exchange {number}: {wrong}\nit was asked\n{}\nand has logged\n{:.2000}",
                seed(),
                exchanged.bytes.escape_ascii(),
                self.panics(),
            );
        }
        exchanged.requests
    }

    /// The lines of the log about panics.
    fn panics(&self) -> String {
        let log = self.server.log().text();
        let lines = log.lines().skip_while(|line| !line.contains("panicked"));
        lines.take(3).collect::<Vec<_>>().join("\n")
    }

    /// It serves a stream, ends in good order, and has written down neither a panic nor a secret.
    pub(crate) async fn shows_no_harm(mut self) {
        let user = self.server.user("somebody else");
        let ticket = user.join("afterwards").await;
        let mut stream = self.server.open(&ticket.request()).await;
        stream.next().await.expect("sse.open");
        drop(stream);
        self.server.terminate();
        let status = self.server.ended(Duration::from_secs(10)).await;
        assert!(status.is_some_and(|it| it.success()), "{status:?}");
        let panics = self.panics();
        assert!(panics.is_empty(), "seed {:#x}: {panics}", seed());
        let log = self.server.log().bytes();
        assert!(log.len() > 100_000, "it has logged too little");
        let leak = self.place.purse.secrets.leak(&log);
        assert!(
            leak.is_none(),
            "seed {:#x}: {}",
            seed(),
            leak.unwrap_or_default()
        );
    }
}

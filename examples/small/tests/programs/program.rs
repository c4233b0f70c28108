//! A program that runs: [`Program`].

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::exchange::Exchange;

/// The longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a future gives, unless it takes too long.
pub(crate) async fn in_time<F: Future>(what: &str, future: F) -> F::Output {
    let output = timeout(PATIENCE, future).await;
    output.unwrap_or_else(|_| panic!("waited too long: {what}"))
}

/// A program that listens. It is killed when this is dropped.
pub(crate) struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) addr: String,
    pub(crate) jwt: String,
}

impl Program {
    /// Starts the program at this path on a free port, and waits until it has printed its address and
    /// a JWT.
    pub(crate) async fn start(path: &str) -> Self {
        let mut program = Self::launch(path, &[]).await;
        program.jwt = value(&mut program.lines, "JWT=").await;
        program
    }

    /// The same for a program that prints no JWT, with these settings in its environment.
    pub(crate) async fn launch(path: &str, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(path);
        command.env("PORT", "0").envs(settings.iter().copied());
        command.stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let addr = value(&mut lines, "listening on http://").await;
        Self {
            child,
            lines,
            addr,
            jwt: String::new(),
        }
    }

    /// Sends a request with these further headers, each with its line end.
    pub(crate) async fn send(&self, method: &str, target: &str, headers: &str) -> Exchange {
        Exchange::begin(&self.addr, method, target, headers, "").await
    }

    /// Opens a stream as an `EventSource` does.
    pub(crate) async fn open(&self, target: &str, last_id: Option<&str>) -> Exchange {
        let last_id = last_id.map_or_else(String::new, |id| format!("Last-Event-ID: {id}\r\n"));
        let headers = format!("Accept: text/event-stream\r\n{last_id}");
        self.send("GET", target, &headers).await
    }

    /// A token that the program gives for its JWT.
    pub(crate) async fn token(&self, target: &str, json: &str) -> String {
        let headers = format!(
            "Authorization: Bearer {}\r\nContent-Type: application/json\r\n",
            self.jwt
        );
        let exchange = Exchange::begin(&self.addr, "POST", target, &headers, json).await;
        let answer = exchange.whole().await;
        let (_, rest) = answer.split_once(r#""sse_token":""#).expect(&answer);
        rest.split('"').next().unwrap().to_owned()
    }

    /// Sends it the signal of this name, as a terminal or a deployment does.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().unwrap().to_string();
        let status = Command::new("kill").args(["-s", name, &id]).status().await;
        assert!(status.unwrap().success());
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(mut self) -> ExitStatus {
        while let Some(_line) = in_time("its last line", self.lines.next_line())
            .await
            .unwrap()
        {}
        in_time("its end", self.child.wait()).await.unwrap()
    }
}

/// What stands behind `name` in the first line that begins so.
async fn value(lines: &mut Lines<BufReader<ChildStdout>>, name: &str) -> String {
    loop {
        let line = in_time(name, lines.next_line()).await.unwrap();
        let line = line.unwrap_or_else(|| panic!("it ended before it printed {name}"));
        if let Some(value) = line.strip_prefix(name) {
            return value.to_owned();
        }
    }
}

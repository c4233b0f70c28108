//! A proxy in front of servers, as a failover moves an address from one to another: [`Proxy`].

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Takes connections to one address, and leads them to the present server. It ends with the test.
pub(crate) struct Proxy {
    port: u16,
    way: Arc<Way>,
    task: JoinHandle<()>,
}

/// Where connections lead, and whether answers come back.
struct Way {
    target: watch::Sender<u16>,
    swallows: AtomicBool,
}

impl Proxy {
    pub(crate) async fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let way = Arc::new(Way {
            target: watch::Sender::new(target),
            swallows: AtomicBool::new(false),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&way)));
        Self { port, way, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Leads to another server, and cuts the connections to the one before.
    pub(crate) fn point_at(&self, target: u16) {
        self.way.target.send_replace(target);
    }

    /// Leads new connections to another server, and leaves those to the one before.
    pub(crate) fn lead_newcomers_to(&self, target: u16) {
        self.way.target.send_if_modified(|led_to| {
            *led_to = target;
            false
        });
    }

    /// Passes requests on, and no answers.
    pub(crate) fn swallow_answers(&self, swallows: bool) {
        self.way.swallows.store(swallows, Ordering::Relaxed);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, way: Arc<Way>) {
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(lead(client, Arc::clone(&way)));
    }
}

async fn lead(mut client: TcpStream, way: Arc<Way>) -> io::Result<()> {
    let mut target = way.target.subscribe();
    let port = *target.borrow_and_update();
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    let (mut requests, client) = client.split();
    let (answers, mut server) = server.split();
    tokio::select! {
        copied = copy(&mut requests, &mut server) => copied.map(drop),
        copied = answer(answers, client, &way) => copied,
        // The connections end when they are dropped.
        _ = target.changed() => Ok(()),
    }
}

async fn answer(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, way: &Way) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let length = from.read(&mut buffer).await?;
        if length == 0 {
            return Ok(());
        }
        if !way.swallows.load(Ordering::Relaxed) {
            to.write_all(&buffer[..length]).await?;
        }
    }
}

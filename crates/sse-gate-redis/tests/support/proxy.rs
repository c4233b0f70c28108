//! A way to the server that a test can cut: [`Proxy`].

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// Listens on a port of its own, and passes on what it gets. All of it ends with the proxy.
#[derive(Debug)]
pub(crate) struct Proxy {
    port: u16,
    /// How often it was cut and mended. It is cut while the number is odd.
    turns: watch::Sender<u64>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// A way to the server that listens at this port.
    pub(crate) async fn new(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("there is a free port");
        let address = listener.local_addr().expect("it listens");
        let (turns, turn) = watch::channel(0);
        Self {
            port: address.port(),
            turns,
            task: tokio::spawn(serve(listener, server, turn)),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Closes all connections. From now on, new ones are closed at once.
    pub(crate) fn cut(&self) {
        self.turns
            .send_modify(|turns| *turns += turns.wrapping_add(1) % 2);
    }

    /// Lets new connections through again.
    pub(crate) fn mend(&self) {
        self.turns.send_modify(|turns| *turns += *turns % 2);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves connections, which end with this task.
async fn serve(listener: TcpListener, server: u16, turn: watch::Receiver<u64>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let now = *turn.borrow();
        if now.is_multiple_of(2) {
            let mut turn = turn.clone();
            connections.spawn(async move {
                tokio::select! {
                    () = pass_on(client, server) => {}
                    _ = turn.wait_for(|turn| *turn != now) => {}
                }
            });
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn pass_on(mut client: TcpStream, server: u16) {
    if let Ok(mut server) = TcpStream::connect(("127.0.0.1", server)).await {
        let _ = copy_bidirectional(&mut client, &mut server).await;
    }
}

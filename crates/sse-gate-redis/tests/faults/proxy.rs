//! A proxy in front of servers, as a failover moves an address from one to another: [`Proxy`].

use std::io;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Takes connections to one address, and leads them to the present server. It ends with the test.
pub(crate) struct Proxy {
    port: u16,
    target: Arc<watch::Sender<u16>>,
    task: JoinHandle<()>,
}

impl Proxy {
    pub(crate) async fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let target = Arc::new(watch::Sender::new(target));
        let task = tokio::spawn(accept(listener, Arc::clone(&target)));
        Self { port, target, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Leads to another server, and cuts the connections to the one before.
    pub(crate) fn point_at(&self, target: u16) {
        self.target.send_replace(target);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, target: Arc<watch::Sender<u16>>) {
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(lead(client, target.subscribe()));
    }
}

async fn lead(mut client: TcpStream, mut target: watch::Receiver<u16>) -> io::Result<()> {
    let port = *target.borrow_and_update();
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    tokio::select! {
        copied = copy_bidirectional(&mut client, &mut server) => copied.map(drop),
        // The connections end when they are dropped.
        _ = target.changed() => Ok(()),
    }
}

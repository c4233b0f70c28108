//! A proxy that breaks connections, for programs: [`cutting_proxy`].

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, copy};
use tokio::net::{TcpListener, TcpStream};

/// How many bytes of the server's go through a connection that will break.
const LIMIT: u64 = 2500;

/// Starts a proxy in front of a server; its address. Its first connections break, so many.
pub(crate) async fn cutting_proxy(server: SocketAddr, mut cuts: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let limit = if cuts > 0 { LIMIT } else { u64::MAX };
            cuts = cuts.saturating_sub(1);
            tokio::spawn(forward(client, server, limit));
        }
    });
    addr
}

async fn forward(mut client: TcpStream, server: SocketAddr, limit: u64) {
    let Ok(mut server) = TcpStream::connect(server).await else {
        return;
    };
    let (mut from_client, mut to_client) = client.split();
    let (from_server, mut to_server) = server.split();
    let mut from_server = from_server.take(limit);
    // Whichever ends first breaks both.
    tokio::select! {
        _ = copy(&mut from_client, &mut to_server) => {}
        _ = copy(&mut from_server, &mut to_client) => {}
    }
}

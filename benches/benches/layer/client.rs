//! The load: many connections, each with its requests one after the other.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

pub(crate) const CONNECTIONS: usize = 64;
/// All requests of one turn.
pub(crate) const REQUESTS: usize = CONNECTIONS * 200;

/// Sends all requests and waits for the end of each response.
pub(crate) fn ask(addr: SocketAddr, requests: Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build();
    runtime.expect("a runtime").block_on(async move {
        let mut connections = JoinSet::new();
        for requests in requests.chunks(REQUESTS / CONNECTIONS) {
            connections.spawn(converse(addr, requests.to_vec()));
        }
        while let Some(ended) = connections.join_next().await {
            ended.expect("no connection panics");
        }
    });
}

async fn converse(addr: SocketAddr, requests: Vec<String>) {
    let mut stream = TcpStream::connect(addr).await.expect("the server listens");
    stream.set_nodelay(true).expect("a TCP socket");
    let mut response = Vec::with_capacity(4096);
    for request in requests {
        stream
            .write_all(request.as_bytes())
            .await
            .expect("the server reads");
        response.clear();
        while !response.ends_with(b"\r\n0\r\n\r\n") {
            let read = stream
                .read_buf(&mut response)
                .await
                .expect("the server answers");
            let answer = String::from_utf8_lossy(&response);
            assert!(read > 0, "the server hung up on {request} with {answer}");
        }
        assert!(
            response.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&response)
        );
    }
}

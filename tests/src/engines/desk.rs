//! What keeps in touch with a page while the page's own server is down: [`Desk`].

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{Asked, Board, Job, PATIENCE};
use crate::in_time_of;

/// Takes the reports of a page on a port of its own. Dropped, it stops.
///
/// It gives a browser the page at the address of another server, too. So the page follows streams of its
/// own origin, and that server may be killed and started again without harm to the page.
#[derive(Debug)]
pub struct Desk {
    board: Board,
    _listening: JoinSet<()>,
}

impl Desk {
    /// Starts it, for a page that follows these streams.
    pub async fn start(jobs: &[Job]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let board = Board::elsewhere(jobs, listener.local_addr().expect("it has one"));
        let mut listening = JoinSet::new();
        listening.spawn(listen(listener, board.clone()));
        Self {
            board,
            _listening: listening,
        }
    }

    /// Where what the page tells is kept.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// Waits at this address, which must be free, for a browser that asks for the page. Then leaves the
    /// address, starts the server that belongs there, and gives the browser the page.
    ///
    /// The server is up before the page's first request to it.
    pub async fn show_page<S>(&self, addr: SocketAddr, start: impl FnOnce() -> S) -> S {
        let listener = TcpListener::bind(addr).await.expect("a free address");
        let visit = visit(&listener, &self.board);
        let (stream, page) = in_time_of(PATIENCE, "a browser asks for the page", visit).await;
        drop(listener);
        let server = start();
        let sent = answer(stream, &page).await;
        sent.expect("the browser takes the page");
        server
    }
}

/// Takes connections until one of them asks for the page; that connection, and the answer to it. A
/// browser may open others in advance, and say nothing on them.
async fn visit(listener: &TcpListener, board: &Board) -> (TcpStream, Vec<u8>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                connections.spawn(asked(stream, board.clone()));
            }
            Some(Ok(Some(visit))) = connections.join_next() => return visit,
        }
    }
}

async fn listen(listener: TcpListener, board: Board) {
    // Dropped with this task, and the connections with it.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let asked = asked(stream, board.clone());
        connections.spawn(async move {
            let (stream, bytes) = asked.await?;
            answer(stream, &bytes).await
        });
    }
}

/// Reads a request; the answer to it, if the board has one.
async fn asked(stream: TcpStream, board: Board) -> Option<(TcpStream, Vec<u8>)> {
    let mut stream = BufReader::new(stream);
    let asked = Asked::read(&mut stream).await?;
    Some((stream.into_inner(), board.answer(&asked)?))
}

/// Sends an answer, and waits until the other end has closed, too.
async fn answer(mut stream: TcpStream, bytes: &[u8]) -> Option<()> {
    stream.write_all(bytes).await.ok()?;
    stream.shutdown().await.ok()?;
    // A browser that is killed resets the connection.
    let _ = stream.read_to_end(&mut Vec::new()).await;
    Some(())
}

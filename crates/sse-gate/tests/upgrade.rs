//! Offers to upgrade, over a socket: what becomes of the connection behind the gate.
#![cfg(feature = "axum")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;

use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use http::StatusCode;
use support::World;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// A13, G7: a connection that a handler takes over has no deadline and no slot, and no revocation ends it.
/// So a handler behind the gate gets none, whatever it answers. One in front of it may.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_handler_behind_the_gate_takes_the_connection_over() {
    let world = World::new();
    let (told, mut takes_over) = mpsc::unbounded_channel();
    let handler = get(move |request: Request| async move {
        tokio::spawn(async move { told.send(hyper::upgrade::on(request).await.is_ok()) });
        StatusCode::SWITCHING_PROTOCOLS
    });
    let app: Router = Router::new()
        .route("/free", handler.clone())
        .route(world.route.pattern(), handler.layer(world.layer()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    for (uri, is_free) in [("/free", true), (&*uri, false)] {
        let request = format!(
            "GET {uri} HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\
             Connection: upgrade\r\nUpgrade: chat\r\n\r\n"
        );
        let status = tokio::task::spawn_blocking(move || {
            let mut client = TcpStream::connect(addr).unwrap();
            client.write_all(request.as_bytes()).unwrap();
            let mut status = [0; 12];
            client.read_exact(&mut status).unwrap();
            String::from_utf8(status.to_vec()).unwrap()
        });
        assert_eq!(status.await.unwrap(), "HTTP/1.1 101", "{uri}");
        assert_eq!(takes_over.recv().await, Some(is_free), "{uri}");
    }
    server.abort();
}

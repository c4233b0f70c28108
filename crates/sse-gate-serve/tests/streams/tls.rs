//! Streams over TLS are parked, too.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig, crypto::ring};

use crate::stage::{Scene, until};

/// The configuration of a server, and of a client that trusts it.
fn configs() -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let provider = Arc::new(ring::default_provider());
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![own.cert.der().clone()],
            PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into()),
        )
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(own.cert.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Arc::new(server), Arc::new(client))
}

/// A client that has asked for a stream.
async fn ask(socket: TcpStream, config: Arc<ClientConfig>) -> TlsStream<TcpStream> {
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(config);
    let mut client = connector.connect(name, socket).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
    client.write_all(request).await.unwrap();
    client
}

#[tokio::test]
async fn a_stream_over_tls_is_parked_and_goes_on() {
    let (server, client) = configs();
    let mut scene = Scene::with(true, |serve| serve.with_tls(server)).await;
    let socket = TcpStream::connect(scene.address).await.unwrap();
    let mut client = ask(socket, client).await;
    let feed = scene.feed().await;
    feed.send("one");
    scene.until_parked(1).await;
    feed.send("two");
    drop(feed);
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    let expected = "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n";
    assert!(answer.ends_with(expected), "{answer}");
}

/// G2: the buffer of TLS takes bytes that the client does not, and that is not taken for the client's taking.
#[tokio::test]
async fn a_client_that_takes_nothing_is_hung_up_on() {
    let silence = Duration::from_millis(600);
    for parks in [true, false] {
        let (server, client) = configs();
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(4_096).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let change = |serve: sse_gate_serve::Serve<_>| serve.with_tls(server).with_silence(silence);
        let listener = socket.listen(8).unwrap();
        let mut scene = Scene::on(listener, |app| app, "text/event-stream", parks, change);
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(2_048).unwrap();
        let socket = socket.connect(scene.address).await.unwrap();
        let _client = ask(socket, client).await;
        let feed = scene.feed().await;
        // More than the kernels take, and less than the buffer of TLS.
        feed.send(&"x".repeat(32 * 1024));
        let beats = tokio::spawn(async move {
            while feed
                .steps
                .send(crate::stage::Step::Data("beat".into()))
                .is_ok()
            {
                tokio::time::sleep(silence / 12).await;
            }
        });
        until(|| scene.stats.connections() == 0).await;
        beats.await.unwrap();
    }
}

/// A client that says nothing in its handshake does not keep the server from its end.
#[tokio::test]
async fn a_handshake_ends_with_the_server() {
    let (server, _) = configs();
    let grace = Duration::from_secs(1_000);
    let change = |serve: sse_gate_serve::Serve<_>| serve.with_tls(server).with_grace(grace);
    let mut scene = Scene::with(true, |serve| change(serve).with_silence(grace)).await;
    let _client = TcpStream::connect(scene.address).await.unwrap();
    until(|| scene.stats.connections() == 1).await;
    scene.stop();
    scene.until_stopped().await;
}

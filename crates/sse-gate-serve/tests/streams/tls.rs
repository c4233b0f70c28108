//! Streams over TLS are parked, too.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig, crypto::ring};

use crate::stage::Scene;

#[tokio::test]
async fn a_stream_over_tls_is_parked_and_goes_on() {
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
    let change = |serve: sse_gate_serve::Serve<_>| serve.with_tls(Arc::new(server));
    let mut scene = Scene::with(true, change).await;

    let mut roots = RootCertStore::empty();
    roots.add(own.cert.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let socket = TcpStream::connect(scene.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(Arc::new(client));
    let mut client = connector.connect(name, socket).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
    client.write_all(request).await.unwrap();
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

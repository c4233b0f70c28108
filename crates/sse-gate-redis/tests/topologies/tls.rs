//! A server behind TLS. D11

use std::path::Path;
use std::process::Command;
use std::{fs, str};

use sse_gate_redis::{Redis, ServerErrorKind};
use sse_gate_redis_server::RedisServer;
use tempfile::TempDir;

use crate::stage::{Node, options, walk};

/// D11: a server behind TLS serves nodes that trust its certificate, and no others.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_behind_tls_serves_those_who_trust_it() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = TempDir::new().expect("a folder can be made");
    certify(folder.path());
    let path = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    let port = sse_gate_redis_server::free_port().to_string();
    let _server = RedisServer::start_with(&[
        "--save",
        "",
        "--tls-port",
        &port,
        "--tls-auth-clients",
        "no",
        "--tls-cert-file",
        &path("server.pem"),
        "--tls-key-file",
        &path("server.key"),
        "--tls-ca-cert-file",
        &path("server.pem"),
    ]);
    let url = format!("rediss://localhost:{port}");
    let trusted = fs::read(path("server.pem")).expect("a certificate");
    let node = async || Redis::connect(&url, options().with_certificates(trusted.clone())).await;
    walk(&Node::new(node().await), &Node::new(node().await)).await;

    let untrusted = Redis::connect(&url, options()).await;
    assert_eq!(untrusted.unwrap_err().kind(), ServerErrorKind::Unreachable);
}

/// Makes a certificate that signs itself, for `localhost`.
fn certify(folder: &Path) {
    let made = Command::new("openssl")
        .current_dir(folder)
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
        ])
        .args([
            "-keyout",
            "server.key",
            "-out",
            "server.pem",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
        ])
        .args(["-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .output()
        .expect("openssl is installed");
    assert!(
        made.status.success(),
        "{}",
        str::from_utf8(&made.stderr).unwrap_or_default()
    );
}

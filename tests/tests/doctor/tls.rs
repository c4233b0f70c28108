//! The version of HTTP, which is agreed on with TLS.

use sse_gate_tests::eventually;

use crate::proxy::Proxy;
use crate::row::{Report, doctor};
use crate::server;

/// A Caddy with TLS, whose certificate authority `doctor` trusts.
async fn report(changes: &[(&str, &str)]) -> Report {
    let server = server();
    let proxy = Proxy::start_tls(server.addr(), changes).await;
    let root = proxy
        .folder
        .path()
        .join("caddy/pki/authorities/local/root.crt");
    eventually("there is a root certificate", async || root.is_file()).await;
    let base = format!("https://localhost:{}", proxy.addr.port());
    let root = root.to_str().expect("it is text");
    doctor(&base, &server.user("alice").jwt, &[("SSL_CERT_FILE", root)]).await
}

#[tokio::test]
async fn http2_is_good() {
    let report = report(&[]).await;
    assert_eq!(report.code, Some(0), "{report:?}");
    assert_eq!(report.finding("http")["verdict"], "good", "{report:?}");
    assert_eq!(report.with_verdict("wrong"), [""; 0], "{report:?}");
}

#[tokio::test]
async fn http1_is_worth_a_note() {
    let change = ("admin off", "admin off\n\tservers {\n\t\tprotocols h1\n\t}");
    let report = report(&[change]).await;
    assert_eq!(report.code, Some(0), "{report:?}");
    assert_eq!(report.with_verdict("note"), ["http"], "{report:?}");
    assert!(report.finding("http")["advice"]["Caddy"].is_string());
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_no_finding() {
    let server = server();
    let proxy = Proxy::start_tls(server.addr(), &[]).await;
    let base = format!("https://localhost:{}", proxy.addr.port());
    let report = doctor(&base, &server.user("alice").jwt, &[]).await;
    assert_eq!(report.code, Some(2), "{report:?}");
    assert!(report.lines.is_empty(), "{report:?}");
}

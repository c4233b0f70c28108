//! Servers behind TLS: one, one that a sentinel names, and a cluster. D11

use std::path::Path;
use std::process::Command;
use std::time::Instant;
use std::{fs, str};

use sse_gate_redis::{Redis, RedisOptions, ServerErrorKind};
use sse_gate_redis_server::{RedisServer, free_port};
use tempfile::TempDir;

use crate::stage::{Node, PATIENCE, options, walk};

/// D11: a server behind TLS serves nodes that trust its certificate, and no others.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_behind_tls_serves_those_who_trust_it() {
    let authority = Authority::new();
    let server = TlsServer::start(&authority, &[]);
    let url = format!("rediss://localhost:{}", server.port);
    let node = async || Redis::connect(&url, authority.trusted()).await;
    walk(&Node::new(node().await), &Node::new(node().await)).await;

    let untrusted = Redis::connect(&url, options()).await;
    assert_eq!(untrusted.unwrap_err().kind(), ServerErrorKind::Unreachable);
}

/// D11: if the sentinels are reached over TLS, so is the primary that they name: login and data don't go in clear.
#[tokio::test(flavor = "multi_thread")]
async fn a_primary_is_reached_as_its_sentinels_are() {
    let authority = Authority::new();
    let primary = TlsServer::start(&authority, &[]);
    let user = [
        "ACL", "SETUSER", "node", "on", ">secret", "~*", "&*", "+@all",
    ];
    assert_eq!(primary.server.cli(&user), "OK");
    let file = authority.path("sentinel.conf");
    let watches = format!("sentinel monitor primary 127.0.0.1 {} 1\n", primary.port);
    fs::write(&file, watches).expect("the folder can be written to");
    let sentinel = TlsServer::start(
        &authority,
        &[&file, "--sentinel", "--tls-replication", "yes"],
    );
    let url = sentinel.url();
    let with = async |sentinels: &[&str], options: RedisOptions| {
        let options = options.with_login("node", "secret");
        Redis::connect_sentinel(sentinels, "primary", options).await
    };
    let node = async || Node::new(with(&[&url], authority.trusted()).await);
    let (one, other) = (node().await, node().await);
    walk(&one, &other).await;
    let clients = primary.server.cli(&["CLIENT", "LIST"]);
    let nodes: Vec<_> = clients
        .lines()
        .filter(|client| client.contains("user=node"))
        .collect();
    let to = format!("laddr=127.0.0.1:{} ", primary.port);
    assert!(nodes.len() > 1, "{clients}");
    assert!(nodes.iter().all(|node| node.contains(&to)), "{clients}");

    let untrusted = with(&[&url], options()).await;
    assert_eq!(untrusted.unwrap_err().kind(), ServerErrorKind::Unreachable);
    let in_clear = sentinel.server.url();
    for sentinels in [&[&*in_clear][..], &[&*url, &*in_clear]] {
        let refused = with(sentinels, authority.trusted()).await;
        let kind = refused.unwrap_err().kind();
        assert_eq!(kind, ServerErrorKind::Address, "{sentinels:?}");
    }
    let mixed = with(&[&url, &in_clear], options()).await;
    assert_eq!(mixed.unwrap_err().kind(), ServerErrorKind::Address);
}

/// D11: all servers of a cluster are reached over TLS, and by those only who trust them.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_behind_tls_serves_those_who_trust_it() {
    let authority = Authority::new();
    let settings = ["--cluster-enabled", "yes", "--tls-cluster", "yes"];
    let servers: Vec<_> = (0..3)
        .map(|_| TlsServer::start(&authority, &settings))
        .collect();
    let addresses = servers
        .iter()
        .map(|server| format!("127.0.0.1:{}", server.port));
    let created = Command::new("redis-cli")
        .args(["--tls", "--cacert", &authority.path("server.pem")])
        .args(["--cluster", "create"])
        .args(addresses)
        .arg("--cluster-yes")
        .output()
        .expect("redis-cli is installed");
    let said = String::from_utf8_lossy(&created.stdout);
    assert!(created.status.success(), "{said}");
    let begun = Instant::now();
    let is_up = |one: &TlsServer| one.server.cli(&["CLUSTER", "INFO"]).contains("state:ok");
    while !servers.iter().all(is_up) {
        assert!(begun.elapsed() < PATIENCE, "the cluster does not come up");
    }
    let urls: Vec<_> = servers.iter().map(TlsServer::url).collect();
    let urls: Vec<_> = urls.iter().map(String::as_str).collect();
    let node = async || Node::new(Redis::connect_cluster(&urls, authority.trusted()).await);
    walk(&node().await, &node().await).await;

    let untrusted = Redis::connect_cluster(&urls, options()).await;
    assert_eq!(untrusted.unwrap_err().kind(), ServerErrorKind::Unreachable);
}

/// A server that listens at a port behind TLS. Its other port is for the test alone.
struct TlsServer {
    server: RedisServer,
    port: u16,
}

impl TlsServer {
    fn start(authority: &Authority, settings: &[&str]) -> Self {
        let port = free_port();
        let port_text = port.to_string();
        let (certificate, key) = (authority.path("server.pem"), authority.path("server.key"));
        let tls = [
            "--save",
            "",
            "--tls-port",
            &port_text,
            "--tls-auth-clients",
            "no",
            "--tls-cert-file",
            &certificate,
            "--tls-key-file",
            &key,
            "--tls-ca-cert-file",
            &certificate,
        ];
        // A file of settings comes before all other ones.
        let server = RedisServer::start_with(&[settings, &tls].concat());
        Self { server, port }
    }

    fn url(&self) -> String {
        format!("rediss://127.0.0.1:{}", self.port)
    }
}

/// A certificate that signs itself, for this machine, and its key.
struct Authority(TempDir);

impl Authority {
    fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = TempDir::new().expect("a folder can be made");
        certify(folder.path());
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        let path = self.0.path().join(name);
        path.to_str().expect("the path is text").to_owned()
    }

    /// The options of a node that trusts it.
    fn trusted(&self) -> RedisOptions {
        let certificate = fs::read(self.path("server.pem")).expect("a certificate");
        options().with_certificates(certificate)
    }
}

/// Makes a certificate that signs itself, for `localhost` and its address.
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
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .output()
        .expect("openssl is installed");
    assert!(
        made.status.success(),
        "{}",
        str::from_utf8(&made.stderr).unwrap_or_default()
    );
}

//! Proxies that end what is silent.

use std::fs;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use sse_gate_tests::engines::{Engine, Fake, Process, Profile, Report, Scratch, program};
use sse_gate_tests::{Connection, EventStream, Server, eventually};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::{SERVERS, setup};

/// What a proxy waits for between two bytes of an answer, in seconds.
const IDLE: u64 = 3;

/// A running proxy. Dropped, it is killed, and its folder removed.
struct Proxy {
    addr: SocketAddr,
    // In the order in which they are to be dropped.
    _process: Process,
    _folder: Scratch,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Nginx,
    HaProxy,
}

impl Proxy {
    /// Starts it in front of a server, and waits until it listens.
    async fn start(kind: Kind, server: &Server) -> Self {
        let addr = free_address().await;
        let folder = Scratch::new();
        let path = folder.path().join("proxy.conf");
        let home = folder.path().display();
        let (text, mut command) = match kind {
            Kind::Nginx => {
                let mut command =
                    Command::new(program(&["nginx", "/usr/sbin/nginx"], "nginx-light"));
                command.args(["-e", "stderr", "-p"]).arg(folder.path());
                command.arg("-c").arg(&path);
                (nginx(addr, server.addr(), &home.to_string()), command)
            }
            Kind::HaProxy => {
                let mut command =
                    Command::new(program(&["haproxy", "/usr/sbin/haproxy"], "haproxy"));
                command.arg("-db").arg("-f").arg(&path);
                (haproxy(addr, server.addr()), command)
            }
        };
        fs::write(&path, text).expect("a folder of our own");
        let process = Process::start(command.stderr(Stdio::null()));
        eventually("the proxy listens", async || {
            TcpStream::connect(addr).await.is_ok()
        })
        .await;
        Self {
            addr,
            _process: process,
            _folder: folder,
        }
    }
}

/// An address that is free now.
async fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let addr = listener.and_then(|listener| listener.local_addr());
    addr.expect("a free port")
}

fn nginx(addr: SocketAddr, server: SocketAddr, home: &str) -> String {
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let folders = folders.map(|it| format!("{it}_temp_path {home}/{it};"));
    format!(
        "daemon off; master_process off; pid {home}/pid; events {{}}
        http {{
            access_log off; {}
            server {{
                listen {addr};
                location / {{
                    proxy_pass http://{server};
                    proxy_http_version 1.1;
                    proxy_set_header Connection \"\";
                    proxy_buffering off;
                    proxy_read_timeout {IDLE}s;
                    proxy_next_upstream off;
                }}
            }}
        }}",
        folders.join(" ")
    )
}

fn haproxy(addr: SocketAddr, server: SocketAddr) -> String {
    format!(
        "defaults
            mode http
            timeout connect 3s
            timeout client {IDLE}s
            timeout server {IDLE}s
        frontend all
            bind {addr}
            default_backend demo
        backend demo
            server demo {server}\n"
    )
}

/// A strict stream of a generation that says nothing but two events in three idle times, and a
/// reader of a topic, both with a heartbeat that is shorter than the idle time: neither is cut.
async fn a_heartbeat_keeps_streams(kind: Kind, program: &'static str) {
    // Its records come far from each other.
    let server = setup(program).arg("heartbeat", 2_000).arg("pace", 600_000);
    let server = server.start();
    let proxy = Proxy::start(kind, &server).await;
    let alice = server.user("alice");
    let id = alice.start().await;
    let strict = alice.mint(&id).await;
    let mut strict = EventStream::open(Connection::open(proxy.addr).await, &strict.request()).await;
    let ticket = alice.join("news").await;
    let mut feed = EventStream::open(Connection::open(proxy.addr).await, &ticket.request()).await;
    strict.next().await.expect("a first record");
    feed.next().await.expect("sse.open");
    // An event between two heartbeats must not put the next one off.
    sleep(Duration::from_millis(500)).await;
    alice.publish("news", &json!(1)).await;
    assert_eq!(feed.next().await.expect("an event").json(), 1);
    sleep(Duration::from_secs(2 * IDLE)).await;
    alice.publish("news", &json!(2)).await;
    let event = feed.next().await;
    assert_eq!(event.expect("it was cut").json(), 2);
    let delete = sse_gate_tests::Request::new("DELETE", format!("/generations/{id}"));
    server.send(&delete.bearer(&alice.jwt)).await;
    let (last, _) = strict.rest().await;
    let last = last.last().expect("it was cut");
    assert_eq!(last.json()["status"], "failed");
}

/// With longer heartbeats the proxy cuts, and an `EventSource` goes on where it was, each time.
async fn a_cut_stream_goes_on(kind: Kind, program: &'static str) {
    let server = setup(program).start();
    let proxy = Proxy::start(kind, &server).await;
    let alice = server.user("alice");
    let ticket = alice.join("news").await;
    let url = format!("http://{}{}", proxy.addr, ticket.target);
    let profile = Profile::of(Engine::Chromium).with_delay(Duration::from_millis(10));
    let reader = Fake::open(&url, profile);
    opened(&reader, 1).await;
    for round in 1..=2 {
        alice.publish("news", &json!(round)).await;
        opened(&reader, round + 1).await;
    }
    alice.publish("news", &json!(3)).await;
    let messages = || {
        let events = reader.events().into_iter();
        let messages = events.filter(|event| event.name == "message");
        messages.map(|event| event.data).collect::<Vec<_>>()
    };
    eventually("the last event", async || messages().len() >= 3).await;
    assert_eq!(messages(), ["1", "2", "3"]);
    assert!(reader.requests() >= 3);
    assert_eq!(server.metrics().await.sessions("opened"), 1);
}

/// Waits until it has been opened so many times.
async fn opened(reader: &Fake, count: usize) {
    eventually("it is open", async || {
        let reports = reader.reports().into_iter();
        reports.filter(|it| *it == Report::Open).count() >= count
    })
    .await;
}

/// G12: nginx with `proxy_read_timeout` of 3 s, a heartbeat of 2 s.
#[tokio::test]
async fn nginx_cuts_no_stream_that_has_a_heartbeat() {
    a_heartbeat_keeps_streams(Kind::Nginx, SERVERS[0]).await;
}

/// G12: `HAProxy` with `timeout server` of 3 s, a heartbeat of 2 s.
#[tokio::test]
async fn haproxy_cuts_no_stream_that_has_a_heartbeat() {
    a_heartbeat_keeps_streams(Kind::HaProxy, SERVERS[1]).await;
}

/// G12, I17: nginx with `proxy_read_timeout` of 3 s, a heartbeat of 15 s.
#[tokio::test]
async fn a_stream_that_nginx_cuts_goes_on() {
    a_cut_stream_goes_on(Kind::Nginx, SERVERS[2]).await;
}

/// G12, I17: `HAProxy` with `timeout server` of 3 s, a heartbeat of 15 s.
#[tokio::test]
async fn a_stream_that_haproxy_cuts_goes_on() {
    a_cut_stream_goes_on(Kind::HaProxy, SERVERS[0]).await;
}

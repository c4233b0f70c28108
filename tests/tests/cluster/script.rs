//! `examples/cluster/run`, with the programs of these tests.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use sse_gate_tests::{Connection, EventStream, Request, Response};

use crate::follower::{TOPIC, ticket_at};
use crate::haproxy::{FOLDER, free_addrs};
use crate::nodes::PROGRAMS;

/// The script. It ends all that it started when its standard input ends, so also when the test is killed.
struct Script(Child);

impl Drop for Script {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// It starts everything, says where, and ends everything. A JWT of one node is good at the others.
#[tokio::test]
async fn the_script_starts_a_cluster_and_ends_it() {
    let [proxy, redis, one, two, three] = free_addrs();
    let ports = [one, two, three].map(|addr| addr.port().to_string());
    let child = Command::new(format!("{FOLDER}/run"))
        .env("CLUSTER_PORT", proxy.port().to_string())
        .env("CLUSTER_REDIS_PORT", redis.port().to_string())
        .env("CLUSTER_NODE_PORTS", ports.join(" "))
        .env("CLUSTER_NODES", PROGRAMS.join(" "))
        .env("CLUSTER_NODE_ARGS", "--pace 0")
        .env("CLUSTER_UNTIL_EOF", "1")
        .env_remove("JWT_SECRET")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut script = Script(child.expect("bash is installed"));
    let said = BufReader::new(script.0.stdout.take().expect("it is piped"));
    let mut said = said.lines().map_while(Result::ok);
    let listening = format!("listening on http://{proxy}");
    assert!(said.any(|line| line == listening), "it does not start");

    let send = async |request: Request| -> Response {
        Connection::open(proxy).await.exchange(&request).await
    };
    let login = Request::post("/demo/login", "");
    let login = login.json(&json!({ "username": "alice", "password": "demo" }));
    let jwt = send(login).await.json();
    let jwt = jwt["access_token"].as_str().expect("a JWT");
    let request = ticket_at(proxy, jwt).await.request();
    let mut stream = EventStream::open(Connection::open(proxy).await, &request).await;
    assert!(stream.next().await.is_some(), "sse.open");
    // Each of them comes to another node.
    for n in 1..=6 {
        let publish = Request::post(format!("/topics/{TOPIC}/publish"), "").bearer(jwt);
        let published = send(publish.json(&json!({ "n": n }))).await;
        assert_eq!(published.status, 202, "{published:?}");
        let event = stream.next().await.expect("an event");
        assert_eq!(event.json()["n"], n);
    }

    drop(script.0.stdin.take());
    let ended = script.0.wait().expect("it is a child of ours");
    assert!(ended.success(), "{ended:?}");
    for addr in [proxy, redis, one, two, three] {
        assert!(TcpStream::connect(addr).is_err(), "{addr} still listens");
    }
}

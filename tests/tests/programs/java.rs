//! The HTTP client of the JDK.

use std::process::{Command, Stdio};

use serde_json::json;
use sse_gate_tests::engines::{Process, program};
use sse_gate_tests::eventually;

use crate::{SERVERS, setup};

/// Its source, which the program compiles.
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs/Client.java");

/// A13: `Upgrade: h2c` is an offer (RFC 9110 §7.8). The stream opens over HTTP/1.1, and events come.
#[tokio::test]
async fn the_jdks_client_is_served_a_stream() {
    for server in SERVERS {
        let server = setup(server).start();
        let alice = server.user("alice");
        let ticket = alice.join("news").await;
        let mut command = Command::new(program(&["java"], "default-jdk-headless"));
        command.args(["-XX:TieredStopAtLevel=1", SOURCE]);
        command.arg(format!("http://{}{}", server.addr(), ticket.target));
        let mut client = Process::start(command.stdout(Stdio::piped()));
        let said = client.output();
        eventually("a status", async || said.text().contains("status ")).await;
        assert!(said.text().contains("status 200"), "{}", said.text());
        alice.publish("news", &json!("to the JDK")).await;
        let event = "data: \"to the JDK\"\n";
        eventually("the event", async || said.text().contains(event)).await;
    }
}

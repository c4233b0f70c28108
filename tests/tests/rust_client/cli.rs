//! The program `sse-gate`, as a process.

use std::net::SocketAddr;
use std::process::Command;

use serde_json::{Value, json};
use sse_gate_tests::{Setup, User};

use crate::proxy::cutting_proxy;

/// The program, which watches the answer to a question. Its bearer is in a variable.
fn watch(addr: SocketAddr, jwt: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_client-cli"));
    let url = format!("http://{addr}/api/chat/stream/{{stream_id}}");
    let mint = format!("http://{addr}{}", User::INITIATE);
    let question = json!({ "message": "What is a token?", "session_id": "1" });
    command.args(["watch", &url, "--mint", &mint, "--bearer-env", "JWT"]);
    command
        .args(["--data", &question.to_string()])
        .env("JWT", jwt);
    command
}

/// What the program writes until it ends, without standing in the way of the test's own tasks.
async fn output(mut command: Command) -> std::process::Output {
    let running = tokio::task::spawn_blocking(move || command.output());
    running.await.expect("no panic").expect("the program runs")
}

/// D2, H8: an answer goes on over cuts, and neither the JWT nor an id is shown.
pub(crate) async fn the_program_watches_an_answer_over_cuts_to_its_end(setup: Setup) {
    let server = setup.arg("retry", 10).start();
    let alice = server.user("alice");
    let proxy = cutting_proxy(server.addr(), 2).await;
    let output = output(watch(proxy, &alice.jwt)).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("it is text");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    let opened = lines.iter().filter(|line| line["type"] == "open");
    assert_eq!(opened.count(), 3, "{text}");
    let mut events = lines.iter().filter(|line| line["type"] == "event");
    assert_eq!(events.next_back().expect("events")["name"], "done");
    let last = lines.last().expect("a line");
    assert_eq!(*last, json!({ "type": "closed", "reason": "complete" }));
    assert!(
        !text.contains(&alice.jwt) && !text.contains("sser1."),
        "{text}"
    );
}

/// A bad JWT is told from a server that is down.
pub(crate) async fn the_program_names_a_refusal(setup: Setup) {
    let server = setup.start();
    let output = output(watch(server.addr(), "not.a.jwt")).await;
    assert_eq!(output.status.code(), Some(3), "{output:?}");
}

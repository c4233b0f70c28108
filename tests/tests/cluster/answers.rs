//! Answers of the chat that are produced at one node and read at others.

use std::time::Instant;

use sse_gate_tests::{Event, EventStream, Server, Setup, Ticket};

use crate::nodes::{COUNT, Nodes};

/// Its answer has several dozen events.
const QUESTION: &str = "What does the store see of a token?";

/// The time from one step of an answer to the next, in milliseconds.
const PACE: u64 = 40;

/// The names and data of events.
type Said = Vec<(String, String)>;

fn said(events: Vec<Event>) -> Said {
    let events = events.into_iter();
    let said = events.map(|event| (event.event.unwrap_or_default(), event.data));
    said.filter(|(name, _)| name != "sse.open").collect()
}

fn last_id(events: &[Event]) -> String {
    let id = events.iter().rev().find_map(|event| event.id.clone());
    id.expect("an event with an id")
}

/// Asks the question at the second node, and opens its answer at this one. On a machine that is busy, the store may be
/// too late, and the token spent all the same. Then the question is asked again.
async fn ask(nodes: &Nodes, user: &str, node: usize) -> (Ticket, EventStream) {
    loop {
        let ticket = nodes.node(1).user(user).ask_chat_in_time(QUESTION).await;
        let addr = nodes.node(node).addr();
        if let Some(stream) = EventStream::open_in_time(addr, &ticket.request()).await {
            return (ticket, stream);
        }
    }
}

/// Comes back to a node behind the last of these events.
async fn come_back(node: &Server, ticket: &Ticket, events: &[Event]) -> EventStream {
    let request = ticket.resume(&last_id(events));
    let stream = EventStream::open_in_time(node.addr(), &request).await;
    stream.expect("it has a session")
}

/// Begins an answer at the first node, which produces it, and reads this many events there.
async fn begin(nodes: &Nodes, events: usize) -> (Ticket, Vec<Event>) {
    let (ticket, mut stream) = ask(nodes, "alice", 0).await;
    let events = stream.take(events).await;
    (ticket, events)
}

/// The whole answer, as one node has it.
async fn undisturbed(nodes: &Nodes) -> Said {
    let (_, mut stream) = ask(nodes, "bob", 2).await;
    said(stream.complete().await)
}

/// I19: a client comes back at another node than the one that produces its answer, and reads all of it there.
#[tokio::test]
async fn an_answer_is_read_at_another_node_from_its_beginning() {
    let nodes = Nodes::start(|setup| setup.arg("pace", PACE)).await;
    // It has nothing but `sse.open`.
    let (ticket, open) = begin(&nodes, 1).await;
    let (all, whole) = tokio::join!(
        async {
            let mut stream = come_back(nodes.node(1), &ticket, &open).await;
            stream.complete().await
        },
        undisturbed(&nodes)
    );
    assert_eq!(said(all), whole);
}

/// Begins an answer at the first node, reads on at the second, and kills the first. The client comes back at
/// the others as long as it is not told the end. All that it gets.
async fn answer_after_a_kill(nodes: &mut Nodes) -> Said {
    let (ticket, mut events) = begin(nodes, 4).await;
    let mut stream = come_back(nodes.node(1), &ticket, &events).await;
    events.extend(stream.take(3).await);
    nodes.kill(0);
    let killed = Instant::now();
    let mut turn = 1;
    loop {
        events.extend(stream.rest().await.0);
        let ends =
            |event: &Event| matches!(event.event.as_deref(), Some("sse.close" | "sse.error"));
        if events.last().is_some_and(ends) {
            break;
        }
        turn = 1 + turn % (COUNT - 1);
        stream = come_back(nodes.node(turn), &ticket, &events).await;
    }
    println!("the answer ended {:?} after the kill", killed.elapsed());
    said(events)
}

/// E12, I19: an answer whose node is killed ends as failed, behind all that was published of it.
#[tokio::test]
async fn an_answer_whose_node_is_killed_ends_as_failed() {
    let mut nodes = Nodes::start(|setup| setup.arg("pace", PACE)).await;
    let whole = undisturbed(&nodes).await;
    let mut told = answer_after_a_kill(&mut nodes).await;
    let (last, _) = told.pop().expect("an end");
    assert_eq!(last, "sse.error");
    assert!(whole.starts_with(&told), "{told:?}");
    assert!(told.len() < whole.len());
}

/// E12, I19: where the nodes are told to, another one goes on with it. The client gets the same answer.
#[tokio::test]
async fn an_answer_whose_node_is_killed_goes_on_at_another() {
    let setup = |setup: Setup| setup.arg("pace", PACE).flag("restart-answers");
    let mut nodes = Nodes::start(setup).await;
    let whole = undisturbed(&nodes).await;
    let mut told = answer_after_a_kill(&mut nodes).await;
    let (_, last) = told.pop().expect("an end");
    assert_eq!(last, Event::COMPLETE);
    assert_eq!(told, whole);
}

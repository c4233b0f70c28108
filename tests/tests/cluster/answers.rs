//! Answers of the chat that are produced at one node and read at others.

use std::time::Instant;

use sse_gate_tests::{Event, Setup, Ticket};

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

/// Begins an answer at the first node, which produces it, and reads this many events there.
async fn begin(nodes: &Nodes, events: usize) -> (Ticket, Vec<Event>) {
    let ticket = nodes.node(1).user("alice").ask_chat(QUESTION).await;
    let mut stream = nodes.node(0).open(&ticket.request()).await;
    let events = stream.take(events).await;
    (ticket, events)
}

/// The whole answer, as one node has it.
async fn undisturbed(nodes: &Nodes) -> Said {
    let ticket = nodes.node(1).user("bob").ask_chat(QUESTION).await;
    said(nodes.node(2).open(&ticket.request()).await.complete().await)
}

/// I19: a client comes back at another node than the one that produces its answer, and reads all of it there.
#[tokio::test]
async fn an_answer_is_read_at_another_node_from_its_beginning() {
    let nodes = Nodes::start(|setup| setup.arg("pace", PACE)).await;
    // It has nothing but `sse.open`.
    let (ticket, open) = begin(&nodes, 1).await;
    let resume = ticket.resume(&last_id(&open));
    let (all, whole) = tokio::join!(
        async { nodes.node(1).open(&resume).await.complete().await },
        undisturbed(&nodes)
    );
    assert_eq!(said(all), whole);
}

/// Begins an answer at the first node, reads on at the second, and kills the first. The client comes back at
/// the others as long as it is not told the end. All that it gets.
async fn answer_after_a_kill(nodes: &mut Nodes) -> Said {
    let (ticket, mut events) = begin(nodes, 4).await;
    let mut stream = nodes.node(1).open(&ticket.resume(&last_id(&events))).await;
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
        stream = nodes
            .node(turn)
            .open(&ticket.resume(&last_id(&events)))
            .await;
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

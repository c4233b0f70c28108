//! Clients of the example servers whose connections break, and who come back.

use sse_gate_tests::{Event, Server, Setup, Ticket, eventually, for_each_setup};

const QUESTION: &str = "What happens to a token that nobody uses?";

/// Everything of an answer but what each connection begins with.
fn said(events: &[Event]) -> Vec<(&str, &str)> {
    let said = events
        .iter()
        .map(|it| (it.event.as_deref().unwrap_or_default(), it.data.as_str()));
    said.filter(|(name, _)| *name != "sse.open").collect()
}

/// The last id, of the last event that has one.
fn last_id(events: &[Event]) -> String {
    let last = events.iter().rev().find_map(|event| event.id.clone());
    last.expect("an id")
}

/// Sends a request and resets the connection without reading a byte of the answer, once the server
/// has counted it.
async fn lose_the_answer(server: &Server, ticket: &Ticket, id: &str) {
    let count = async || {
        let metrics = server.metrics().await;
        metrics.sessions("resumed") + metrics.sessions("resumed_again")
    };
    let before = count().await;
    let mut connection = server.connect().await;
    connection.send(&ticket.resume(id).bytes()).await;
    eventually("it is counted", async || count().await == before + 1).await;
    connection.reset();
}

/// I5, I17, A12: resets in the middle of an answer, and answers to reconnects that get lost, one
/// or two in a row: the client has every event, once.
async fn a_client_that_is_reset_gets_everything(setup: Setup) {
    let server = setup.arg("pace", 3).start();
    let alice = server.user("alice");
    let whole = alice.ask_chat(QUESTION).await;
    let whole = server.open(&whole.request()).await.complete().await;
    let ticket = alice.ask_chat(QUESTION).await;
    let mut request = ticket.request();
    let mut seen: Vec<Event> = Vec::new();
    let mut round = 0;
    loop {
        let mut stream = server.open(&request).await;
        for _ in 0..=(round * 5) % 7 {
            let event = stream.next().await;
            // After "done" comes the word that all is complete.
            seen.extend(event.filter(|event| !event.says_complete()));
        }
        stream.reset();
        if seen
            .last()
            .is_some_and(|it| it.event.as_deref() == Some("done"))
        {
            break;
        }
        let id = last_id(&seen);
        for _ in 0..round % 3 {
            lose_the_answer(&server, &ticket, &id).await;
        }
        request = ticket.resume(&id);
        round += 1;
    }
    assert!(round > 5, "{round} resets prove too little");
    assert_eq!(said(&seen), said(&whole));
    let metrics = server.metrics().await;
    assert_eq!(metrics.refused_ids("reuse"), 0);
    assert!(metrics.sessions("resumed_again") > 3);
    assert_eq!(metrics.validations("redeemed"), 2, "one for each answer");
}

/// A12: a browser that repeats its first request by itself, as its answer got lost, is refused: a
/// token is used once. Another one opens the stream.
async fn a_first_answer_that_is_lost_costs_the_token(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let ticket = alice.join("news").await;
    let mut connection = server.connect().await;
    connection.send(&ticket.request().bytes()).await;
    eventually("the token is used", async || {
        server.metrics().await.validations("redeemed") == 1
    })
    .await;
    connection.reset();
    assert_eq!(server.send(&ticket.request()).await.status, 401);
    let again = alice.join("news").await;
    assert_eq!(server.open(&again.request()).await.take(1).await.len(), 1);
}

/// F3, G3: clients that vanish leave no place taken, and their sessions wait for them.
async fn a_place_is_free_when_its_client_has_vanished(setup: Setup) {
    let server = setup.arg("streams-per-subject", 8).start();
    let alice = server.user("alice");
    for round in 0..20 {
        let mut streams = Vec::new();
        for _ in 0..8 {
            let ticket = alice.join("news").await;
            streams.push(server.open(&ticket.request()).await);
        }
        for stream in streams {
            stream.reset();
        }
        eventually("all places are free", async || {
            server.metrics().await.connections() == 0
        })
        .await;
        let metrics = server.metrics().await;
        assert_eq!(metrics.sessions("opened"), 8 * (round + 1));
    }
}

macro_rules! vanishing {
    ($setup:ident, $program:expr, $store:literal) => {
        mod $setup {
            use sse_gate_tests::Setup;

            #[tokio::test]
            async fn a_client_that_is_reset_gets_everything() {
                let setup = Setup::new($program, $store);
                super::a_client_that_is_reset_gets_everything(setup).await;
            }

            #[tokio::test]
            async fn a_first_answer_that_is_lost_costs_the_token() {
                let setup = Setup::new($program, $store);
                super::a_first_answer_that_is_lost_costs_the_token(setup).await;
            }

            #[tokio::test]
            async fn a_place_is_free_when_its_client_has_vanished() {
                let setup = Setup::new($program, $store);
                super::a_place_is_free_when_its_client_has_vanished(setup).await;
            }
        }
    };
}
for_each_setup!(vanishing);

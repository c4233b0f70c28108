//! Many clients, one resume id: one goes on, and no two of them ever have the stream.

use std::time::{Duration, Instant};

use serde_json::json;
use sse_gate_tests::{
    Connection, End, EventStream, Request, Server, Setup, Ticket, User, eventually, for_each_setup,
};

/// How often an id is taken: once, and twice more for answers that got lost.
const TAKEN: usize = 3;

/// What a client was answered: a stream, or another status.
type Answer = Result<EventStream, u16>;

/// Sends the same request over as many new connections, together: every request but its last byte
/// is sent before the first last byte is.
async fn together(server: &Server, request: &Request, clients: usize) -> Vec<Answer> {
    let bytes = request.bytes();
    let (last, head) = bytes.split_last().expect("a request has bytes");
    let mut connections = Vec::new();
    for _ in 0..clients {
        let mut connection = server.connect().await;
        connection.send(head).await;
        connections.push(connection);
    }
    for connection in &mut connections {
        connection.send(&[*last]).await;
    }
    let mut answers = Vec::new();
    for connection in connections {
        answers.push(answer(connection, request).await);
    }
    answers
}

async fn answer(connection: Connection, request: &Request) -> Answer {
    let opened = EventStream::of(connection, request).await;
    opened.map_err(|response| response.status)
}

/// The streams among them, and how often each other status.
fn sorted(answers: Vec<Answer>) -> (Vec<EventStream>, usize, usize) {
    let (mut streams, mut unauthorized, mut gone) = (Vec::new(), 0, 0);
    for answer in answers {
        match answer {
            Ok(stream) => streams.push(stream),
            Err(401) => unauthorized += 1,
            Err(204) => gone += 1,
            Err(status) => panic!("{status}"),
        }
    }
    (streams, unauthorized, gone)
}

/// A stream that is open, and the id to go on with.
async fn open(server: &Server, user: &User<'_>) -> (Ticket, EventStream, String) {
    let ticket = user.join("news").await;
    let mut stream = server.open(&ticket.request()).await;
    let opened = stream.next().await.expect("sse.open");
    (ticket, stream, opened.id.expect("an id"))
}

/// Reads a stream up to the event with this number, or to its end. Whether it is there, and the
/// last id.
async fn reaches(stream: &mut EventStream, n: u64) -> (bool, Option<String>) {
    let mut id = None;
    while let Some(event) = stream.next().await {
        id = event.id.clone().or(id);
        if event.event.is_none() && event.json()["n"] == n {
            return (true, id);
        }
    }
    (false, id)
}

/// I5, I7: as many clients as an id is taken for: all are let in, and one of them stays. What is
/// published from then on comes to it alone, the connection before them included.
async fn of_those_let_in_one_stays(setup: Setup) {
    let server = setup
        .log("off")
        .arg("streams-per-subject", 100)
        .arg("takeovers", u32::MAX)
        .start();
    let alice = server.user("alice");
    let (ticket, mut before, mut id) = open(&server, &alice).await;
    let (start, mut n, mut rounds) = (Instant::now(), 0, 0);
    while rounds < 200 && start.elapsed() < Duration::from_secs(30) {
        let answers = together(&server, &ticket.resume(&id), TAKEN).await;
        let (streams, _, _) = sorted(answers);
        assert_eq!(streams.len(), TAKEN, "in round {rounds}");
        n += 1;
        alice.publish("news", &json!({ "n": n })).await;
        let (has_it, _) = reaches(&mut before, n).await;
        assert!(!has_it, "in round {rounds}: it was replaced");
        let mut left = Vec::new();
        for mut stream in streams {
            if let (true, Some(last)) = reaches(&mut stream, n).await {
                left.push((stream, last));
            }
        }
        assert_eq!(left.len(), 1, "in round {rounds}");
        (before, id) = left.pop().expect("one is left");
        rounds += 1;
    }
    assert!(rounds >= 20, "only {rounds} rounds: it proves too little");
    let metrics = server.metrics().await;
    assert_eq!(metrics.sessions("resumed"), rounds);
    assert_eq!(metrics.sessions("resumed_again"), 2 * rounds);
    assert_eq!(metrics.refused_ids("reuse"), 0);
}

/// I4, I7, I18: 64 clients: three are let in and the next closes the session. All three are cut,
/// the last one with a word; the others are told that it is over.
async fn of_sixty_four_clients_none_stays(setup: Setup) {
    let server = setup
        .log("off")
        .arg("streams-per-subject", 100)
        .arg("takeovers", u32::MAX)
        .start();
    let alice = server.user("alice");
    let (start, mut rounds) = (Instant::now(), 0);
    while rounds < 100 && start.elapsed() < Duration::from_secs(30) {
        let (ticket, before, id) = open(&server, &alice).await;
        let answers = together(&server, &ticket.resume(&id), 64).await;
        let (mut streams, unauthorized, gone) = sorted(answers);
        assert_eq!(
            (streams.len(), unauthorized, gone),
            (TAKEN, 1, 64 - TAKEN - 1),
            "in round {rounds}"
        );
        streams.push(before);
        let mut told = 0;
        for mut stream in streams {
            let (events, end) = stream.rest().await;
            assert_eq!(end, End::Proper, "in round {rounds}");
            let names = events.iter().filter_map(|event| event.event.as_deref());
            told += names.filter(|name| *name == "sse.close").count();
        }
        assert_eq!(told, 1, "in round {rounds}: who was alive");
        rounds += 1;
    }
    assert!(rounds >= 10, "only {rounds} rounds: it proves too little");
    let metrics = server.metrics().await;
    assert_eq!(metrics.refused_ids("reuse"), rounds);
    assert_eq!(metrics.sessions("resumed"), rounds);
    eventually("all streams are closed", async || {
        server.metrics().await.connections() == 0
    })
    .await;
}

/// I7, I17: while somebody publishes without a pause, a client comes back again and again before
/// its connection has ended. Both together have every event once, and the one that was replaced
/// nothing that was published after its successor's head was there.
async fn two_connections_never_both_have_the_stream(setup: Setup) {
    let server = setup.log("off").arg("takeovers", u32::MAX).start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let (ticket, mut stream, mut id) = open(&server, &bob).await;
    let (start, mut n, mut seen, mut rounds) = (Instant::now(), 0_u64, 0, 0);
    let publish = async |n: &mut u64| {
        *n += 1;
        alice.publish("news", &json!({ "n": *n })).await;
    };
    while rounds < 200 && start.elapsed() < Duration::from_secs(20) {
        let request = ticket.resume(&id);
        let (mut next, ()) = tokio::join!(server.open(&request), publish(&mut n));
        let published = n;
        publish(&mut n).await;
        while let Some(event) = stream.next().await {
            let number = event.json()["n"].as_u64().expect("a number");
            assert!(number <= published, "in round {rounds}: it was replaced");
        }
        // What the first has had since then, the second has too: the id was older.
        while seen < n {
            let event = next.next().await.expect("an event");
            id = event.id.clone().expect("an id");
            if event.event.is_none() {
                seen += 1;
                assert_eq!(event.json()["n"], seen, "in round {rounds}");
            }
        }
        stream = next;
        rounds += 1;
    }
    assert!(rounds >= 20, "only {rounds} rounds: it proves too little");
    let metrics = server.metrics().await;
    assert_eq!(metrics.sessions("resumed"), rounds);
    assert_eq!(metrics.sessions("resumed_again"), 0);
}

macro_rules! races {
    ($setup:ident, $program:expr, $store:literal) => {
        mod $setup {
            use sse_gate_tests::Setup;

            #[tokio::test]
            async fn of_those_let_in_one_stays() {
                crate::of_those_let_in_one_stays(Setup::new($program, $store)).await;
            }

            #[tokio::test]
            async fn of_sixty_four_clients_none_stays() {
                crate::of_sixty_four_clients_none_stays(Setup::new($program, $store)).await;
            }

            #[tokio::test]
            async fn two_connections_never_both_have_the_stream() {
                let setup = Setup::new($program, $store);
                crate::two_connections_never_both_have_the_stream(setup).await;
            }
        }
    };
}
for_each_setup!(races);

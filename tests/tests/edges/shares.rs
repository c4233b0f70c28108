//! What one user takes of what all share.

use std::time::{Duration, Instant};

use serde_json::json;
use sse_gate_tests::{EventStream, Request, Response, SAMPLE, Server, Setup, User, eventually};

/// The answer to who asks for a token for a topic.
async fn ask(user: &User<'_>, server: &Server, topic: &str) -> Response {
    let path = format!("/topics/{topic}/stream-token");
    server
        .send(&Request::post(path, "").bearer(&user.jwt))
        .await
}

/// G19: at her share alice is refused, by the mint and before any token is spent. Bob has topics,
/// of his own and in alice's, and his token is good.
pub(crate) async fn topics_of_one_user_leave_the_rest_to_others(setup: Setup) {
    let server = setup.start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let mut made = 0;
    let refused = loop {
        let path = format!("/topics/t{made}/publish");
        let response = alice.post(&path, &json!(made)).await;
        if response.status != 202 {
            break response;
        }
        made += 1;
        assert!(made < 64, "there is no share");
    };
    assert_eq!(refused.status, 429, "{refused:?}");
    assert!(refused.is_problem() && refused.header("retry-after").is_some());
    let refused = ask(&alice, &server, "another").await;
    assert_eq!(refused.status, 429, "{refused:?}");
    assert!(refused.is_problem() && refused.header("retry-after").is_some());
    for topic in ["bobs", "t0"] {
        let ticket = bob.join(topic).await;
        let mut stream = server.open(&ticket.request()).await;
        stream.next().await.expect("sse.open");
        alice.publish(topic, &json!("to bob")).await;
        assert_eq!(stream.next().await.expect("an event").json(), "to bob");
    }
}

/// G19: a token that was given out for a topic opens it, although others ask for all topics that
/// there may be meanwhile.
pub(crate) async fn a_token_for_a_topic_is_not_spent_on_a_refusal(setup: Setup) {
    let server = setup.start();
    let bob = server.user("bob");
    let ticket = bob.join("bobs").await;
    fill(&server).await;
    let mut stream: EventStream = server.open(&ticket.request()).await;
    stream.next().await.expect("sse.open");
}

/// G19: nor does a topic go whose only reader is between two connections: it has missed nothing.
pub(crate) async fn a_topic_stays_for_a_reader_that_is_away(setup: Setup) {
    let ttl = Duration::from_secs(3);
    let server = setup.arg("token-ttl", ttl.as_millis()).start();
    let bob = server.user("bob");
    let ticket = bob.join("bobs").await;
    let joined = Instant::now();
    let mut stream = server.open(&ticket.request()).await;
    let id = stream.next().await.and_then(|opened| opened.id);
    drop(stream);
    eventually("the reader is away", async || {
        server.metrics().await.connections() == 0
    })
    .await;
    // The promise of a token is over.
    tokio::time::sleep(ttl.saturating_sub(joined.elapsed()) + Duration::from_millis(1)).await;
    fill(&server).await;
    server.user("carol").publish("bobs", &json!("missed")).await;
    let again = ticket.resume(&id.expect("an id"));
    let mut stream = server.open(&again).await;
    let events = stream.take(2).await;
    assert_eq!(events[0].data, r#"{"v":1,"gap":null}"#);
    assert_eq!(events[1].json(), "missed");
}

/// Many users ask for topics until there is no room for more.
async fn fill(server: &Server) {
    for number in 0..40 {
        let user = server.user(&format!("user{number}"));
        for n in 0..16 {
            let path = format!("/topics/t{number}-{n}/publish");
            match user.post(&path, &json!(1)).await.status {
                202 => {}
                503 => return,
                status => panic!("{status}"),
            }
        }
    }
    panic!("there is room for all");
}

/// G19: jobs take turns user by user. Bob's is done when one or two of alice's are, and not after
/// all of them.
pub(crate) async fn jobs_of_one_user_leave_turns_to_others(setup: Setup) {
    let server = setup.arg("pace", 10).start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let mut alices = Vec::new();
    for _ in 0..32 {
        alices.push(alice.start().await);
    }
    let start = Instant::now();
    bob.finish().await;
    let bobs = start.elapsed();
    let mut done = 0;
    for id in &alices {
        done += usize::from(alice.state(id).await["status"] == "completed");
    }
    assert!(done < 16, "bob had to wait for {done}, {bobs:?}");
    let refused = alice
        .post("/generations", &json!({ "source": SAMPLE }))
        .await;
    assert!(matches!(refused.status, 201 | 429), "{refused:?}");
}

fn login(user: &str, password: &str) -> Request {
    let body = json!({ "username": user, "password": password });
    Request::new("POST", "/demo/login").json(&body)
}

/// G19, D15: attempts on one name have a limit, and all the same whether there is such a user. It
/// tells when to come back; the right password is taken then, and for others it was all the time.
pub(crate) async fn attempts_to_log_in_are_limited_by_name(setup: Setup) {
    let server = setup.start();
    let mut answers = Vec::new();
    for name in ["alice", "nobody-of-this-name"] {
        let mut connection = server.connect().await;
        let (begun, mut attempt) = (Instant::now(), 0);
        let refused = loop {
            let response = connection.exchange(&login(name, "guess")).await;
            if response.status == 429 {
                break response;
            }
            assert_eq!(response.status, 401, "{response:?}");
            attempt += 1;
            assert!(attempt < 100, "{name}: there is no limit");
        };
        assert!(refused.is_problem(), "{refused:?}");
        answers.push(refused.without_date());
        // Not even the right password, or guesses could go on. A second after the first attempt there is another one.
        let right = connection.exchange(&login(name, "demo")).await;
        if begun.elapsed() < Duration::from_secs(1) {
            assert!(matches!(right.status, 429 | 401), "{name}: {right:?}");
        }
    }
    assert_eq!(answers[0], answers[1]);
    // By chance he may be in the group of one of them, and have to wait for a moment.
    eventually("bob is let in", async || {
        server.send(&login("bob", "demo")).await.status == 200
    })
    .await;
    let wait = answers[0].header("retry-after").map(str::parse::<u64>);
    let wait = wait.expect("a time to wait").expect("in seconds");
    assert!(wait <= 5, "{wait}");
    tokio::time::sleep(Duration::from_secs(wait)).await;
    assert_eq!(server.send(&login("alice", "demo")).await.status, 200);
}

/// G19: names that are made up don't get around the limit.
pub(crate) async fn attempts_to_log_in_are_limited_in_all(setup: Setup) {
    let server = setup.start();
    let mut connection = server.connect().await;
    let mut attempt = 0;
    loop {
        // As many as can be in one packet, so that they come faster than they are let in.
        let mut bytes = Vec::new();
        let requests: Vec<_> = (0..100)
            .map(|n| login(&format!("name-{attempt}-{n}"), "guess"))
            .collect();
        for request in &requests {
            bytes.extend(request.bytes());
        }
        connection.send(&bytes).await;
        let mut statuses = Vec::new();
        for request in &requests {
            statuses.push(connection.response(request).await.status);
        }
        if statuses.contains(&429) {
            break;
        }
        attempt += 1;
        assert!(attempt < 200, "there is no limit");
    }
    eventually("bob is let in", async || {
        server.send(&login("bob", "demo")).await.status == 200
    })
    .await;
}

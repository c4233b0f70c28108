//! `minimal`: one token, one stream.

use crate::program::Program;

const PROGRAM: &str = env!("CARGO_BIN_EXE_minimal");

#[tokio::test]
async fn a_token_opens_one_stream() {
    let program = Program::start(PROGRAM).await;
    let token = program.token("/rooms/7/events-token", "").await;
    let target = format!("/rooms/7/events?token={token}");
    let mut stream = program.open(&target, None).await;
    let hello = |text: &str| text.contains("data: hello, 7\n\n");
    stream.until("event", hello).await;
    assert_eq!(program.open(&target, None).await.status().await, 401);
}

#[tokio::test]
async fn a_token_for_one_room_opens_no_other_and_is_not_spent_there() {
    let program = Program::start(PROGRAM).await;
    let token = program.token("/rooms/7/events-token", "").await;
    let other = format!("/rooms/8/events?token={token}");
    assert_eq!(program.open(&other, None).await.status().await, 401);
    let own = format!("/rooms/7/events?token={token}");
    let mut stream = program.open(&own, None).await;
    stream
        .until("event", |text| text.contains("hello, 7"))
        .await;
}

#[tokio::test]
async fn a_jwt_opens_no_stream_and_no_token_comes_without_one() {
    let program = Program::start(PROGRAM).await;
    let target = format!("/rooms/7/events?token={}", program.jwt);
    assert_eq!(program.open(&target, None).await.status().await, 401);
    let mint = program.send("POST", "/rooms/7/events-token", "").await;
    assert_eq!(mint.status().await, 401);
    let health = program.send("GET", "/healthz", "").await;
    assert_eq!(health.status().await, 200);
}

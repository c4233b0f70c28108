//! `llm_stream`: an answer that survives a cut.

use crate::exchange::{data, last_id};
use crate::program::Program;

const PROGRAM: &str = env!("CARGO_BIN_EXE_llm_stream");

const ANSWER: [&str; 8] = [
    "You",
    "asked:",
    "Why?",
    "That",
    "is",
    "a",
    "good",
    "question.",
];

#[tokio::test]
async fn an_answer_goes_on_where_it_was_cut() {
    let program = Program::start(PROGRAM).await;
    let token = program.token("/answer-token", r#""Why?""#).await;
    let target = format!("/answer?token={token}");

    let mut first = program.open(&target, None).await;
    let part = first
        .until("three words", |text| data(text).len() >= 3)
        .await;
    let (mut words, id) = (data(part).join(" "), last_id(part).to_owned());
    drop(first);
    // The URL alone opens nothing.
    assert_eq!(program.open(&target, None).await.status().await, 401);

    let rest = program.open(&target, Some(&id)).await.whole().await;
    assert!(rest.contains("event: sse.close"), "{rest}");
    words.push(' ');
    words.push_str(&data(&rest).join(" "));
    assert_eq!(words, ANSWER.join(" "));

    // A native EventSource comes once more, and is told to stop.
    let end = program.open(&target, Some(last_id(&rest))).await;
    assert_eq!(end.status().await, 204);
}

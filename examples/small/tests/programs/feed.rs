//! `feed`: what a newcomer gets, and one who comes back.

use crate::exchange::{data, last_id};
use crate::program::Program;

const PROGRAM: &str = env!("CARGO_BIN_EXE_feed");

/// The numbers of the news in a response.
fn numbers(text: &str) -> Vec<u32> {
    let news = data(text).into_iter();
    news.map(|data| data.strip_prefix("news ").unwrap().parse().unwrap())
        .collect()
}

#[tokio::test]
async fn a_newcomer_begins_with_the_last_events_and_who_comes_back_misses_none() {
    let program = Program::start(PROGRAM).await;
    let token = program.token("/feeds/news/token", "").await;
    let early = format!("/feeds/news?token={token}");
    let mut stream = program.open(&early, None).await;
    let text = stream
        .until("news 5", |text| text.contains("data: news 5\n"))
        .await;
    let id = last_id(text).to_owned();
    let mut all = numbers(text);
    drop(stream);

    let token = program.token("/feeds/news/token", "").await;
    let mut late = program
        .open(&format!("/feeds/news?token={token}"), None)
        .await;
    let text = late
        .until("three events", |text| data(text).len() >= 3)
        .await;
    let first = numbers(text)[0];
    assert!(first >= 3, "older events came, from {first} on");
    let last = *numbers(text).last().unwrap();

    let mut again = program.open(&early, Some(&id)).await;
    let text = again.until("what it missed", |text| {
        numbers(text).last().is_some_and(|number| *number >= last)
    });
    all.extend(numbers(text.await));
    let expected: Vec<u32> = (all[0]..).take(all.len()).collect();
    assert_eq!(all, expected);
}

#[tokio::test]
async fn there_is_no_token_for_another_feed() {
    let program = Program::start(PROGRAM).await;
    let headers = format!("Authorization: Bearer {}\r\n", program.jwt);
    let mint = program.send("POST", "/feeds/secrets/token", &headers).await;
    assert_eq!(mint.status().await, 404);
}

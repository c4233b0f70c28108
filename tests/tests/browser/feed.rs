//! The feed: a topic that the page reads and publishes to.

use serde_json::{Value, json};
use sse_gate_tests::eventually;

use crate::page::Page;
use crate::setup;
use crate::stream::Stream;

const FEED: Stream = Stream("feed");

/// Signs in and subscribes to the topic that the page proposes.
async fn subscribe(page: &Page) {
    page.sign_in("demo").await;
    page.until_shown("session").await;
    page.run("document.getElementById('demo-feed').scrollIntoView()", &[])
        .await;
    page.click("feed-subscribe").await;
    FEED.until_connections(page, 1).await;
}

async fn until_messages(page: &Page, count: usize) {
    let has = format!("document.querySelectorAll('#feed-messages > li').length >= {count}");
    page.until(&format!("{count} messages"), &has).await;
}

/// Publishes ten times, and waits until the server has them all.
async fn publish_ten(page: &Page) {
    page.click("feed-burst").await;
    let done = "!document.getElementById('feed-burst').disabled";
    page.until("ten are published", done).await;
}

/// The numbers of the messages in the list, in their order.
async fn numbers(page: &Page) -> Vec<u64> {
    let script = "return [...document.querySelectorAll('#feed-messages > li')]\
        .map((message) => Number(message.dataset.seq))";
    let numbers = page.run(script, &[]).await;
    let numbers = numbers.as_array().expect("a list");
    numbers.iter().filter_map(Value::as_u64).collect()
}

#[tokio::test]
async fn what_anybody_publishes_is_shown() {
    let server = setup().start();
    let page = Page::open(&server).await;
    subscribe(&page).await;
    page.click("feed-publish").await;
    until_messages(&page, 1).await;
    let bob = server.user("bob");
    let response = bob
        .post("/topics/news/publish", &json!({ "from": "<b>bob</b>" }))
        .await;
    assert_eq!(response.status, 202, "{response:?}");
    until_messages(&page, 2).await;
    let shown = page.text("feed-messages").await;
    assert!(shown.contains(r#"{"text":"hello"}"#), "{shown}");
    assert!(shown.contains(r#"{"from":"<b>bob</b>"}"#), "{shown}");
}

/// I17, A12: what is published while nobody listens comes when the browser is back, each once.
#[tokio::test]
async fn what_is_published_while_cut_off_comes_once() {
    let server = setup().arg("retry", 1000).start();
    let page = Page::open(&server).await;
    subscribe(&page).await;
    publish_ten(&page).await;
    until_messages(&page, 10).await;
    for round in 1..=2 {
        page.click("feed-drop").await;
        FEED.until(&page, "waiting").await;
        publish_ten(&page).await;
        page.picture(&format!("feed-cut-{round}")).await;
        until_messages(&page, 10 + round * 10).await;
        FEED.until(&page, "open").await;
    }
    let numbers = numbers(&page).await;
    assert_eq!(numbers.len(), 30);
    assert!(
        numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]),
        "{numbers:?}"
    );
    let counts = FEED.counts(&page).await;
    assert_eq!(counts.connections, 3);
    assert_eq!((counts.events, counts.lost, counts.doubled), (30, 0, 0));
    page.picture("feed-came-back").await;
}

#[tokio::test]
async fn what_is_no_json_is_not_published() {
    let server = setup().start();
    let page = Page::open(&server).await;
    subscribe(&page).await;
    page.type_into("feed-json", "{nope").await;
    page.click("feed-publish").await;
    page.until_shown("feed-notice").await;
    let notice = page.text("feed-notice").await;
    assert!(notice.contains("no JSON"), "{notice}");
    page.picture("feed-no-json").await;
    let script = "document.getElementById('feed-json').value = JSON.stringify('x'.repeat(20_000))";
    page.run(script, &[]).await;
    page.click("feed-publish").await;
    let says = "document.getElementById('feed-notice').textContent.includes('too long')";
    page.until("it is too long", says).await;
    assert!(numbers(&page).await.is_empty());
}

#[tokio::test]
async fn who_leaves_a_topic_listens_no_longer() {
    let server = setup().start();
    let page = Page::open(&server).await;
    subscribe(&page).await;
    page.click("feed-leave").await;
    FEED.until(&page, "idle").await;
    eventually("the stream is closed", async || {
        server.metrics().await.connections() == 0
    })
    .await;
    publish_ten(&page).await;
    assert!(numbers(&page).await.is_empty());
    page.click("feed-subscribe").await;
    FEED.until_connections(&page, 1).await;
    page.click("feed-publish").await;
    until_messages(&page, 1).await;
}

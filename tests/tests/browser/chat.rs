//! The chat: a question, and its answer over a stream that the browser itself comes back to.

use demo_service::chat::{Library, Question, Step};
use serde_json::json;
use sse_gate_tests::{Secrets, eventually};

use crate::page::Page;
use crate::setup;
use crate::stream::Stream;

const CHAT: Stream = Stream("chat");

/// A question whose answer is long, and stands in one document.
const QUESTION: &str = "Why has a store three operations?";

/// Puts a question and sends it.
async fn ask(page: &Page, question: &str) {
    let script = "document.getElementById('chat-question').value = args[0]; \
        document.getElementById('demo-chat').scrollIntoView()";
    page.run(script, &[json!(question)]).await;
    page.click("chat-ask").await;
}

async fn signed_in(page: &Page) {
    page.sign_in("demo").await;
    page.until_shown("session").await;
}

async fn until_text(page: &Page, length: usize) {
    let has = format!("document.getElementById('chat-answer').textContent.length >= {length}");
    page.until(&format!("{length} letters of the answer"), &has)
        .await;
}

/// Waits until the answer is whole and the stream is over; the answer.
async fn answer(page: &Page) -> String {
    page.until_data("chat-status", "status", "completed").await;
    CHAT.until(page, "ended").await;
    let script = "return document.getElementById('chat-answer').textContent";
    let text = page.run(script, &[]).await;
    text.as_str().expect("a text").to_owned()
}

/// The answer as it is made, without a server and a browser.
fn answer_to(question: &str) -> String {
    let question = Question::new(question).expect("a question");
    let steps = Library::embedded().answer(question);
    steps
        .filter_map(|step| match step {
            Step::MessageChunk { content } => Some(content),
            _ => None,
        })
        .collect()
}

/// The question is in no URL and in no log, and the stream ends without a word from the page.
#[tokio::test]
async fn a_question_is_answered_from_the_documents() {
    let server = setup()
        .arg("pace", 10)
        .arg("retry", 200)
        .log("trace")
        .start();
    let page = Page::open(&server).await;
    signed_in(&page).await;
    ask(&page, &format!("{QUESTION} Asked by hunter2plinth.")).await;
    until_text(&page, 100).await;
    page.picture("chat-streaming").await;
    let answer = answer(&page).await;
    assert!(answer.contains("withdraw"), "{answer}");
    let found = page.text("chat-documents").await;
    assert!(found.contains("docs/decisions/0002"), "{found}");
    let ending = page.text("chat-ending").await;
    assert!(ending.contains("the answer is complete"), "{ending}");
    page.until_shown("chat-again").await;
    page.picture("chat-ended").await;
    assert_eq!(CHAT.counts(&page).await.connections, 1);

    let urls = "return performance.getEntries().map((entry) => entry.name).join()";
    let urls = page.run(urls, &[]).await.to_string();
    assert!(urls.contains("/api/chat/stream/"), "{urls}");
    assert!(!urls.contains("plinth"), "{urls}");
    let mut secrets = Secrets::default();
    secrets.plant("hunter2plinth");
    let log = server.log().bytes();
    assert!(!log.is_empty());
    assert_eq!(secrets.leak(&log), None);
}

/// I17, A12: the server cuts the connection, the browser comes back with a URL that is spent, and
/// every event arrives once.
#[tokio::test]
async fn an_answer_survives_cut_connections_without_loss_or_double() {
    let server = setup().arg("pace", 120).arg("retry", 200).start();
    let page = Page::open(&server).await;
    signed_in(&page).await;
    ask(&page, QUESTION).await;
    for round in 1..=3 {
        CHAT.until_connections(&page, round).await;
        until_text(&page, round * 200).await;
        page.click("chat-drop").await;
        CHAT.until(&page, "waiting").await;
        page.picture(&format!("chat-cut-{round}")).await;
    }
    assert_eq!(answer(&page).await, answer_to(QUESTION));
    let counts = CHAT.counts(&page).await;
    assert_eq!(counts.connections, 4);
    assert_eq!((counts.lost, counts.doubled), (0, 0));
    let rows = CHAT.rows(&page).await;
    let generations: Vec<_> = rows.iter().map(|row| row.generation).collect();
    assert!(generations.is_sorted_by(|a, b| a < b), "{rows:?}");
    for pair in rows.windows(2) {
        assert_eq!(pair[1].first, pair[0].last + 1, "{rows:?}");
    }
    assert_eq!(rows[3].last - rows[0].first + 1, counts.events);
    page.picture("chat-came-back").await;
}

/// A stop is no disconnect: the answer ends where it is, and says so.
#[tokio::test]
async fn a_stopped_answer_ends_where_it_is() {
    let server = setup().arg("pace", 100).arg("retry", 200).start();
    let page = Page::open(&server).await;
    signed_in(&page).await;
    ask(&page, QUESTION).await;
    until_text(&page, 100).await;
    page.click("chat-stop").await;
    page.until_data("chat-status", "status", "stopped").await;
    CHAT.until(&page, "ended").await;
    let ending = page.text("chat-ending").await;
    assert!(ending.contains("the answer was stopped"), "{ending}");
    let text = page.text("chat-answer").await;
    assert!(text.len() < 1000, "{text}");
    page.picture("chat-stopped").await;
}

/// Who looks over a shoulder, or at a picture of the page, learns no credential.
#[tokio::test]
async fn ids_are_shown_by_their_first_letters() {
    let server = setup().arg("pace", 20).arg("retry", 200).start();
    let page = Page::open(&server).await;
    signed_in(&page).await;
    // Notes what the page's own streams are given.
    let script = "window.given = new Set(); window.EventSource = class extends EventSource { \
        constructor(url) { super(url); given.add(url.split('/').pop()); \
        this.addEventListener('message_chunk', ({ lastEventId }) => given.add(lastEventId)); } }";
    page.run(script, &[]).await;
    ask(&page, QUESTION).await;
    answer(&page).await;
    let script = "const ids = [...given].flatMap((id) => id.split('.')); \
        const html = document.documentElement.outerHTML; \
        return [ids.filter((part) => part.length > 5 && html.includes(part)), ids.length]";
    let seen = page.run(script, &[]).await;
    assert_eq!(seen[0], json!([]));
    assert!(seen[1].as_u64() > Some(100), "{seen}");
    let shown = page.text("chat-ids").await;
    assert_eq!(shown.matches('…').count(), 2, "{shown}");
}

#[tokio::test]
async fn what_is_refused_is_refused_in_words() {
    let server = setup().start();
    let page = Page::open(&server).await;
    signed_in(&page).await;
    for (question, words) in [
        ("   ".to_owned(), "make sense"),
        ("x".repeat(65_537), "too long"),
    ] {
        ask(&page, &question).await;
        let says =
            format!("document.getElementById('chat-notice').textContent.includes('{words}')");
        page.until(words, &says).await;
    }
    page.picture("chat-refused").await;
    ask(&page, QUESTION).await;
    page.until_data("chat-status", "status", "completed").await;
    let gone = "document.getElementById('chat-notice').hidden";
    page.until("the notice is gone", gone).await;
}

/// Whoever signs in next at the same page sees nothing of what the last one asked.
#[tokio::test]
async fn a_chat_leaves_with_its_user() {
    let server = setup().arg("pace", 100).start();
    let page = Page::open(&server).await;
    signed_in(&page).await;
    ask(&page, QUESTION).await;
    until_text(&page, 50).await;
    page.click("sign-out").await;
    page.until_shown("sign-in-panel").await;
    CHAT.until(&page, "idle").await;
    eventually("the stream is closed", async || {
        server.metrics().await.connections() == 0
    })
    .await;
    for id in ["chat-answer", "chat-documents", "chat-log", "chat-ids"] {
        let script = "return document.getElementById(args[0]).textContent";
        assert_eq!(page.run(script, &[json!(id)]).await, "", "{id}");
    }
    let question = "return document.getElementById('chat-question').value";
    assert_eq!(page.run(question, &[]).await, "");
}

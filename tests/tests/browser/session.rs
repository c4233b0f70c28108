//! Signing in and out.

use sse_gate_tests::{SAMPLE, eventually};

use crate::page::Page;
use crate::setup;

#[tokio::test]
async fn a_wrong_password_is_said_to_be_wrong() {
    let server = setup().start();
    let page = Page::open(&server).await;
    page.picture("signed-out").await;
    page.sign_in("wrong").await;
    page.until_shown("sign-in-notice").await;
    let notice = page.text("sign-in-notice").await;
    assert!(notice.contains("password"), "{notice}");
    page.until(
        "nobody can start anything",
        "document.getElementById('start').disabled",
    )
    .await;
    page.picture("wrong-password").await;
    page.sign_in("demo").await;
    page.until_shown("session").await;
    assert_eq!(page.text("session-user").await, "alice");
    page.picture("signed-in").await;
}

/// D2: the JWT is where no other page and no later visitor finds it.
#[tokio::test]
async fn a_jwt_is_kept_in_no_storage_and_no_url() {
    let server = setup().start();
    let page = Page::open(&server).await;
    page.start(SAMPLE).await;
    page.until_data("status", "status", "completed").await;
    let script = "return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, \
        document.cookie, location.href, history.state, await indexedDB.databases(), \
        performance.getEntries().map((entry) => entry.name)])";
    let kept = page.run(script, &[]).await.to_string();
    assert!(kept.contains("?token=sset1_"), "{kept}");
    assert!(!kept.contains("eyJ"), "{kept}");
    page.click("sign-out").await;
    page.until_shown("sign-in-panel").await;
    page.reload().await;
    page.until_shown("sign-in-panel").await;
}

#[tokio::test]
async fn who_signs_out_follows_nothing_any_more() {
    let server = setup().arg("pace", 300).start();
    let page = Page::open(&server).await;
    page.start(SAMPLE).await;
    page.until_events(2).await;
    page.click("sign-out").await;
    page.until_data("connection", "state", "lost").await;
    eventually("the stream is closed", async || {
        server.metrics().await.connections() == 0
    })
    .await;
    page.picture("signed-out-while-streaming").await;
}

/// Whoever signs in next at the same page gets no result of the last user's to see.
#[tokio::test]
async fn a_result_leaves_with_its_owner() {
    let server = setup().start();
    let page = Page::open(&server).await;
    page.start(SAMPLE).await;
    let result = "document.getElementById('result').textContent";
    let there = format!("{result}.includes('pub struct')");
    page.until("the result is shown", &there).await;
    page.click("sign-out").await;
    page.until("the result is gone", &format!("{result} === ''"))
        .await;
    page.until_shown("sign-in-panel").await;
}

//! What a browser does with the URL of a stream, and which of it spends the token.

use serde_json::{Value, json};
use sse_gate_tests::{Request, Server, eventually, in_time};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use crate::page::Page;
use crate::setup;

/// Waits until a check has turned away as many requests.
async fn until_turned_away(server: &Server, check: &str, count: u64) {
    eventually("the request is turned away", async || {
        server.metrics().await.turned_away(check) >= count
    })
    .await;
}

/// A10: somebody pastes the URL into the address bar, or follows a link to it.
#[tokio::test]
async fn a_url_that_is_opened_as_a_page_is_refused_and_not_spent() {
    let server = setup().start();
    let alice = server.user("alice");
    let target = alice.mint(&alice.finish().await).await.target();
    let page = Page::open(&server).await;
    page.go_to(&page.absolute(&target)).await;
    let text = page.run("return document.body.innerText", &[]).await;
    let text = text.as_str().expect("a text");
    assert!(text.contains("\"status\":403"), "{text}");
    page.picture("opened-as-a-page").await;
    until_turned_away(&server, "fetch_metadata", 1).await;
    page.reload().await;
    assert_eq!(page.fetch(&target).await, 200);
    assert_eq!(page.fetch(&target).await, 401);
}

/// A10: elements load it, as a preview does.
#[tokio::test]
async fn a_url_that_elements_load_is_refused_and_not_spent() {
    let server = setup().start();
    let alice = server.user("alice");
    let target = alice.mint(&alice.finish().await).await.target();
    let page = Page::open(&server).await;
    for (count, element) in (1..).zip(["img", "iframe", "video", "link"]) {
        let script = "const element = document.createElement(args[0]); \
            element.rel = 'stylesheet'; element.src = element.href = args[1]; \
            document.body.append(element)";
        page.run(script, &[json!(element), json!(target)]).await;
        until_turned_away(&server, "fetch_metadata", count).await;
    }
    assert_eq!(page.fetch(&target).await, 200);
}

/// A9: it is fetched ahead of time.
#[tokio::test]
async fn a_url_that_is_prefetched_is_refused_and_not_spent() {
    let server = setup().start();
    let alice = server.user("alice");
    let target = alice.mint(&alice.finish().await).await.target();
    let page = Page::open(&server).await;
    let script = "const link = document.createElement('link'); link.rel = 'prefetch'; \
        link.href = args[0]; document.head.append(link)";
    page.run(script, &[json!(target)]).await;
    until_turned_away(&server, "prefetch", 1).await;
    assert_eq!(page.fetch(&target).await, 200);
}

/// A15: another tab gets hold of the URL. It is refused for good, and the first streams on.
#[tokio::test]
async fn a_second_event_source_is_refused_and_the_first_streams_on() {
    let server = setup().arg("pace", 200).start();
    let alice = server.user("alice");
    let page = Page::open(&server).await;
    let target = alice.mint(&alice.start().await).await.target();
    let script = "const first = new EventSource(args[0]); \
        await new Promise((opened) => { first.onopen = opened; }); \
        const second = new EventSource(args[0]); \
        await new Promise((failed) => { second.onerror = failed; }); \
        await new Promise((came) => { first.onmessage = came; }); \
        const states = [first.readyState, second.readyState]; \
        first.close(); return states";
    let states = page.run(script, &[json!(target)]).await;
    let (open, closed) = (1, 2);
    assert_eq!(states, json!([open, closed]));
}

/// A2, A15: many at once, and one of them opens.
#[tokio::test]
async fn of_event_sources_that_race_one_opens() {
    let server = setup().start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let page = Page::open(&server).await;
    let script = "const outcome = (source) => new Promise((done) => { \
            source.onopen = () => done('open'); source.onerror = () => done('refused'); }) \
            .finally(() => source.close()); \
        const sources = Array.from({ length: 6 }, () => new EventSource(args[0])); \
        return (await Promise.all(sources.map(outcome))).sort()";
    for round in 0..10 {
        let target = alice.mint(&id).await.target();
        let outcomes = page.run(script, &[json!(target)]).await;
        let [refused, open] = ["refused", "open"];
        let expected = json!([open, refused, refused, refused, refused, refused]);
        assert_eq!(outcomes, expected, "in round {round}");
    }
}

/// A14: a page that keeps a stream's answer, against `no-store`, has a URL that opens nothing.
#[tokio::test]
async fn a_cached_stream_is_no_way_in() {
    let server = setup().start();
    let alice = server.user("alice");
    let target = alice.mint(&alice.finish().await).await.target();
    let page = Page::open(&server).await;
    let script = "const headers = { Accept: 'text/event-stream' }; \
        const cache = await caches.open('streams'); \
        await cache.put(args[0], await fetch(args[0], { headers })); \
        return await (await cache.match(args[0])).text()";
    let cached = page.run(script, &[json!(target)]).await;
    assert!(cached.as_str().is_some_and(|it| it.contains("completed")));
    assert_eq!(page.fetch(&target).await, 401);
}

/// D4: nobody else learns the URL from a `Referer`, neither of the page nor of a stream that was
/// opened as one.
#[tokio::test]
async fn other_origins_learn_no_url() {
    let server = setup().start();
    let alice = server.user("alice");
    let minted = alice.mint(&alice.finish().await).await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = json!(format!(
        "http://{}/",
        elsewhere.local_addr().expect("it has one")
    ));
    let page = Page::open(&server).await;
    for start in ["/".to_owned(), minted.target()] {
        page.go_to(&page.absolute(&start)).await;
        let ((), head) = tokio::join!(leave(&page, &url), request(&elsewhere));
        assert!(head.starts_with("get / "), "{head}");
        for secret in [&minted.token.to_lowercase(), &minted.stream_url] {
            assert!(!head.contains(secret), "from {start}: {head}");
        }
        if start == "/" {
            assert!(!head.contains("referer"), "{head}");
        }
    }
    let response = server.send(&Request::get("/")).await;
    assert_eq!(response.header("referrer-policy"), Some("no-referrer"));
}

/// Has the page go to another URL by a link.
async fn leave(page: &Page, url: &Value) {
    let script = "const link = document.createElement('a'); link.href = args[0]; \
        document.body.append(link); link.click()";
    page.run(script, std::slice::from_ref(url)).await;
}

/// Takes a connection and gives an empty answer; the head of the request, in lower case.
async fn request(listener: &TcpListener) -> String {
    let accepted = in_time("a connection", listener.accept()).await;
    let mut stream = BufReader::new(accepted.expect("browsers connect").0);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let read = in_time("a head", stream.read_line(&mut head)).await;
        assert!(read.is_ok_and(|read| read > 0), "cut off: {head}");
    }
    let answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
    let sent = in_time("an answer", stream.write_all(answer)).await;
    sent.expect("the browser listens");
    head.to_lowercase()
}

//! The JavaScript of the pages parses, and reconnects.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::{blocks, pages};

/// Gives node this module on its input. Its output, if it ends well.
fn node(args: &[&str], module: &str) -> Result<String, String> {
    let mut node = Command::new("node");
    node.arg("--input-type=module").args(args);
    node.stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut node = node.spawn().expect("node is installed");
    let mut input = node.stdin.take().unwrap();
    input.write_all(module.as_bytes()).unwrap();
    drop(input);
    let output = node.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() {
        Ok(text(output.stdout))
    } else {
        Err(text(output.stderr))
    }
}

/// The block of a page that has this in it.
fn block(page: &str, part: &str) -> String {
    let (_, text) = pages().into_iter().find(|(name, _)| name == page).unwrap();
    let blocks = blocks(&text, "js").into_iter();
    let block = blocks
        .filter(|code| code.contains(part))
        .map(str::to_owned)
        .next();
    block.unwrap_or_else(|| panic!("{page} has no block with {part:?}"))
}

/// A browser with a server that issues the tokens 1, 2, 3, and an `EventSource` that a test breaks.
const BROWSER: &str = r#"
let tokens = 0;
globalThis.sources = [];
globalThis.fetch = async (url, { method, body }) => {
  console.log(method, url, body ?? "");
  return { ok: true, status: 200, json: async () => ({ sse_token: ++tokens, stream_url: "/s" }) };
};
globalThis.EventSource = class {
  static CLOSED = 2;
  readyState = 1;
  #on = {};
  constructor(url) { console.log("GET", url); sources.push(this); }
  addEventListener(name, call) { this.#on[name] = call; }
  tell(name, data) { this.#on[name]?.({ data: JSON.stringify(data) }); }
  close() { this.readyState = 2; }
};
globalThis.setTimeout = (call, _, ...args) => { setImmediate(call, ...args); };
const settled = () => new Promise((done) => setImmediate(() => setImmediate(() => setImmediate(done))));
"#;

#[test]
fn every_script_parses() {
    let mut count = 0;
    for (page, text) in pages() {
        for code in blocks(&text, "js") {
            if let Err(error) = node(&["--check"], code) {
                panic!("{page}: {error}\n{code}");
            }
            count += 1;
        }
    }
    assert!(count >= 5, "only {count} scripts were found");
}

#[test]
fn the_page_of_a_strict_route_asks_for_a_token_at_each_break() {
    let script = block("first-stream.md", "function openStream");
    let test = r#"
        const stop = openStream("/rooms/7/events", async () => "jwt", console.log);
        await settled();
        sources[0].onmessage("an event");
        sources[0].onerror();
        await settled();
        stop();
        sources[1].onerror();
        await settled();
        console.log(sources.map((source) => source.readyState));
    "#;
    let output = node(&[], &format!("{BROWSER}\n{script}\n{test}")).unwrap();
    let expected = "\
        POST /rooms/7/events-token \n\
        GET /s?token=1\n\
        an event\n\
        POST /rooms/7/events-token \n\
        GET /s?token=2\n\
        [ 2, 2 ]\n";
    assert_eq!(output, expected);
}

#[test]
fn the_page_of_an_answer_leaves_reconnects_to_the_browser_and_asks_once() {
    let script = block("answers.md", "function ask");
    let test = r#"
        const answer = ask("Why?", async () => "jwt", console.log);
        await settled();
        sources[0].onmessage({ data: "Because" });
        sources[0].readyState = 0; // It connects again.
        sources[0].onerror();
        sources[0].onmessage({ data: "of" });
        sources[0].tell("sse.close", { v: 1, reason: "complete" });
        await answer;
        const broken = ask("Why?", async () => "jwt", console.log);
        await settled();
        sources[1].readyState = 2;
        sources[1].onerror();
        await broken.catch((error) => console.log(error.message));
    "#;
    let output = node(&[], &format!("{BROWSER}\n{script}\n{test}")).unwrap();
    let expected = "\
        POST /answer-token \"Why?\"\n\
        GET /s?token=1\n\
        Because\n\
        of\n\
        POST /answer-token \"Why?\"\n\
        GET /s?token=2\n\
        the answer is gone\n";
    assert_eq!(output, expected);
}

#[test]
fn the_page_of_a_feed_asks_for_a_token_only_when_it_was_refused() {
    let script = block("feeds.md", "function follow");
    let test = r#"
        await follow("/feeds/news", async () => "jwt", console.log);
        sources[0].readyState = 0; // It connects again.
        sources[0].onerror();
        await settled();
        sources[0].readyState = 2;
        sources[0].onerror();
        await settled();
        console.log(sources.length);
    "#;
    let output = node(&[], &format!("{BROWSER}\n{script}\n{test}")).unwrap();
    let expected = "\
        POST /feeds/news/token \n\
        GET /s?token=1\n\
        POST /feeds/news/token \n\
        GET /s?token=2\n\
        2\n";
    assert_eq!(output, expected);
}

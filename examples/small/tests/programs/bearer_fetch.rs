//! `bearer_fetch`: a stream without a token, and the page that reads it.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::exchange::{data, last_id};
use crate::program::{Program, in_time};

const PROGRAM: &str = env!("CARGO_BIN_EXE_bearer_fetch");

#[tokio::test]
async fn a_jwt_in_a_header_opens_the_stream_and_goes_on_with_it() {
    let program = Program::start(PROGRAM).await;
    let bearer = format!(
        "Accept: text/event-stream\r\nAuthorization: Bearer {}\r\n",
        program.jwt
    );
    let mut stream = program.send("GET", "/ticks", &bearer).await;
    let text = stream
        .until("two ticks", |text| data(text).len() >= 2)
        .await;
    let (last, id) = (
        (*data(text).last().unwrap()).to_owned(),
        last_id(text).to_owned(),
    );
    drop(stream);

    let again = format!("{bearer}Last-Event-ID: {id}\r\n");
    let mut stream = program.send("GET", "/ticks", &again).await;
    let text = stream.until("a tick", |text| !data(text).is_empty()).await;
    let number = |tick: &str| tick.strip_prefix("tick ").unwrap().parse::<u32>().unwrap();
    assert_eq!(number(data(text)[0]), number(&last) + 1);

    assert_eq!(program.open("/ticks", None).await.status().await, 401);
}

/// The script of the page, with what a browser has around it.
fn script(page: &str, addr: &str) -> String {
    let (_, script) = page.split_once("<script type=\"module\">").unwrap();
    let (script, _) = script.split_once("</script>").unwrap();
    format!(
        "globalThis.document = {{ querySelector: () => ({{
           get textContent() {{ return ''; }}, set textContent(text) {{ process.stdout.write(text); }},
         }}) }};
         const real = fetch;
         globalThis.fetch = (path, init) => real('http://{addr}' + path, init);
         {script}"
    )
}

#[tokio::test]
async fn the_page_shows_each_tick() {
    let program = Program::start(PROGRAM).await;
    let page = program.send("GET", "/", "").await.whole().await;
    let mut node = Command::new("node");
    node.args(["--input-type=module", "-e", &script(&page, &program.addr)]);
    let mut node = node
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(node.stdout.take().unwrap()).lines();
    let mut next = async || {
        in_time("a line of the page", lines.next_line())
            .await
            .unwrap()
    };
    let number = |line: Option<String>| {
        let line = line.expect("the page has ended");
        line.strip_prefix("tick ")
            .expect(&line)
            .parse::<u32>()
            .unwrap()
    };
    let first = number(next().await);
    assert_eq!(number(next().await), first + 1);
}

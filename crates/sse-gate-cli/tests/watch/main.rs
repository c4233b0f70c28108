//! `sse-gate watch` as a process, against a server that answers by a script.

mod server;
#[cfg(unix)]
mod terminal;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use server::{Server, body, events, open, status};

const COMPLETE: &str = "event: sse.close\ndata: {\"v\":1,\"reason\":\"complete\"}\n\n";

/// The program with these arguments. Its bearer is in a variable.
fn watch(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sse-gate"));
    command.arg("watch").args(args).env("JWT", "eyJ.secret");
    command
}

fn run(args: &[&str]) -> Output {
    watch(args).output().expect("the program runs")
}

/// The lines of the output, which are JSON.
fn lines(output: &Output) -> Vec<Value> {
    let text = str::from_utf8(&output.stdout).expect("it is text");
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().expect("each line is JSON")
}

#[test]
fn a_pipe_gets_a_line_of_json_for_each_event_and_change() {
    let stream = format!("id: 7\nevent: news\ndata: a\ndata: b\n\n: x\n\n{COMPLETE}");
    let server = Server::start(vec![events(&stream)]);
    let output = run(&[&server.url("/"), "--ids"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let expected = [
        json!({ "type": "connecting", "attempt": 1 }),
        json!({ "type": "open" }),
        json!({ "type": "event", "name": "news", "data": "a\nb", "id": "7" }),
        json!({ "type": "closed", "reason": "complete" }),
    ];
    assert_eq!(lines(&output), expected);
    assert!(output.stderr.is_empty(), "{output:?}");
    assert!(!server.head().contains("authorization"));
}

#[test]
fn exit_codes_say_why_a_stream_ended() {
    let rows = [
        (status("204 No Content"), 0, None),
        (events(COMPLETE), 0, None),
        (status("401 No"), 3, Some("unauthorized")),
        (status("403 No"), 4, Some("refused")),
        (status("404 No"), 4, Some("refused")),
        (body("text/html", "<p>"), 4, Some("not_an_event_stream")),
        (
            status("302 There\r\nlocation: http://evil.example/"),
            4,
            Some("foreign_redirect"),
        ),
        (
            events("event: sse.close\ndata: {\"reason\":\"revoked\"}\n\n"),
            5,
            Some("closed"),
        ),
        (
            events("event: sse.error\ndata: {\"reason\":\"internal\"}\n\n"),
            5,
            Some("failed"),
        ),
        (status("502 Bad Gateway"), 6, Some("gave_up")),
    ];
    for (reply, code, kind) in rows {
        let server = Server::start(vec![reply.clone()]);
        let output = run(&[&server.url("/"), "--attempts", "1"]);
        assert_eq!(output.status.code(), Some(code), "{reply} {output:?}");
        let lines = lines(&output);
        let last = lines.last().expect("a line");
        assert_eq!(last["kind"].as_str(), kind, "{reply} {last}");
    }
}

#[test]
fn wrong_arguments_are_told_from_wrong_streams() {
    let any = "http://127.0.0.1:1/";
    for (args, message) in [
        (&[][..], "required arguments"),
        (&["no URL"], "the URL is not one of http or https"),
        (
            &[any, "--bearer-env", "NOT_SET_ANYWHERE"],
            "there is no bearer in the variable NOT_SET_ANYWHERE",
        ),
        (
            &[any, "--bearer-file", "/not/there"],
            "there is no bearer in the file /not/there",
        ),
        (&[any, "--data", "{}"], "--mint"),
        (&[any, "--bearer", "secret"], "unexpected argument"),
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?} {output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains(message), "{args:?} {errors}");
    }
}

/// D2, H8: the bearer goes to the mint, in a header, and the token alone to the stream.
#[test]
fn a_mint_gets_the_bearer_and_the_stream_its_token() {
    let minted = r#"{"sse_token":"sset1_x","stream_url":"/stream"}"#;
    let replies = [
        body("application/json", minted),
        events("id: 1\ndata: 1\n\n"),
    ];
    let again = [body("application/json", minted), events(COMPLETE)];
    let server = Server::start([replies, again].concat());
    let (url, mint) = (server.url("/stream"), server.url("/token"));
    let output = run(&[
        &url,
        "--mint",
        &mint,
        "--bearer-env",
        "JWT",
        "--data",
        r#"{"a":1}"#,
    ]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for id in [false, true] {
        let minting = server.head();
        assert!(minting.starts_with("POST /token HTTP/1.1\r\n"), "{minting}");
        assert!(
            minting.contains("authorization: Bearer eyJ.secret\r\n"),
            "{minting}"
        );
        let stream = server.head();
        assert!(
            stream.starts_with("GET /stream?token=sset1_x HTTP/1.1\r\n"),
            "{stream}"
        );
        assert!(!stream.contains("secret"), "{stream}");
        assert_eq!(stream.contains("last-event-id: 1\r\n"), id, "{stream}");
    }
    let shown = format!("{output:?}");
    assert!(
        !shown.contains("secret") && !shown.contains("sset1_"),
        "{shown}"
    );
}

/// The origin of the URL counts, and not that of the mint.
#[test]
fn a_token_without_a_url_opens_the_stream_that_was_named() {
    for more in [&[][..], &["--resumable"]] {
        let minted = body("application/json", r#"{"sse_token":"t"}"#);
        let mint = Server::start(vec![minted]);
        let server = Server::start(vec![events(COMPLETE)]);
        let (url, at) = (server.url("/stream"), mint.url("/token"));
        let output = run(&[&[&*url, "--mint", &at][..], more].concat());
        assert_eq!(output.status.code(), Some(0), "{more:?} {output:?}");
        let head = server.head();
        assert!(head.starts_with("GET /stream?token=t "), "{more:?} {head}");
    }
}

#[test]
fn a_stream_id_without_a_place_in_the_url_follows_the_mint() {
    let minted = body("application/json", r#"{"stream_id":"sset1_y"}"#);
    let server = Server::start(vec![minted, events(COMPLETE)]);
    let (url, mint) = (server.url("/feed"), server.url("/chat/initiate"));
    let output = run(&[&url, "--mint", &mint, "--resumable"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    server.head();
    let head = server.head();
    assert!(head.starts_with("GET /chat/sset1_y "), "{head}");
}

#[test]
fn a_stream_id_takes_its_place_in_the_url() {
    let minted = body("application/json", r#"{"stream_id":"sset1_y"}"#);
    let server = Server::start(vec![minted, events("id: 1\ndata: 1\n\n"), events(COMPLETE)]);
    let (url, mint) = (server.url("/chat/{stream_id}"), server.url("/initiate"));
    let output = run(&[&url, "--mint", &mint, "--bearer-env", "JWT"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let heads = [(); 3].map(|()| server.head());
    assert!(heads[0].starts_with("POST /initiate "), "{heads:?}");
    let bearer = "authorization: Bearer eyJ.secret\r\n";
    assert!(heads[0].contains(bearer), "{heads:?}");
    for head in &heads[1..] {
        assert!(head.starts_with("GET /chat/sset1_y "), "{heads:?}");
        assert!(!head.contains("secret"), "{heads:?}");
    }
}

#[test]
fn a_bearer_file_that_is_written_anew_is_read_anew() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(b"old\n").expect("it is written");
    let path = file.path().to_owned();
    let server = Server::start(vec![open("data: 1\n\n"), status("204 No Content")]);
    let args = [
        &server.url("/"),
        "--bearer-file",
        path.to_str().expect("it is text"),
    ];
    let mut child = watch(&args)
        .args(["--heartbeat", "1"])
        .stdout(Stdio::null())
        .spawn();
    let child = child.as_mut().expect("the program runs");
    assert!(server.head().contains("Bearer old\r\n"));
    std::fs::write(&path, "new").expect("it is written");
    assert!(server.head().contains("Bearer new\r\n"));
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn text_shows_events_without_what_a_terminal_obeys() {
    let stream = format!("event: news\ndata: \u{1b}[2Ja\ndata: b\n\n{COMPLETE}");
    let server = Server::start(vec![events(&stream)]);
    let output = run(&[&server.url("/"), "--output", "text"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "news \\u{1b}[2Ja\n  b\n"
    );
    let status = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = status.lines().collect();
    assert_eq!(lines, ["… connecting", "● open", "✓ complete"]);
}

/// A user who sees that the program waits sees why.
#[test]
fn a_wait_says_why() {
    let server = Server::start(vec![status("502 Bad Gateway"), status("204 No Content")]);
    let output = run(&[&server.url("/")]);
    let lines = lines(&output);
    let wait = lines.iter().find(|line| line["type"] == "waiting");
    let wait = wait.expect("it waits");
    assert_eq!(
        (&wait["reason"], &wait["status"]),
        (&json!("status"), &json!(502))
    );

    // A port where nothing listens.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", gone.local_addr().expect("it is bound"));
    drop(gone);
    let output = run(&[&url, "--attempts", "2", "--output", "text"]);
    let status = String::from_utf8_lossy(&output.stderr);
    assert!(status.contains("refused"), "{status}");
}

/// H7: neither text nor JSON has an order for a terminal, wherever in an event it stands.
#[test]
fn json_has_nothing_that_a_terminal_obeys() {
    let stream = format!("event: \u{9b}31m\nid: \u{9b}2J\ndata: \u{9b}2J\u{202e}\n\n{COMPLETE}");
    for kind in ["json", "text"] {
        let server = Server::start(vec![events(&stream)]);
        let output = run(&[&server.url("/"), "--output", kind, "--ids"]);
        let shown = String::from_utf8_lossy(&output.stdout);
        let obeyed = shown.chars().any(|it| it != '\n' && it.is_control());
        assert!(!obeyed && !shown.contains('\u{202e}'), "{shown:?}");
    }
}

#[test]
fn ids_are_shown_if_they_are_asked_for() {
    let stream = format!("data: 1\n\nid: 7\ndata: 2\n\n{COMPLETE}");
    let server = Server::start(vec![events(&stream)]);
    let lines = lines(&run(&[&server.url("/")]));
    assert!(lines.iter().all(|it| it.get("id").is_none()), "{lines:?}");
    for (ids, expected) in [(&["--ids"][..], "1\n7 2\n"), (&[], "1\n2\n")] {
        let server = Server::start(vec![events(&stream)]);
        let output = run(&[&[&server.url("/"), "--output", "text"], ids].concat());
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    }
}

#[test]
fn text_says_how_a_stream_ended() {
    for (reply, code, end) in [
        (status("204 No Content"), 0, "✓ the server has nothing more"),
        (status("403 No"), 4, "✗ the server answered 403 Forbidden"),
    ] {
        let server = Server::start(vec![reply]);
        let output = run(&[&server.url("/"), "--output", "text"]);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let status = String::from_utf8_lossy(&output.stderr);
        assert_eq!(status.lines().last(), Some(end), "{status}");
    }
}

#[test]
fn an_error_comes_with_its_causes() {
    let output = run(&["http://127.0.0.1:1/", "--attempts", "1"]);
    let lines = lines(&output);
    let message = lines.last().expect("a line")["message"].as_str();
    let message = message.expect("a text");
    let causes = message.strip_prefix("the limit of attempts is reached: connection: ");
    assert!(causes.is_some_and(|it| it.contains("refused")), "{message}");
}

/// A reader that has seen enough is no error, and a full disk is one.
#[cfg(target_os = "linux")]
#[test]
fn output_that_can_not_be_written_is_an_error() {
    let server = Server::start(vec![events(COMPLETE)]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let mut command = watch(&[&server.url("/")]);
    let status = command.stdout(full.expect("it is there")).status();
    assert_eq!(status.expect("the program runs").code(), Some(1));
}

#[cfg(unix)]
#[test]
fn control_c_closes_the_stream() {
    let server = Server::start(vec![open("data: 1\n\n")]);
    let mut child = watch(&[&server.url("/")])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    while !lines
        .next()
        .expect("a line")
        .expect("it is text")
        .contains("event")
    {}
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status();
    assert!(sent.is_ok_and(|it| it.success()), "no signal sent");
    server.wait_closed();
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_program() {
    let many = "data: again\n\n".repeat(5000);
    let server = Server::start(vec![open(&many)]);
    let mut child = watch(&[&server.url("/")])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

//! `sse-gate doctor` as a process, against a server that answers by a script: what no proxy can be made to do.

mod server;

use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use server::{Piece, Server, at_once, chunk, head, json, stream};

const REFUSED: &str = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Runs the program with these arguments. The bearer is in a variable.
fn doctor(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sse-gate"));
    command.arg("doctor").args(args).args(["--idle", "3"]);
    let output = command.env("JWT", "eyJ.secret").output();
    let output = output.expect("the program runs");
    let shown = format!("{output:?}");
    for secret in ["secret", "sset1_", "id-of-an-event"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    output
}

/// What a check says.
fn finding(output: &Output, check: &str) -> (String, String) {
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().map(serde_json::from_str::<Value>);
    let lines: Vec<_> = lines.collect::<Result<_, _>>().expect("JSON lines");
    let line = lines.iter().find(|line| line["check"] == check);
    let line = line.unwrap_or_else(|| panic!("no {check} in {output:?}"));
    let text = |name: &str| line[name].as_str().expect("a text").to_owned();
    (text("verdict"), text("seen"))
}

/// The checks that are wrong.
fn wrong(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text
        .lines()
        .filter_map(|it| serde_json::from_str::<Value>(it).ok());
    let wrong = lines.filter(|line| line["verdict"] == "wrong");
    wrong
        .map(|line| line["check"].as_str().expect("a name").to_owned())
        .collect()
}

/// A server with a mint, whose stream answers as the script says.
fn with_mint(script: impl Fn(&str) -> Vec<Piece> + Send + Sync + 'static) -> Server {
    Server::start(move |head| {
        if head.starts_with("POST /mint ") {
            json(r#"{"sse_token":"sset1_abc","stream_url":"/feed"}"#)
        } else {
            script(head)
        }
    })
}

fn with_args(server: &Server) -> Output {
    let (url, mint) = (server.url("/feed"), server.url("/mint"));
    doctor(&[&url, "--mint", &mint, "--bearer-env", "JWT"])
}

#[test]
fn a_public_stream_is_well() {
    let server = Server::start(|head| {
        let goes_on = head.contains("last-event-id: id-of-an-event\r\n");
        let next = if goes_on { "-2" } else { "" };
        stream("", &format!("id: id-of-an-event{next}\ndata: x\n\n"))
    });
    let output = doctor(&[&server.url("/feed")]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(finding(&output, "resume").0, "good", "{output:?}");
    assert_eq!(finding(&output, "token").0, "unseen", "{output:?}");
}

/// The mint gets the bearer, and the stream its token alone.
#[test]
fn the_bearer_goes_to_the_mint_only() {
    let server = with_mint(|_| stream("", "data: x\n\n"));
    with_args(&server);
    let heads = server.heads();
    let (mints, streams): (Vec<_>, Vec<_>) =
        heads.iter().partition(|it| it.starts_with("post /mint "));
    assert!(!mints.is_empty() && !streams.is_empty(), "{heads:?}");
    assert!(
        mints
            .iter()
            .all(|it| it.contains("authorization: bearer eyj.secret\r\n"))
    );
    assert!(
        streams.iter().all(|it| it.contains("?token=sset1_abc ")),
        "{heads:?}"
    );
    assert!(streams.iter().all(|it| !it.contains("secret")), "{heads:?}");
}

#[test]
fn without_a_mint_the_stream_gets_the_bearer() {
    let server = Server::start(|_| stream("", "data: x\n\n"));
    doctor(&[&server.url("/feed"), "--bearer-env", "JWT"]);
    let heads = server.heads();
    assert!(
        heads.iter().all(|it| it.contains("bearer eyj.secret")),
        "{heads:?}"
    );
}

#[test]
fn a_token_that_works_twice_is_wrong() {
    let server = with_mint(|_| stream("", "data: x\n\n"));
    let output = with_args(&server);
    assert_eq!(wrong(&output), ["token"], "{output:?}");
    assert!(finding(&output, "token").1.contains("a second time"));
}

#[test]
fn a_cookie_with_the_token_is_wrong() {
    let server = with_mint(|_| stream("set-cookie: last=sset1_abc\r\n", "data: x\n\n"));
    let output = with_args(&server);
    let seen = finding(&output, "token").1;
    assert!(
        seen.contains("set-cookie of the stream repeats the token"),
        "{seen}"
    );
}

#[test]
fn an_answer_out_of_a_cache_is_wrong() {
    for header in [
        "age: 7\r\n",
        "x-cache: Hit from cloudfront\r\n",
        "cf-cache-status: HIT\r\n",
    ] {
        let server = Server::start(move |_| stream(header, "data: x\n\n"));
        let output = doctor(&[&server.url("/feed")]);
        assert_eq!(wrong(&output), ["caching"], "{output:?}");
    }
}

#[test]
fn heartbeats_in_a_heap_are_wrong() {
    let server = Server::start(|_| {
        let heap = chunk(&": \n\n".repeat(3));
        vec![
            (Duration::ZERO, head("")),
            (Duration::from_millis(2_300), heap),
            (Duration::from_secs(20), String::new()),
        ]
    });
    let output = doctor(&[&server.url("/feed")]);
    assert_eq!(wrong(&output), ["buffering"], "{output:?}");
}

#[test]
fn a_stream_that_begins_anew_has_lost_its_id() {
    let server = Server::start(|_| stream("", "id: id-of-an-event\ndata: x\n\n"));
    let output = doctor(&[&server.url("/feed")]);
    assert_eq!(wrong(&output), ["resume"], "{output:?}");
}

#[test]
fn a_url_that_opens_one_stream_is_asked_for_no_more_than_that() {
    let server = Server::start(|head| {
        if head.contains("accept-encoding") {
            stream("content-encoding: gzip\r\n", "data: x\n\n")
        } else {
            at_once(REFUSED)
        }
    });
    let output = doctor(&[&server.url("/feed?token=sset1_abc")]);
    assert_eq!(wrong(&output), ["compression"], "{output:?}");
    assert!(finding(&output, "idle").1.contains("--mint"), "{output:?}");
}

/// A redirect to another host gets neither the bearer nor the token.
#[test]
fn a_redirect_to_another_host_is_not_followed() {
    let other = Server::start(|_| stream("", "data: x\n\n"));
    let to = other.url("/feed").replace("127.0.0.1", "localhost");
    let server = Server::start(move |_| {
        at_once(format!(
            "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"
        ))
    });
    let output = doctor(&[&server.url("/feed"), "--bearer-env", "JWT"]);
    assert_eq!(wrong(&output), ["redirects"], "{output:?}");
    assert!(finding(&output, "redirects").1.contains("another host"));
    assert!(other.heads().is_empty());
}

/// H8: a redirect to another port of the same host gets neither the bearer nor the token.
#[test]
fn a_redirect_to_another_port_is_not_followed() {
    let other = Server::start(|_| stream("", "data: x\n\n"));
    let to = other.url("/feed?token=sset1_abc");
    let server = Server::start(move |_| {
        at_once(format!(
            "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"
        ))
    });
    let output = doctor(&[&server.url("/feed"), "--bearer-env", "JWT"]);
    assert_eq!(wrong(&output), ["redirects"], "{output:?}");
    assert!(other.heads().is_empty(), "{:?}", other.heads());
}

/// H8, D3: a token goes to the origin of the URL that was given.
#[test]
fn a_mint_that_leads_to_another_origin_gets_its_token_nowhere() {
    let other = Server::start(|_| stream("", "data: x\n\n"));
    let to = other.url("/feed");
    let server = Server::start(move |_| {
        json(&format!(
            r#"{{"sse_token":"sset1_abc","stream_url":"{to}"}}"#
        ))
    });
    let output = with_args(&server);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("another origin"), "{error}");
    assert!(other.heads().is_empty(), "{:?}", other.heads());
}

/// A strict route is well: a spent token opens nothing, whatever id comes with it.
#[test]
fn a_strict_route_has_nothing_to_resume() {
    let spent = AtomicBool::new(false);
    let server = with_mint(move |_| {
        if spent.swap(true, Ordering::SeqCst) {
            at_once(REFUSED)
        } else {
            stream("", "id: id-of-an-event\ndata: x\n\n")
        }
    });
    let output = with_args(&server);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(finding(&output, "resume").0, "unseen", "{output:?}");
}

/// Each probe asks its question anew, and shows the id of its stream in the path.
#[test]
fn a_stream_id_takes_its_place_in_the_url() {
    let server = Server::start(|head| {
        if head.starts_with("POST /initiate ") {
            json(r#"{"stream_id":"sset1_abc"}"#)
        } else if head.contains("last-event-id: sser1.") {
            at_once("HTTP/1.1 204 No Content\r\n\r\n")
        } else {
            stream("", "id: sser1.id-of-an-event\ndata: x\n\n")
        }
    });
    let (url, mint) = (server.url("/chat/{stream_id}"), server.url("/initiate"));
    let data = r#"{"message":"What is a token?"}"#;
    let output = doctor(&[&url, "--mint", &mint, "--data", data, "--bearer-env", "JWT"]);
    assert_eq!(finding(&output, "resume").0, "good", "{output:?}");
    let heads = server.heads();
    let length = format!("content-length: {}\r\n", data.len());
    assert!(heads[0].contains(&length), "{heads:?}");
    assert!(heads[1].starts_with("get /chat/sset1_abc "), "{heads:?}");
}

/// H5: a stream that never stops for breath is no trouble, and the last byte has its time.
#[test]
fn a_flood_is_watched_without_being_kept() {
    let server = Server::start(|head| {
        let flood = if head.contains("last-event-id") {
            0
        } else {
            400
        };
        let comments = chunk(&":\n".repeat(16_000));
        let begin = (Duration::ZERO, self::head(""));
        let flood = std::iter::repeat_n((Duration::ZERO, comments), flood);
        let end = (Duration::from_secs(20), String::new());
        [begin].into_iter().chain(flood).chain([end]).collect()
    });
    let start = Instant::now();
    let output = doctor(&[&server.url("/feed")]);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(finding(&output, "idle").0, "good", "{output:?}");
}

#[test]
fn a_stream_that_says_that_it_is_over_was_not_cut() {
    let server = Server::start(|_| {
        let events = chunk("event: sse.close\ndata: {\"reason\":\"complete\"}\n\n");
        at_once(format!("{}{events}0\r\n\r\n", head("")))
    });
    let output = doctor(&[&server.url("/feed")]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(finding(&output, "idle").0, "unseen", "{output:?}");
}

#[test]
fn what_can_not_be_probed_is_told_from_what_is_wrong() {
    let mint = Server::start(|_| at_once(REFUSED));
    for args in [
        &["http://127.0.0.1:1/"][..],
        &["http://127.0.0.1:1/", "--bearer-env", "NOT_SET_ANYWHERE"],
        &["no URL"],
        &["ftp://a/"],
        &["http://127.0.0.1:1/", "--mint", &mint.url("/mint")],
    ] {
        let output = doctor(args);
        assert_eq!(output.status.code(), Some(2), "{args:?} {output:?}");
        assert!(
            output.stdout.is_empty() && !output.stderr.is_empty(),
            "{output:?}"
        );
    }
}

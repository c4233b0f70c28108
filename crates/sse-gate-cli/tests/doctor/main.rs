//! `sse-gate doctor` as a process, against a server that answers by a script: what no proxy can be made to do.

mod server;
#[cfg(unix)]
#[path = "../support/terminal.rs"]
mod terminal;

use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use server::{Piece, Server, at_once, chunk, head, json, stream};

const REFUSED: &str = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// The program with these arguments. The bearer is in a variable.
fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sse-gate"));
    command.arg("doctor").args(args).args(["--idle", "3"]);
    command.env("JWT", "eyJ.secret");
    command
}

/// What the program writes to a pipe.
fn doctor(args: &[&str]) -> Output {
    let output = command(args).output().expect("the program runs");
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
        let id = if goes_on {
            "the-next-secret"
        } else {
            "id-of-an-event"
        };
        let echo = "cache-control: id-of-an-event, the-next-secret\r\n";
        stream(echo, &format!("id: {id}\ndata: x\n\n"))
    });
    let output = doctor(&[&server.url("/feed")]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(finding(&output, "resume").0, "good", "{output:?}");
    assert_eq!(finding(&output, "token").0, "unseen", "{output:?}");
    let open = finding(&output, "idle").1;
    assert!(open.starts_with("open for 3."), "{open}");
    let caching = finding(&output, "caching").1;
    let expected = "Cache-Control: no-store, no-transform, ***, ***";
    assert_eq!(caching, expected);
    // Without a token there is nothing to use twice.
    assert_eq!(server.heads().len(), 2);
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
    let json = "application/json";
    for (heads, lines) in [
        (
            &mints,
            &[format!("accept: {json}"), format!("content-type: {json}")][..],
        ),
        (&streams, &["accept: text/event-stream".to_owned()]),
    ] {
        for (head, line) in heads
            .iter()
            .flat_map(|head| lines.iter().map(move |it| (head, it)))
        {
            assert!(head.contains(&format!("\r\n{line}\r\n")), "{line} {head}");
        }
    }
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
fn a_page_that_repeats_a_spent_token_is_wrong() {
    let is_spent = AtomicBool::new(false);
    let server = with_mint(move |_| {
        if is_spent.swap(true, Ordering::SeqCst) {
            at_once(
                "HTTP/1.1 401 Unauthorized\r\ncontent-length: 11\r\nconnection: close\r\n\r\n\
                 sset1_abc !",
            )
        } else {
            stream("", "data: x\n\n")
        }
    });
    let seen = finding(&with_args(&server), "token").1;
    assert_eq!(
        seen,
        "the page of the second answer (401) repeats the token"
    );
}

/// What follows the first 64 KiB is not read, and what is no stream is asked for once.
#[test]
fn a_page_is_read_in_part() {
    let length = 4 * 1024 * 1024;
    let server = with_mint(move |_| {
        let page = format!("{}sset1_abc", "x".repeat(length - 9));
        at_once(format!(
            "HTTP/1.1 404 Not Found\r\ncontent-length: {length}\r\n\r\n{page}"
        ))
    });
    let output = with_args(&server);
    assert_eq!(wrong(&output), ["status"], "{output:?}");
    assert_eq!(server.heads().len(), 2);
}

#[test]
fn a_mint_that_redirects_is_wrong() {
    let server = with_mint(|_| at_once(REFUSED));
    let redirecting = Server::start(|_| {
        at_once("HTTP/1.1 307 There\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n")
    });
    let (url, mint) = (server.url("/feed"), redirecting.url("/mint"));
    let output = doctor(&[&url, "--mint", &mint]);
    assert_eq!(wrong(&output), ["redirects"], "{output:?}");
    let expected = format!("the mint redirects to {} (307)", redirecting.url("/other"));
    assert_eq!(finding(&output, "redirects").1, expected);
    assert!(server.heads().is_empty());
}

#[test]
fn a_redirect_at_the_same_host_is_followed() {
    let server = Server::start(|head| {
        if head.starts_with("GET /feed ") {
            at_once("HTTP/1.1 302 There\r\nlocation: /moved\r\ncontent-length: 0\r\n\r\n")
        } else {
            stream("", "data: x\n\n")
        }
    });
    let output = doctor(&[&server.url("/feed")]);
    assert_eq!(wrong(&output), ["redirects"], "{output:?}");
    assert_eq!(finding(&output, "status").0, "good");
    let text = String::from_utf8_lossy(&output.stdout);
    let summary = text.lines().last().expect("a summary");
    assert!(summary.contains(&server.url("/moved")), "{summary}");
}

#[test]
fn a_bearer_that_comes_back_is_not_shown() {
    let server = Server::start(|_| {
        at_once("HTTP/1.1 200 OK\r\ncontent-type: a/eyJ.secret\r\ncontent-length: 0\r\n\r\n")
    });
    let output = doctor(&[&server.url("/feed"), "--bearer-env", "JWT"]);
    assert_eq!(finding(&output, "status").1, "200 OK, a/***");
}

#[test]
fn a_page_of_another_origin_needs_the_answers_to_its_preflights() {
    let allowed = "access-control-allow-origin: https://page.example\r\n";
    let server = with_mint(move |head| {
        if head.starts_with("OPTIONS ") {
            at_once(format!(
                "HTTP/1.1 204 No Content\r\n{allowed}access-control-allow-headers: last-event-id\r\n\r\n"
            ))
        } else {
            stream(allowed, "data: x\n\n")
        }
    });
    let (url, mint) = (server.url("/feed"), server.url("/mint"));
    let output = doctor(&[&url, "--mint", &mint, "--origin", "https://page.example"]);
    let seen = finding(&output, "cors").1;
    let expected = "the preflight of the mint (POST, authorization) does not allow authorization";
    assert_eq!(seen, expected);
    let heads = server.heads();
    for (path, method, header) in [
        ("/feed?token=sset1_abc", "get", "last-event-id"),
        ("/mint", "post", "authorization"),
    ] {
        let head = heads
            .iter()
            .find(|it| it.starts_with(&format!("options {path} ")));
        let head = head.unwrap_or_else(|| panic!("no preflight of {path} in {heads:?}"));
        for line in [
            "origin: https://page.example",
            &format!("access-control-request-method: {method}"),
            &format!("access-control-request-headers: {header}"),
        ] {
            assert!(head.contains(&format!("{line}\r\n")), "{line} {head}");
        }
    }
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

#[test]
fn a_mint_opens_a_second_stream_in_place_of_a_compressed_one() {
    let plain = stream("", "id: id-of-an-event\ndata: x\n\n");
    for (plain, verdict, seen) in [
        (plain, "good", "open for 3."),
        (at_once(REFUSED), "unseen", "no event stream came"),
    ] {
        let minted = AtomicUsize::new(0);
        let server = Server::start(move |head| {
            if head.starts_with("POST /mint ") {
                let number = minted.fetch_add(1, Ordering::SeqCst);
                json(&format!(r#"{{"sse_token":"sset1_abc{number}"}}"#))
            } else if head.contains("accept-encoding") {
                stream("content-encoding: gzip\r\n", "data: x\n\n")
            } else {
                plain.clone()
            }
        });
        let idle = finding(&with_args(&server), "idle");
        assert_eq!(idle.0, verdict);
        assert!(idle.1.starts_with(seen), "{idle:?}");
        // The stream that was read is the one that goes on.
        let heads = server.heads();
        let mut resumed = heads.iter().filter(|it| it.contains("last-event-id"));
        assert!(
            resumed.all(|it| it.starts_with("get /feed?token=sset1_abc1 ")),
            "{heads:?}"
        );
    }
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

#[test]
fn a_mint_may_say_that_it_has_created_something() {
    let server = Server::start(|head| {
        if head.starts_with("POST /mint ") {
            let body = r#"{"sse_token":"sset1_abc"}"#;
            at_once(format!(
                "HTTP/1.1 201 Created\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            ))
        } else {
            stream("", "data: x\n\n")
        }
    });
    let output = with_args(&server);
    assert_eq!(finding(&output, "status").0, "good", "{output:?}");
}

/// What was seen before a connection broke is worth a report.
#[test]
fn a_request_that_breaks_takes_no_other_finding_with_it() {
    let broke = "the connection broke before an answer came";
    let works = "the token works a second time";
    for (breaks, expected) in [
        (
            "last-event-id: ",
            &[("resume", "wrong", broke), ("token", "wrong", works)][..],
        ),
        (
            "get /feed again",
            &[("resume", "wrong", broke), ("token", "unseen", "broke")],
        ),
        (
            "options ",
            &[
                ("resume", "good", "the stream goes on"),
                ("cors", "wrong", "(GET, last-event-id) gets no answer"),
                ("cors", "wrong", "(POST, authorization) gets no answer"),
            ],
        ),
    ] {
        let streams = AtomicUsize::new(0);
        let server = with_mint(move |head| {
            let mut head = head.to_ascii_lowercase();
            if head.starts_with("get ") && streams.fetch_add(1, Ordering::SeqCst) > 0 {
                head += "get /feed again";
            }
            let goes_on = head.contains("last-event-id: id-of-an-event");
            let id = if goes_on {
                "the-next-secret"
            } else {
                "id-of-an-event"
            };
            if head.contains(breaks) {
                return Vec::new();
            }
            let allowed = "access-control-allow-origin: *\r\n";
            stream(allowed, &format!("id: {id}\ndata: x\n\n"))
        });
        let (url, mint) = (server.url("/feed"), server.url("/mint"));
        let output = doctor(&[&url, "--mint", &mint, "--origin", "https://page.example"]);
        assert_eq!(output.status.code(), Some(1), "{breaks} {output:?}");
        let lines = String::from_utf8_lossy(&output.stdout).lines().count();
        assert_eq!(lines, 12, "{breaks} {output:?}");
        assert_eq!(finding(&output, "idle").0, "good", "{breaks} {output:?}");
        for (check, verdict, text) in expected {
            let (found, seen) = finding(&output, check);
            assert_eq!(&found, verdict, "{breaks} {check} {seen}");
            assert!(seen.contains(text), "{breaks} {check} {seen}");
        }
    }
}

/// The same for the stream that is asked for in place of a compressed one, and its token.
#[test]
fn a_second_stream_that_does_not_come_takes_no_other_finding_with_it() {
    for (breaks, seen) in [
        ("GET ", "the connection broke before an answer came"),
        ("POST ", "the mint gave no second token"),
    ] {
        let minted = AtomicUsize::new(0);
        let server = Server::start(move |head| {
            if head.contains("accept-encoding") {
                return stream("content-encoding: gzip\r\n", "data: x\n\n");
            }
            let is_mint = head.starts_with("POST /mint ");
            let is_first = is_mint && minted.fetch_add(1, Ordering::SeqCst) == 0;
            if head.starts_with(breaks) && !is_first {
                Vec::new()
            } else if is_mint {
                json(r#"{"sse_token":"sset1_abc"}"#)
            } else {
                at_once(REFUSED)
            }
        });
        let output = with_args(&server);
        assert_eq!(wrong(&output), ["compression"], "{output:?}");
        for check in ["buffering", "idle", "resume"] {
            let expected = ("unseen".to_owned(), seen.to_owned());
            assert_eq!(finding(&output, check), expected, "{breaks} {check}");
        }
    }
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

/// H5: a stream that never stops for breath is no trouble, and the last byte has its time. It is watched for its time, and
/// not to its end.
#[test]
fn a_flood_is_watched_and_left() {
    let server = Server::start(|head| {
        let flood = if head.contains("last-event-id") {
            0
        } else {
            400
        };
        let comments = chunk(&":\n".repeat(16_000));
        let begin = (Duration::ZERO, self::head(""));
        let flood = std::iter::repeat_n((Duration::ZERO, comments), flood);
        let end = (Duration::from_secs(120), String::new());
        [begin].into_iter().chain(flood).chain([end]).collect()
    });
    let start = Instant::now();
    let output = doctor(&[&server.url("/feed")]);
    assert!(start.elapsed() < Duration::from_secs(120));
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
    let mute = Server::start(|_| Vec::new());
    let none = "http://127.0.0.1:1/";
    for (args, message) in [
        (&[none][..], "error: no connection: "),
        (&[none], "refused"),
        (
            &[&mute.url("/")],
            "error: the connection broke before an answer came: ",
        ),
        (
            &[none, "--bearer-env", "NOT_SET_ANYWHERE"],
            "error: there is no bearer in the variable NOT_SET_ANYWHERE",
        ),
        (&["no URL"], "it is not an http or https URL"),
        (&["ftp://a/"], "it is not an http or https URL"),
        (
            &[none, "--mint", &mint.url("/mint")],
            "error: the mint answered 401 Unauthorized",
        ),
    ] {
        let output = doctor(args);
        assert_eq!(output.status.code(), Some(2), "{args:?} {output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains(message), "{args:?} {errors}");
    }
}

#[cfg(unix)]
#[test]
fn a_terminal_gets_text_unless_json_is_asked_for() {
    let server = Server::start(|_| at_once(REFUSED));
    let url = server.url("/feed");
    for (args, begin) in [
        (&[&*url][..], format!("watching {url} for 3 s …\n{url}\n")),
        (&[&url, "--json"], "{".to_owned()),
    ] {
        let mut command = command(args);
        command.env("NO_COLOR", "1");
        let (shown, code) = terminal::on_terminal(command, |_, _| {});
        assert!(shown.starts_with(&begin), "{shown:?}");
        assert_eq!(code, Some(1));
    }
}

//! What a terminal gets.

#[path = "../support/terminal.rs"]
mod shared;

use std::process::Command;

use shared::on_terminal;

use crate::server::{Server, events, open, status};
use crate::{COMPLETE, watch};

/// Back to the start of the line, and removes it.
const CLEAR: &str = "\r\u{1b}[2K";

/// The status of an open connection.
const OPEN: &str = "\u{1b}[32m● open\u{1b}[0m";

fn stream() -> String {
    format!("event: news\ndata: a\n\ndata: b\n\n{COMPLETE}")
}

#[test]
fn the_status_stands_in_a_line_below_the_events() {
    let server = Server::start(vec![events(&stream())]);
    let mut command = watch(&[&server.url("/")]);
    command.env_remove("NO_COLOR");
    let (shown, code) = on_terminal(command, |_, _| {});
    let connecting = "\u{1b}[2m… connecting\u{1b}[0m";
    let name = "\u{1b}[1m\u{1b}[36mnews\u{1b}[0m";
    let complete = "\u{1b}[32m✓ complete\u{1b}[0m";
    let expected = [
        connecting,
        OPEN,
        &format!("{name} a\n{CLEAR}{OPEN}"),
        &format!("b\n{CLEAR}{OPEN}"),
        &format!("{complete}\n"),
    ];
    assert_eq!(shown, format!("{CLEAR}{}", expected.join(CLEAR)));
    assert_eq!(code, Some(0));
}

#[test]
fn an_error_takes_the_place_of_the_status() {
    let server = Server::start(vec![status("403 No")]);
    let mut command = watch(&[&server.url("/")]);
    command.env_remove("NO_COLOR");
    let (shown, code) = on_terminal(command, |_, _| {});
    let expected = [
        "",
        "\u{1b}[2m… connecting\u{1b}[0m",
        "\u{1b}[1m\u{1b}[31m✗ the server answered 403 Forbidden\u{1b}[0m\n",
    ];
    assert_eq!(shown, expected.join(CLEAR));
    assert_eq!(code, Some(4));
}

/// Without colours no line can be replaced, as that takes an escape, too.
#[test]
fn without_colours_each_change_has_a_line_of_its_own() {
    let server = Server::start(vec![events(&stream())]);
    let mut command = watch(&[&server.url("/")]);
    command.env("NO_COLOR", "1");
    let (shown, _) = on_terminal(command, |_, _| {});
    assert_eq!(shown, "… connecting\n● open\nnews a\nb\n✓ complete\n");
}

#[test]
fn control_c_removes_the_status() {
    let server = Server::start(vec![open("data: 1\n\n")]);
    let mut command = watch(&[&server.url("/")]);
    command.env_remove("NO_COLOR");
    let mut is_sent = false;
    let (shown, code) = on_terminal(command, |id, shown| {
        if shown.ends_with(&format!("1\n{CLEAR}{OPEN}")) && !is_sent {
            let sent = Command::new("kill")
                .args(["-INT", &id.to_string()])
                .status();
            is_sent = sent.is_ok_and(|it| it.success());
            assert!(is_sent, "no signal sent");
        }
    });
    assert!(shown.ends_with(&format!("{OPEN}{CLEAR}")), "{shown:?}");
    assert_eq!(code, Some(130));
}

#[test]
fn json_comes_on_a_terminal_if_it_is_asked_for() {
    let server = Server::start(vec![events(COMPLETE)]);
    let command = watch(&[&server.url("/"), "--output", "json"]);
    let (shown, _) = on_terminal(command, |_, _| {});
    assert!(shown.lines().all(|line| line.starts_with('{')), "{shown:?}");
}

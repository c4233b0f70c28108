//! One misconfiguration, and what `doctor` has to say of it: [`Row`].

use std::process::{Command, Output};

use futures_util::future::join_all;
use serde_json::Value;
use sse_gate_tests::Server;

use crate::proxy::{Kind, Proxy};
use crate::{ORIGIN, STREAM, server};

/// How long the stream is watched, in seconds.
const IDLE: &str = "5";

/// A change of the guide's settings for a proxy.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Texts of the settings, and what replaces them.
    pub(crate) changes: &'static [(&'static str, &'static str)],
    /// The checks that are wrong then. All others are not.
    pub(crate) wrong: &'static [&'static str],
}

/// What `doctor` said.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) code: Option<i32>,
    pub(crate) lines: Vec<Value>,
    text: String,
}

impl Report {
    fn of(output: &Output) -> Self {
        let text = String::from_utf8_lossy(&output.stdout);
        let lines = text.lines().map(serde_json::from_str);
        Self {
            code: output.status.code(),
            lines: lines.collect::<Result<_, _>>().expect("JSON lines"),
            text: format!("{text}{}", String::from_utf8_lossy(&output.stderr)),
        }
    }

    /// The finding of a check.
    pub(crate) fn finding(&self, check: &str) -> &Value {
        let found = self.lines.iter().find(|line| line["check"] == check);
        found.unwrap_or_else(|| panic!("no {check} in {}", self.text))
    }

    /// The checks with this verdict.
    pub(crate) fn with_verdict(&self, verdict: &str) -> Vec<&str> {
        let lines = self.lines.iter().filter(|it| it["verdict"] == verdict);
        lines.filter_map(|line| line["check"].as_str()).collect()
    }
}

/// Runs `doctor` against a base URL, with the JWT of this user.
pub(crate) async fn doctor(base: &str, jwt: &str, envs: &[(&str, &str)]) -> Report {
    let mut command = Command::new(env!("CARGO_BIN_EXE_client-cli"));
    command.arg("doctor").arg(format!("{base}{STREAM}"));
    command.args(["--mint", &format!("{base}{STREAM}-token")]);
    command.args(["--bearer-env", "JWT", "--origin", ORIGIN, "--idle", IDLE]);
    command.env("JWT", jwt).envs(envs.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.expect("it does not panic");
    let report = Report::of(&output.expect("the program runs"));
    // No credential is printed.
    let text = &report.text;
    assert!(
        !text.contains(jwt) && !text.contains("sset1_") && !text.contains("sser1."),
        "{text}"
    );
    report
}

/// Starts a proxy for each row, and asks `doctor` about all of them at once.
pub(crate) async fn check_all(kind: Kind, rows: &[Row]) {
    let server = server();
    let results = join_all(rows.iter().map(|row| check(kind, row, &server))).await;
    let faults: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    assert!(faults.is_empty(), "{kind:?}:\n{}", faults.join("\n"));
}

async fn check(kind: Kind, row: &Row, server: &Server) -> Result<(), String> {
    let proxy = Proxy::start(kind, server.addr(), row.changes).await;
    let user = server.user(&row.name.replace(' ', "-"));
    let report = doctor(&format!("http://{}", proxy.addr), &user.jwt, &[]).await;
    let mut wrong = report.with_verdict("wrong");
    wrong.sort_unstable();
    let code = i32::from(!row.wrong.is_empty());
    if wrong != row.wrong || report.code != Some(code) {
        return Err(format!(
            "{}: {wrong:?}, not {:?}: {}",
            row.name, row.wrong, report.text
        ));
    }
    for check in row.wrong {
        let advice = &report.finding(check)["advice"];
        let is_there = advice[kind.name()].is_string() || *check == "redirects";
        if !is_there {
            return Err(format!("{}: no advice for {kind:?}: {advice}", row.name));
        }
    }
    Ok(())
}

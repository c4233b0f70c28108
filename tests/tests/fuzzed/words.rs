//! What requests are made of: [`Asked`].

use crate::choice::Choice;
use crate::purse::Purse;

/// Methods, good and bad.
const METHODS: [&str; 16] = [
    "GET", "GET", "GET", "GET", "HEAD", "POST", "POST", "POST", "PUT", "DELETE", "OPTIONS",
    "TRACE", "CONNECT", "PATCH", "get", "M-SEARCH",
];

/// Paths of every route, and of none.
const PATHS: [&str; 24] = [
    "/",
    "/assets/app.js",
    "/healthz",
    "/metrics",
    "/demo/login",
    "/demo/drop",
    "/generations",
    "/generations/none",
    "/generations/generate/none/stream-token",
    "/generations/generate/none/stream",
    "/api/chat/stream/initiate",
    "/api/chat/stream/none",
    "/api/chat/stream/none/stop",
    "/topics/news/stream-token",
    "/topics/news/stream",
    "/topics/news/publish",
    "/none",
    "/topics//stream",
    "/topics/%2e%2e/stream",
    "/topics/%ff/publish",
    "/healthz/",
    "//",
    "/%",
    "/topics/news/stream/",
];

/// Targets that have no path, or an odd one.
const TARGETS: [&str; 16] = [
    "*",
    "a",
    "",
    "?",
    "?token=x",
    "#",
    "sse.test:80",
    "http://sse.test",
    "http://sse.test/healthz",
    "http://sse.test:99999/",
    "https://user:pass@sse.test/",
    "/healthz#x",
    "/\u{e9}",
    "/ ",
    "[::1]",
    "/metrics?a=b&a=b&&&=",
];

/// Queries, with nothing in them that opens anything.
const QUERIES: [&str; 10] = [
    "",
    "",
    "",
    "?token=",
    "?token=sset1_x",
    "?token=a&token=b",
    "?%74oken=x",
    "?lastEventId=1",
    "?x=%zz",
    "?a[]=1&b;c",
];

/// Headers that mean something to somebody.
const HEADERS: [(&str, &[&str]); 22] = [
    (
        "accept",
        &[
            "text/event-stream",
            "*/*",
            "text/event-stream;q=nan",
            "text/*",
            ",",
            "",
        ],
    ),
    (
        "authorization",
        &[
            "Bearer x",
            "bearer\tx",
            "Basic eDp5",
            "Bearer a, Bearer b",
            "Bearer",
        ],
    ),
    (
        "last-event-id",
        &["1", "sser1.x", "sser1.a.b.c.d", "\u{7f}", "-1", ""],
    ),
    (
        "content-type",
        &[
            "application/json",
            "text/plain",
            "application/json; charset=x",
            "",
        ],
    ),
    (
        "origin",
        &[
            "null",
            "http://sse.test",
            "http://evil.test",
            "https://*.test",
            "",
        ],
    ),
    ("cookie", &["token=x", "a=b; c=d", ";;;"]),
    ("expect", &["100-continue", "200-ok"]),
    (
        "connection",
        &["close", "keep-alive", "upgrade", "te, close"],
    ),
    ("upgrade", &["h2c", "websocket", "x/1"]),
    ("http2-settings", &["AAMAAABkAAQAAP__", "x"]),
    ("range", &["bytes=0-", "bytes=5-1"]),
    ("if-none-match", &["*", "\"x\""]),
    ("early-data", &["1", "0"]),
    ("sec-fetch-mode", &["cors", "navigate", "no-cors"]),
    ("sec-fetch-dest", &["empty", "document", "image"]),
    ("sec-purpose", &["prefetch", "prefetch;prerender"]),
    ("host", &["other.test", "", "a b", "[::1]:1"]),
    ("x-forwarded-host", &["evil.test"]),
    ("access-control-request-method", &["GET", "X"]),
    ("x-http-method-override", &["GET"]),
    ("te", &["trailers", "gzip"]),
    ("x-odd", &["\u{80}", "a\tb", "  x  "]),
];

/// Bodies, right and wrong, for every endpoint that reads one.
const BODIES: [&str; 12] = [
    "",
    "{}",
    "{",
    "null",
    r#"{"username":"nobody","password":"x"}"#,
    r#"{"source":"{\"a\":1}"}"#,
    r#"{"source":7,"name":"x"}"#,
    r#"{"message":"what is a gate?","session_id":"x"}"#,
    r#"{"last_event_id":"1"}"#,
    r#"{"stream":"sset1_x"}"#,
    "[[[[[[[[[[[[[[[[",
    "\u{0}\u{ff}",
];

/// Queries at the path of a stream or a mint, where secrets stand in other ways than they should:
/// `{T}` is a token, `{I}` a resume id, `{J}` a JWT.
const MISSPELLED: [&str; 16] = [
    "Token={T}",
    "token[]={T}",
    "%2574oken={T}",
    "?token={T}",
    "a=1;token={T}",
    "a=1%26token={T}",
    "x={T}",
    "{T}",
    "token={T}&token={T}",
    "token={T}%zz",
    "access_token={T}",
    "authorization=Bearer%20{J}",
    "jwt={J}",
    "lastEventId={I}",
    "x={I}",
    "token={I}&last_event_id={T}",
];

/// A request before it is written down.
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// Whether something is in its target that opens a stream: then its first line stays as it is,
    /// as a path that is no stream's is logged with what is in it.
    pub(crate) target_is_secret: bool,
}

impl Asked {
    /// One that may have secrets in it, and so open a stream, or not.
    pub(crate) fn new(choice: &mut Choice, purse: &Purse, may_open: bool) -> Self {
        let target = match choice.below(10) {
            0 => choice.of(&TARGETS).to_owned(),
            1 => purse.generations[choice.below(purse.generations.len())].clone(),
            _ => format!("{}{}", choice.of(&PATHS), choice.of(&QUERIES)),
        };
        let mut asked = Self {
            method: choice.of(&METHODS),
            target,
            headers: Vec::new(),
            body: choice.of(&BODIES).to_owned(),
            target_is_secret: false,
        };
        for _ in 0..choice.below(5) {
            let (name, values) = HEADERS[choice.below(HEADERS.len())];
            asked.add(name, choice.of(values));
        }
        if may_open && choice.one_in(3) {
            asked.add_secrets(choice, purse);
        }
        if choice.one_in(40) {
            let long = "x".repeat(1 << choice.below(17));
            asked.add("x-long", &long);
        }
        asked
    }

    fn add(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Secrets where they belong, and where they don't.
    fn add_secrets(&mut self, choice: &mut Choice, purse: &Purse) {
        match choice.below(12) {
            10 | 11 => {
                self.target = misspelled(choice, purse);
                self.target_is_secret = true;
                self.add("accept", "text/event-stream");
            }
            0..=2 => {
                purse.stream(choice).clone_into(&mut self.target);
                self.target_is_secret = true;
                self.add("accept", "text/event-stream");
            }
            3 => {
                let (target, id) = purse.resume(choice);
                target.clone_into(&mut self.target);
                self.target_is_secret = true;
                self.add("accept", "text/event-stream");
                self.add("last-event-id", id);
            }
            4 => self.add("authorization", &format!("Bearer {}", purse.token(choice))),
            5 => self.add("cookie", &format!("token={}", purse.token(choice))),
            6 => self.add("last-event-id", purse.resume(choice).1),
            7 => self.add("x-token", purse.token(choice)),
            8 => self.body = format!(r#"{{"stream":"{}"}}"#, purse.token(choice)),
            _ => self.add("authorization", &format!("Bearer {}", purse.jwt(choice))),
        }
    }
}

/// A target with secrets in it, as they should not be.
fn misspelled(choice: &mut Choice, purse: &Purse) -> String {
    let stream = match choice.below(2) {
        0 => purse.stream(choice),
        _ => purse.resume(choice).0,
    };
    // The chat has its token in the path.
    let path = stream.split('?').next().unwrap_or_default();
    let mint = if choice.one_in(3) && path.ends_with("/stream") {
        "-token"
    } else {
        ""
    };
    let query = choice.of(&MISSPELLED);
    let query = query.replace("{T}", purse.token(choice));
    let query = query.replace("{I}", purse.resume(choice).1);
    let query = query.replace("{J}", purse.jwt(choice));
    format!("{path}{mint}?{query}")
}

//! A machine whose server, or a proxy before it, is broken or means harm.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode};
use sse_gate_client::machine::{Machine, Step};
use sse_gate_client::{
    Error, ErrorKind, RetryReason, Settings, State, StreamRequest, TokenError, Update,
};

const STREAM: &[(&str, &str)] = &[("content-type", "text/event-stream")];

/// A machine in a time that its test moves.
struct Driver {
    machine: Machine,
    now: Duration,
}

impl Driver {
    fn new(settings: Settings) -> Self {
        Self {
            machine: Machine::new(settings),
            now: Duration::ZERO,
        }
    }

    fn poll(&mut self) -> Step {
        self.machine.poll(self.now, 7)
    }

    /// Goes on to the next request, over states and waits.
    fn send(&mut self) -> http::Request<()> {
        loop {
            match self.poll() {
                Step::Send(request) => return request,
                Step::Prepare(_) => {
                    let request = StreamRequest::new("https://example.org/?token=sset1_secret");
                    self.machine.prepared(request.expect("it is a URL"));
                }
                Step::Wait(until) => self.now = until,
                Step::Update(Update::State(_)) => {}
                step => panic!("no request, but {step:?}"),
            }
        }
    }

    fn answer(&mut self, status: u16, headers: &[(&str, &str)]) {
        let status = StatusCode::from_u16(status).expect("it is a status");
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                let name = name.parse::<http::HeaderName>().expect("it is a name");
                (name, HeaderValue::from_str(value).expect("it is a value"))
            })
            .collect();
        self.machine.head(self.now, status, &headers);
    }

    fn open(&mut self) {
        self.send();
        self.answer(200, STREAM);
        assert!(matches!(
            self.poll(),
            Step::Update(Update::State(State::Open))
        ));
    }

    fn chunk(&mut self, text: &str) {
        self.machine.chunk(self.now, text.to_owned().into());
    }

    /// The data of the next event.
    fn event(&mut self) -> String {
        match self.poll() {
            Step::Update(Update::Event(event)) => event.data().to_owned(),
            step => panic!("no event, but {step:?}"),
        }
    }

    /// How the machine stops.
    fn error(&mut self) -> Error {
        match self.poll() {
            Step::Closed(Err(error)) => error,
            step => panic!("no error, but {step:?}"),
        }
    }
}

/// H5: a long id and then thousands of small events were thousands of copies of the id, some gigabytes.
#[test]
fn an_id_that_many_events_have_is_kept_once() {
    let mut driver = Driver::new(Settings::new());
    driver.open();
    driver.chunk(&format!("id: {}\ndata: 0\n\n", "x".repeat(100_000)));
    driver.chunk(&"data: 1\n\n".repeat(1_000));
    assert_eq!(driver.event(), "0");
    let place = |driver: &Driver| driver.machine.last_event_id().map(str::as_ptr);
    let first = place(&driver);
    for _ in 0..1_000 {
        assert_eq!(driver.event(), "1");
        assert_eq!(place(&driver), first);
    }
}

/// `sse.wait` is the last word of a connection. An event behind it was taken for one that the client has had.
#[test]
fn an_event_that_was_not_delivered_is_no_duplicate() {
    let event = |number: u64| format!("id: sser1.k.s.0.t.{number}\ndata: {number}\n\n");
    let mut driver = Driver::new(Settings::new());
    driver.open();
    driver.chunk(&format!(
        "{}event: sse.wait\ndata: {{}}\n\n{}",
        event(1),
        event(2)
    ));
    assert_eq!(driver.event(), "1");
    driver.open();
    driver.chunk(&event(2));
    assert_eq!(driver.event(), "2");
}

#[test]
fn a_chunk_without_a_byte_is_no_sign_of_life() {
    let mut driver = Driver::new(Settings::new());
    driver.open();
    let Step::Continue(Some(until)) = driver.poll() else {
        panic!("it reads");
    };
    driver.now = until.saturating_sub(Duration::from_secs(1));
    driver.chunk("");
    assert!(matches!(driver.poll(), Step::Continue(Some(time)) if time == until));
    driver.now = until;
    driver.machine.timed_out(until);
    let step = driver.poll();
    let Step::Update(Update::State(State::Waiting(waiting))) = step else {
        panic!("{step:?}");
    };
    assert_eq!(waiting.reason(), RetryReason::Silent);
}

/// D2: the parts of a machine can be logged.
#[test]
fn debug_output_of_a_machine_and_its_steps_holds_no_credential() {
    let settings = Settings::new().with_last_event_id("sser1.secret");
    let mut texts = vec![format!("{settings:?}")];
    let mut driver = Driver::new(settings);
    let request = driver.send();
    assert!(request.uri().to_string().contains("sset1_secret"));
    texts.push(format!("{:?}", driver.machine));
    texts.push(format!("{:?}", Step::Send(request)));
    driver.answer(200, STREAM);
    driver.chunk("id: sser1.secret\ndata: 1\n\nid: sser1.secret2\ndata: 2\n\n");
    for _ in 0..2 {
        texts.push(format!("{:?}", driver.poll()));
        texts.push(format!("{:?}", driver.machine));
    }
    let text = texts.join("\n");
    assert!(!text.contains("secret"), "{text}");
}

/// What is not a stream is named, and fills no log.
#[test]
fn the_type_of_a_page_is_told_in_few_words() {
    let long = "x".repeat(10_000);
    for (value, expected) in [
        (Some("text/html; charset=utf-8"), "text/html"),
        (Some(&*long), &"x".repeat(64)),
        (Some(""), "it has no type"),
        (None, "it has no type"),
    ] {
        let mut driver = Driver::new(Settings::new());
        driver.send();
        let headers: Vec<_> = value
            .map(|value| ("content-type", value))
            .into_iter()
            .collect();
        driver.answer(200, &headers);
        let error = driver.error();
        assert_eq!(error.kind(), ErrorKind::NotAnEventStream);
        assert_eq!(error.detail(), Some(expected));
    }
}

#[test]
fn a_refusal_of_a_mint_is_told_from_one_of_the_stream() {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let mut driver = Driver::new(Settings::new());
    while !matches!(driver.poll(), Step::Prepare(_)) {}
    let error = TokenError::from_status(status, &HeaderMap::new());
    driver.machine.unprepared(error);
    let error = driver.error();
    assert_eq!(error.kind(), ErrorKind::Refused(status));
    let text = "the server answered 422 Unprocessable Entity: at the request for a token";
    assert_eq!(error.to_string(), text);

    let mut driver = Driver::new(Settings::new());
    driver.send();
    driver.answer(422, &[]);
    let text = "the server answered 422 Unprocessable Entity";
    assert_eq!(driver.error().to_string(), text);
}

/// H8
#[test]
fn a_redirect_to_an_endless_name_fills_no_log() {
    let mut driver = Driver::new(Settings::new());
    driver.send();
    let location = format!("https://{}/", "a.".repeat(10_000));
    driver.answer(302, &[("location", &location)]);
    let error = driver.error();
    assert_eq!(error.kind(), ErrorKind::ForeignRedirect);
    assert!(error.to_string().len() < 400);
}

/// A user who sees that the client waits can see why.
#[test]
fn a_wait_names_its_cause() {
    let cause = |driver: &mut Driver| loop {
        match driver.poll() {
            Step::Update(Update::State(State::Waiting(it))) => {
                return (it.reason(), it.cause().map(str::to_owned));
            }
            Step::Update(_) => {}
            step => panic!("{step:?}"),
        }
    };
    let mut driver = Driver::new(Settings::new());
    driver.send();
    driver.machine.failed("dns error".into());
    let expected = (RetryReason::Connection, Some("dns error".to_owned()));
    assert_eq!(cause(&mut driver), expected);

    driver.send();
    driver.answer(502, &[]);
    assert_eq!(cause(&mut driver), (RetryReason::Status(502), None));

    while !matches!(driver.poll(), Step::Prepare(_)) {
        driver.now += Duration::from_secs(10);
    }
    let error = TokenError::temporary("the vault is sealed");
    driver.machine.unprepared(error);
    let expected = (RetryReason::Source, Some("the vault is sealed".to_owned()));
    assert_eq!(cause(&mut driver), expected);
}

/// H8: whatever numbers a server names, no time overflows and no minute has more than 30 attempts.
#[test]
fn extreme_times_and_numbers_are_no_trouble() {
    let retry = |value: &str| format!("retry: {value}\n\ndata: 1\n\n");
    for value in ["0", "18446744073709551615", "99999999999999999999999", "-1"] {
        let mut driver = Driver::new(Settings::new());
        for _ in 0..100 {
            driver.open();
            driver.chunk(&retry(value));
            assert_eq!(driver.event(), "1");
            driver.machine.end();
        }
        let longest = Duration::from_secs(100 * 31);
        let shortest = Duration::from_secs(3 * 60);
        assert!((shortest..longest).contains(&driver.now), "{value}");
    }
    for value in ["0", "18446744073709551615", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let mut driver = Driver::new(Settings::new());
        let date = ("date", "Fri, 27 Nov 2026 05:00:00 GMT");
        for _ in 0..100 {
            driver.send();
            driver.answer(503, &[date, ("retry-after", value)]);
        }
        let longest = Duration::from_secs(100 * 331);
        let shortest = Duration::from_secs(3 * 60);
        assert!((shortest..longest).contains(&driver.now), "{value}");
    }
}

/// H8: no id gets a line of its own into a request.
#[test]
fn an_id_adds_no_header() {
    for (id, expected) in [
        ("a: b", Some("a: b")),
        ("\u{1}", None),
        ("\u{7f}", None),
        ("a\tb", Some("a\tb")),
        (" 7 ", Some("7")),
    ] {
        let mut driver = Driver::new(Settings::new());
        driver.open();
        driver.chunk(&format!("id: {id}\ndata: 1\n\n"));
        assert_eq!(driver.event(), "1");
        driver.machine.end();
        let request = driver.send();
        let sent = request.headers().get("last-event-id");
        let sent = sent.map(|it| it.to_str().expect("it is plain"));
        assert_eq!(sent, expected, "{id:?}");
    }
}

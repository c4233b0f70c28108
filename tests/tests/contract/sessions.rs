//! Who may go on with a session, and what the others are told.

use sse_gate_tests::{End, Event, EventStream, Request, Response, Server, Setup, Ticket};

use crate::chat::last_id;

const QUESTION: &str = "How is a token redeemed?";

/// An open stream, and the id that it began with.
struct Open {
    ticket: Ticket,
    stream: EventStream,
    id: String,
}

impl Open {
    async fn new(server: &Server, ticket: Ticket) -> Self {
        let mut stream = server.open(&ticket.request()).await;
        let id = id_of(&mut stream).await;
        Self { ticket, stream, id }
    }

    /// Goes on, from a connection of its own.
    async fn resume(&mut self, server: &Server) {
        let mut stream = server.open(&self.ticket.resume(&self.id)).await;
        self.id = id_of(&mut stream).await;
        self.stream = stream;
    }
}

async fn id_of(stream: &mut EventStream) -> String {
    let opened = stream.next().await.expect("sse.open");
    opened.id.expect("an id")
}

/// An id with one part changed.
fn with_part(id: &str, at: usize, change: impl Fn(&str) -> String) -> String {
    let mut parts: Vec<String> = id.split('.').map(str::to_owned).collect();
    parts[at] = change(&parts[at]);
    parts.join(".")
}

/// Another character in the place of one.
fn flipped(text: &str, at: usize) -> String {
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    let mut text = text.to_owned();
    text.replace_range(at..=at, other);
    text
}

/// I1, I2, I3, I14, B7, D14: forged, foreign, cut, endless, alone: the answer is the same to the
/// byte, for both routes, and the right id is as good as before.
pub(crate) async fn all_bad_ids_get_the_same_answer(setup: Setup) {
    let stranger = setup.start();
    let server = setup.start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let chat = Open::new(&server, alice.ask_chat(QUESTION).await).await;
    let feed = Open::new(&server, alice.join("news").await).await;
    let bobs = Open::new(&server, bob.join("news").await).await;
    let other = Open::new(&server, alice.join("other").await).await;
    let there = Open::new(&stranger, stranger.user("alice").join("news").await).await;
    let mut answers = Vec::new();
    for own in [&chat, &feed] {
        let foreign = [&chat, &feed, &bobs, &other, &there];
        let foreign = foreign.into_iter().filter(|it| it.id != own.id);
        let mut rows = forgeries(&own.id);
        rows.extend(foreign.map(|it| ("another session's".to_owned(), it.id.clone())));
        for (what, id) in rows {
            let response = server.send(&own.ticket.resume(&id)).await;
            answers.push((what, response.without_date()));
        }
        for (what, request) in without_a_factor(own, &bobs) {
            let response = server.send(&request).await;
            answers.push((what.to_owned(), response.without_date()));
        }
    }
    let (_, first) = &answers[0];
    assert_eq!(first.status, 401, "{first:?}");
    let challenge = first.header("www-authenticate");
    assert_eq!(
        challenge,
        Some(r#"Bearer realm="sse", error="invalid_token""#)
    );
    assert!(first.is_problem());
    for (what, answer) in &answers {
        assert_eq!(answer, first, "{what}");
    }
    for mut own in [chat, feed] {
        own.resume(&server).await;
    }
}

/// Ids that are none of this session's.
fn forgeries(id: &str) -> Vec<(String, String)> {
    let mut rows = vec![
        ("nothing but a prefix", "sser1.".to_owned()),
        (
            "one part less",
            id.rsplit_once('.').expect("parts").0.to_owned(),
        ),
        ("one part more", format!("{id}.0")),
        ("another kid", with_part(id, 1, |kid| flipped(kid, 0))),
        ("a generation to come", with_part(id, 3, |_| "2".to_owned())),
        (
            "the token's generation",
            with_part(id, 3, |_| "0".to_owned()),
        ),
        (
            "a padded generation",
            with_part(id, 3, |it| format!("0{it}")),
        ),
        ("a short tag", with_part(id, 4, |it| it[..21].to_owned())),
        ("no tag", with_part(id, 4, |_| String::new())),
        ("no number", with_part(id, 5, |_| String::new())),
        (
            "a number that is too large",
            with_part(id, 5, |_| "z".repeat(14)),
        ),
        ("upper case", with_part(id, 4, str::to_ascii_uppercase)),
        ("a space in it", id.replacen('.', ". ", 2)),
        ("encoded", id.replace('.', "%2E")),
        ("129 bytes", format!("{id}{}", "0".repeat(129 - id.len()))),
        ("64 KiB", format!("{id}{}", "0".repeat(64 * 1024))),
    ]
    .into_iter()
    .map(|(what, id)| (what.to_owned(), id))
    .filter(|(_, forged)| forged != id)
    .collect::<Vec<_>>();
    for at in (0..22).step_by(3) {
        let tag = with_part(id, 4, |tag| flipped(tag, at));
        rows.push((format!("byte {at} of the tag"), tag));
        let session = with_part(id, 2, |session| flipped(session, at));
        rows.push((format!("byte {at} of the session"), session));
    }
    rows
}

/// Requests with one of the two factors, or with factors that don't belong together.
fn without_a_factor(own: &Open, bobs: &Open) -> Vec<(&'static str, Request)> {
    let ticket = &own.ticket;
    let unknown = flipped(&ticket.token, 20);
    let elsewhere = ticket.target.replace(&ticket.token, &unknown);
    vec![
        ("the spent token alone", ticket.request()),
        ("with no id", Request::resume(&*ticket.target, "")),
        ("with another's token", bobs.ticket.resume(&own.id)),
        (
            "with a token of nobody's",
            Request::resume(elsewhere, &own.id),
        ),
        (
            "the id as a token",
            Request::resume(ticket.target.replace(&ticket.token, &own.id), &own.id),
        ),
        (
            "the id in another header",
            ticket.request().header("X-Last-Event-ID", own.id.clone()),
        ),
    ]
}

/// I3: without any token the id is nothing: 401, and no word of an invalid one.
pub(crate) async fn an_id_without_a_token_opens_nothing(setup: Setup) {
    let server = setup.start();
    let mut feed = Open::new(&server, server.user("alice").join("news").await).await;
    for target in ["/topics/news/stream", "/topics/news/stream?room=2"] {
        let response = server.send(&Request::resume(target, &feed.id)).await;
        assert_eq!(response.status, 401, "{target}: {response:?}");
        let challenge = response.header("www-authenticate");
        assert_eq!(challenge, Some(r#"Bearer realm="sse""#), "{target}");
    }
    let target = format!("/topics/news/stream?last_event_id={}", feed.id);
    assert_eq!(server.send(&Request::stream(target)).await.status, 401);
    feed.resume(&server).await;
}

/// I14, E13: a fresh token opens its stream, whatever id comes with it, and is spent then. So a
/// client that asks for a token at each attempt comes back, after a restart, too.
pub(crate) async fn no_id_is_a_veto_on_a_fresh_token(setup: Setup) {
    let (stranger, server) = (setup.start(), setup.start());
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let mut own = Open::new(&server, alice.join("news").await).await;
    let bobs = Open::new(&server, bob.join("news").await).await;
    let there = Open::new(&stranger, stranger.user("alice").join("news").await).await;
    let own_id = own.id.clone();
    for id in [
        &own_id,
        &bobs.id,
        &there.id,
        &"sser1.x".to_owned(),
        &"41".to_owned(),
    ] {
        let fresh = alice.join("news").await;
        let mut stream = server.open(&fresh.resume(id)).await;
        assert_ne!(id_of(&mut stream).await, *id);
        let response = server.send(&fresh.resume(id)).await;
        assert_eq!(response.status, 401, "{id}: {response:?}");
        let chat = alice.ask_chat(QUESTION).await;
        server.open(&chat.resume(id)).await;
    }
    let fresh = alice.join("news").await;
    let two = fresh.resume(&own.id).header("Last-Event-ID", &*bobs.id);
    server.open(&two).await;
    own.resume(&server).await;
}

/// I5, I18: an id whose answer got lost is taken again, twice, and each time the connection before
/// is cut without a word. Once more, and there is a copy: the session is closed.
pub(crate) async fn an_id_is_taken_three_times_and_no_more(setup: Setup) {
    let server = setup.start();
    let own = Open::new(&server, server.user("alice").join("news").await).await;
    let mut connections = vec![own.stream];
    for round in 0..3 {
        let mut stream = server.open(&own.ticket.resume(&own.id)).await;
        id_of(&mut stream).await;
        let mut before = connections.pop().expect("one before");
        assert_eq!(before.rest().await, (Vec::new(), End::Proper), "{round}");
        connections.push(stream);
    }
    let response = server.send(&own.ticket.resume(&own.id)).await;
    assert_eq!(response.status, 401, "{response:?}");
    let mut last = connections.pop().expect("the one that was alive");
    let (rest, end) = last.rest().await;
    assert_eq!(
        (closing(&rest), end),
        (Some("reuse"), End::Proper),
        "{rest:?}"
    );
    expect_alarm(&server, 1).await;
    let metrics = server.metrics().await;
    assert_eq!(metrics.sessions("resumed"), 1);
    assert_eq!(metrics.sessions("resumed_again"), 2);
}

/// I4, I6, D2: who shows an id that others have gone on from holds a copy, or is its victim: both
/// are cut, and neither gets in again.
pub(crate) async fn an_old_id_closes_the_session(setup: Setup) {
    let server = setup.start();
    let mut own = Open::new(&server, server.user("alice").join("news").await).await;
    let stolen = own.id.clone();
    own.resume(&server).await;
    own.resume(&server).await;
    let response = server.send(&own.ticket.resume(&stolen)).await;
    assert_eq!(response.status, 401, "{response:?}");
    let (rest, end) = own.stream.rest().await;
    assert_eq!((closing(&rest), end), (Some("reuse"), End::Proper));
    for id in [&own.id, &stolen] {
        let response = server.send(&own.ticket.resume(id)).await;
        assert_eq!(response.status, 204, "both factors hold: {response:?}");
    }
    expect_alarm(&server, 1).await;
}

/// The reason in `sse.close`, if that is the last event.
fn closing(events: &[Event]) -> Option<&str> {
    let last = events.last()?;
    let is_close = last.event.as_deref() == Some("sse.close");
    let reason = last.data.strip_prefix(r#"{"v":1,"reason":""#)?;
    is_close.then_some(reason.strip_suffix("\"}")?)
}

async fn expect_alarm(server: &Server, times: u64) {
    let metrics = server.metrics().await;
    assert_eq!(metrics.refused_ids("reuse"), times, "{metrics:#?}");
}

/// B2: two ids are none beside a token that is spent, and neither is.
pub(crate) async fn an_id_shown_twice_is_not_spent(setup: Setup) {
    let server = setup.start();
    let mut feed = Open::new(&server, server.user("alice").join("news").await).await;
    for second in [feed.id.clone(), "x".to_owned(), String::new()] {
        let request = feed.ticket.resume(&feed.id);
        let request = request.header("Last-Event-ID", second);
        let response: Response = server.send(&request).await;
        assert_eq!(response.status, 400, "{request:?}: {response:?}");
        assert!(response.is_problem());
    }
    feed.resume(&server).await;
    assert_eq!(server.metrics().await.sessions("resumed"), 1);
}

/// E13: a server that has started anew knows no session, and says what it says to everybody.
pub(crate) async fn a_session_ends_with_its_server(setup: Setup) {
    let (before, after) = (setup.start(), setup.start());
    let own = Open::new(&before, before.user("alice").join("news").await).await;
    drop(before);
    let response = after.send(&own.ticket.resume(&own.id)).await;
    assert_eq!(response.status, 401, "{response:?}");
}

/// I13: every id is short, and safe in a header of any request.
pub(crate) async fn every_id_is_safe_in_a_header(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let ticket = alice.ask_chat(QUESTION).await;
    let mut events = server.open(&ticket.request()).await.complete().await;
    let again = ticket.resume(events[3].id.as_deref().expect("an id"));
    events.extend(server.open(&again).await.complete().await);
    assert!(last_id(&events).len() <= 74);
    for event in events {
        let id = event.id.expect("an id");
        let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
        assert!(id.len() <= 128 && id.bytes().all(is_safe), "{id}");
    }
}

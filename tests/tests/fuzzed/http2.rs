//! Exchanges over HTTP/2: [`exchange`].

use sse_gate_tests::frames::{Frame, PREFACE};

use crate::choice::Choice;
use crate::target::{Exchanged, Place};
use crate::words::Asked;

/// Sends some requests over one connection, and reads all that comes.
pub(crate) async fn exchange(mut choice: Choice, place: Place) -> Exchanged {
    let (count, hangs_up) = (1 + choice.below(8), !choice.one_in(40));
    let mut bytes = preface(&mut choice);
    for number in 0..count {
        bytes.extend(request(&mut choice, &place, number, hangs_up));
    }
    let answer = place.send(&bytes, hangs_up).await;
    Exchanged {
        bytes,
        requests: u64::try_from(count).expect("few"),
        result: answer.map(drop),
    }
}

fn preface(choice: &mut Choice) -> Vec<u8> {
    let mut bytes = PREFACE.to_vec();
    let mut settings = vec![(1, 0)];
    for _ in 0..choice.below(3) {
        let id = u16::try_from(choice.below(10)).expect("small");
        let value = [0, 1, 0x3fff, 0x4000, 0xffff, 0x7fff_ffff, 0xffff_ffff][choice.below(7)];
        settings.push((id, value));
    }
    bytes.extend(Frame::settings(&settings).bytes());
    if choice.one_in(20) {
        choice.bend(&mut bytes);
    }
    bytes
}

/// The frames of a request, and some that belong to none.
fn request(choice: &mut Choice, place: &Place, number: usize, hangs_up: bool) -> Vec<u8> {
    let asked = Asked::new(choice, &place.purse, hangs_up);
    let stream = match choice.below(20) {
        0 => 0,
        1 => 2 * number + 2,
        2 => choice.below(1 << 31),
        3 => 1,
        _ => 2 * number + 1,
    };
    let stream = u32::try_from(stream).expect("31 bits");
    let mut fields: Vec<(&str, &str)> = vec![
        (":method", asked.method),
        (
            ":scheme",
            choice.of(&["http", "http", "http", "https", "", "x:"]),
        ),
        (":path", &asked.target),
        (
            ":authority",
            choice.of(&["sse.test", "sse.test", "", "a b", "[::1]:1"]),
        ),
    ];
    let headers = asked.headers.iter();
    fields.extend(headers.map(|(name, value)| (name.as_str(), value.as_str())));
    // The path stays, if it has a secret.
    if choice.one_in(6) {
        let at = choice.below(fields.len());
        if !(asked.target_is_secret && fields[at].0 == ":path") {
            fields.remove(at);
        }
    }
    if choice.one_in(10) {
        let odd = [
            (":status", "200"),
            ("Upper", "x"),
            ("connection", "close"),
            (":path", "/"),
            ("", "x"),
            ("content-length", "7"),
            (":protocol", "websocket"),
        ];
        fields.push(odd[choice.below(odd.len())]);
    }
    let has_body = asked.method == "POST" || choice.one_in(5);
    let mut head = Frame::headers(stream, &fields, !has_body);
    if choice.one_in(15) {
        head.flags = choice.byte();
    }
    let mut frames = vec![head];
    if has_body {
        frames.push(Frame::data(
            stream,
            asked.body.as_bytes(),
            !choice.one_in(4),
        ));
    }
    if choice.one_in(4) {
        frames.push(odd_frame(choice, stream));
    }
    let mut bytes: Vec<u8> = frames.iter().flat_map(Frame::bytes).collect();
    if !asked.target_is_secret && choice.one_in(5) {
        choice.bend(&mut bytes);
    }
    bytes
}

fn odd_frame(choice: &mut Choice, stream: u32) -> Frame {
    match choice.below(6) {
        0 => Frame::reset(stream),
        1 => Frame::window_update(stream, [0, 1, 0x7fff_ffff][choice.below(3)]),
        2 => Frame::ping(),
        3 => Frame::settings(&[(4, 0)]),
        4 => Frame::data(stream, b"more", true),
        _ => {
            let payload = (0..choice.below(30)).map(|_| choice.byte()).collect();
            Frame::new(choice.byte() % 14, choice.byte(), stream, payload)
        }
    }
}

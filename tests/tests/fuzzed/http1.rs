//! Exchanges over HTTP/1.1: [`exchange`].

use crate::choice::Choice;
use crate::target::{Exchanged, Place};
use crate::words::Asked;

/// Sends some requests over one connection, and reads all that comes.
pub(crate) async fn exchange(mut choice: Choice, place: Place) -> Exchanged {
    let (count, hangs_up) = (1 + choice.below(6), !choice.one_in(80));
    let bytes: Vec<u8> = (0..count)
        .flat_map(|_| request(&mut choice, &place, hangs_up))
        .collect();
    let answer = place.send(&bytes, hangs_up).await;
    Exchanged {
        bytes,
        requests: u64::try_from(count).expect("few"),
        result: answer.and_then(|answer| check(&answer)),
    }
}

/// What came is answers, and none of them says that it is the server's fault.
fn check(answer: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(answer);
    if !text.is_empty() && !text.starts_with("HTTP/1.") {
        return Err(format!("no answer: {text:.200}"));
    }
    let mut statuses = text.match_indices("HTTP/1.1 500");
    match statuses.next() {
        Some((at, _)) => Err(text[at..].chars().take(500).collect()),
        None => Ok(()),
    }
}

/// A request; one of a client that does not hang up opens no stream, which would not end.
fn request(choice: &mut Choice, place: &Place, hangs_up: bool) -> Vec<u8> {
    let asked = Asked::new(choice, &place.purse, hangs_up);
    let version = match choice.below(30) {
        0 => "HTTP/1.0",
        1 => choice.of(&[
            "HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "HTTP/11", "", "http/1.1",
        ]),
        _ => "HTTP/1.1",
    };
    let mut head = Vec::new();
    if !choice.one_in(20) {
        head.extend(b"Host: sse.test\r\n");
    }
    for (name, value) in &asked.headers {
        let colon = choice.of(&[": ", ": ", ": ", ":", ":\t", " : "]);
        head.extend(format!("{name}{colon}{value}").bytes());
        head.extend(choice.of::<[u8]>(&[b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\n"]));
    }
    let body = framed(choice, &mut head, asked.body.as_bytes());
    head.extend(b"\r\n");
    head.extend(body);
    let mut line = format!("{} {} {version}\r\n", asked.method, asked.target).into_bytes();
    if choice.one_in(3) {
        choice.bend(&mut head);
    }
    if !asked.target_is_secret && choice.one_in(8) {
        choice.bend(&mut line);
    }
    line.extend(head);
    line
}

/// The body as it is sent, after headers that say how, or lie.
fn framed(choice: &mut Choice, head: &mut Vec<u8>, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let chunked = |head: &mut Vec<u8>| head.extend(b"Transfer-Encoding: chunked\r\n");
    match choice.below(12) {
        0 => head.extend(format!("Content-Length: {}\r\n", length + 7).bytes()),
        1 => head.extend(format!("Content-Length: {}\r\n", length / 2).bytes()),
        2 => head.extend(b"Content-Length: 99999999999999999999\r\n"),
        3 => head.extend(format!("Content-Length: {length}\r\nContent-Length: 1\r\n").bytes()),
        4 => {
            chunked(head);
            head.extend(format!("Content-Length: {length}\r\n").bytes());
        }
        5..=7 => {
            chunked(head);
            let mut bytes = Vec::new();
            for piece in body.chunks(1 + choice.below(40)) {
                bytes.extend(format!("{:x}\r\n", piece.len()).bytes());
                bytes.extend(piece);
                bytes.extend(b"\r\n");
            }
            bytes.extend(
                choice
                    .of(&[
                        "0\r\n\r\n",
                        "0\r\nx: y\r\n\r\n",
                        "ffffffffffffffffff\r\n",
                        "-1\r\n",
                        "",
                    ])
                    .bytes(),
            );
            return bytes;
        }
        _ if length > 0 => head.extend(format!("Content-Length: {length}\r\n").bytes()),
        _ => {}
    }
    body.to_vec()
}

//! What a client gets that is to wait.

use std::collections::HashSet;
use std::time::Duration;

use bytes::BytesMut;
use sse_gate_resume::ResumePolicy;
use sse_gate_resume::backend::ResumeId;

use crate::support::reference::decode;
use crate::support::{Stage, parts, token};

const WAIT: Duration = Duration::from_secs(4);

/// The time to wait that a text begins with, in milliseconds, and the rest of the text.
fn wait_in(text: &str) -> (u64, &str) {
    let (wait, rest) = text
        .strip_prefix("retry: ")
        .unwrap()
        .split_once('\n')
        .unwrap();
    (wait.parse().unwrap(), rest)
}

/// Draws many waits, which differ, and lie within this span.
fn drawn(mut draw: impl FnMut() -> u64, least: u64, most: u64) {
    let mut waits: Vec<_> = (0..100).map(|_| draw()).collect();
    waits.sort_unstable();
    assert!(waits[0] >= least && waits[99] <= most, "{waits:?}");
    let middle = u64::midpoint(least, most);
    assert!(waits[0] < middle && waits[99] > middle, "{waits:?}");
}

/// G10: a client that can't be served gets its own id and a time between the wait and twice as much.
#[test]
fn a_client_that_is_put_off_keeps_its_id() {
    let stage = Stage::default();
    let mut client = stage.alice(&stage.log());
    client.read();
    let retry_later = || {
        let bytes = stage.sessions.retry_later(&client.id, WAIT);
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (wait, rest) = wait_in(&text);
        let expected = format!("event: sse.wait\nid: {}\ndata: {{\"v\":1}}\n\n", client.id);
        assert_eq!(rest, expected);
        wait
    };
    drawn(retry_later, 4_000, 8_000);
}

/// I1, G10: what is no resume id is not sent back: there is a time to wait, and no event.
#[test]
fn nothing_but_a_resume_id_is_sent_back() {
    let stage = Stage::default();
    for odd in ["", "7", "sser1.", "sser1.k.x\ndata: y", &"x".repeat(1_000)] {
        let retry_later = || {
            let bytes = stage.sessions.retry_later(odd, WAIT);
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            let (wait, rest) = wait_in(&text);
            assert_eq!(rest, "\n");
            wait
        };
        drawn(retry_later, 4_000, 8_000);
    }
}

/// I5, G10: a client whose id is used and that can't be served gets the next one.
#[test]
fn a_client_whose_id_is_used_gets_another() {
    let stage = Stage::default();
    let mut client = stage.alice(&stage.log());
    client.read();
    let retry_later = || {
        client.connection = None;
        let resumed = stage.resume(&client.id, token(1)).unwrap();
        let generation = resumed.lease().generation();
        let text = String::from_utf8(resumed.retry_later(WAIT).to_vec()).unwrap();
        let (wait, rest) = wait_in(&text);
        assert!(rest.starts_with("event: sse.open\nid: sser1."), "{rest}");
        assert!(
            rest.ends_with("\ndata: {\"v\":1,\"gap\":null}\n\n"),
            "{rest}"
        );
        client.id = decode(text.as_bytes(), "").last_event_id;
        assert_eq!(parts(&client.id).generation, generation);
        wait
    };
    drawn(retry_later, 4_000, 8_000);
}

/// G9, G10: who is sent away by a shutdown comes back at a moment within the spread, after the wait
/// of its policy.
#[test]
fn a_shutdown_spreads_its_clients() {
    let policy = ResumePolicy::default().with_retry(Duration::from_secs(1));
    let stage = Stage::default().with_policy(policy);
    let mut client = stage.alice(&stage.log());
    client.read();
    let shut_down = || {
        let mut last = BytesMut::new();
        let mut connection = client.connection.take().unwrap();
        connection.shut_down(WAIT, &mut last);
        drop(connection);
        client.reconnect(&stage).unwrap();
        client.read();
        let text = String::from_utf8(last.to_vec()).unwrap();
        let (wait, rest) = wait_in(&text);
        assert_eq!(rest, "\n");
        wait
    };
    drawn(shut_down, 1_000, 5_000);
}

/// G9, G10: the waits of one session differ from connection to connection, however many it has had.
#[test]
fn connections_in_a_row_wait_for_different_times() {
    let stage = Stage::default();
    let mut client = stage.alice(&stage.log());
    let waits: Vec<_> = (0..300)
        .map(|_| {
            let (read, _) = client.read_stream();
            client.connection = None;
            client.reconnect(&stage).unwrap();
            read.retries[0]
        })
        .collect();
    for row in waits.windows(16) {
        let different: HashSet<_> = row.iter().collect();
        assert!(different.len() > 8, "{row:?}");
    }
}

/// I1, I13: the longest id is read, and none that is longer by anything.
#[test]
fn the_longest_id_is_as_long_as_it_says() {
    let (sid, tag) = ("A".repeat(22), "A".repeat(22));
    let id = |generation: &str, seq: &str| format!("sser1.k.{sid}.{generation}.{tag}.{seq}");
    let longest = id("zzzzzz", "3w5e11264sgsf");
    assert_eq!((longest.len(), ResumeId::MAX_LEN), (74, 74));
    assert!(ResumeId::parse(&longest).is_some());
    assert!(ResumeId::parse(&id("zzzzzz", "0")).is_some());
    for longer in [
        id("zzzzzz", "3w5e11264sgsg"),
        id("zzzzzz", "3w5e11264sgsf0"),
        id("1000000", "0"),
        id("1000001", "0"),
        longest + "0",
    ] {
        assert!(ResumeId::parse(&longer).is_none(), "{longer}");
    }
}

//! Ids that are no good.

use sse_gate_core::TokenKey;
use sse_gate_resume::backend::ResumeId;
use sse_gate_resume::error::{InvalidKid, ResumeError};
use sse_gate_resume::{InvalidIdReason, ResumeKey, ResumeKeys, SessionSignal, Sessions};

use crate::support::{Client, Stage, append, grant, parts, token};

fn refused(stage: &Stage, id: &str, token: TokenKey) -> InvalidIdReason {
    match stage.resume(id, token) {
        Err(ResumeError::Refused(why)) => why,
        other => panic!("{id}: {other:?}"),
    }
}

/// A client whose id has a sequence of one digit.
fn client(stage: &Stage) -> (Client, sse_gate_resume::Log) {
    let log = stage.log();
    append(&log, "1");
    let mut client = stage.alice(&log);
    client.read();
    stage.signals.take();
    (client, log)
}

/// The id is as good as ever, and the connection is served.
fn nothing_has_changed(stage: &Stage, client: &mut Client) {
    assert!(client.is_served());
    assert_eq!(client.reconnect(stage).unwrap(), 2);
    let first_use = SessionSignal::Resumed { again: false };
    assert_eq!(stage.signals.take().last(), Some(&first_use));
}

/// I1: no bit of the part that counts can be another, and the id can't be cut short anywhere.
#[test]
fn every_flipped_bit_and_every_cut_is_refused_and_changes_nothing() {
    let stage = Stage::default();
    let (mut client, _log) = client(&stage);
    let id = client.id.clone();
    let prefix = id.rfind('.').unwrap() + 1;
    let (mut malformed, mut forged) = (0, 0);
    for place in 0..prefix {
        for bit in 0..8 {
            let mut bytes = id.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            // A header that is no ASCII is none that could be an id.
            let Ok(other) = String::from_utf8(bytes) else {
                continue;
            };
            match refused(&stage, &other, token(1)) {
                InvalidIdReason::Malformed => malformed += 1,
                InvalidIdReason::Forged | InvalidIdReason::Unknown => forged += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(malformed > 100 && forged > 100, "{malformed}, {forged}");
    for end in 0..id.len() {
        assert_eq!(
            refused(&stage, &id[..end], token(1)),
            InvalidIdReason::Malformed
        );
    }
    for more in [".", " ", "\0", ".0", "é", &"0".repeat(200)] {
        let longer = format!("{id}{more}");
        assert_eq!(
            refused(&stage, &longer, token(1)),
            InvalidIdReason::Malformed
        );
        let longer = format!("{more}{id}");
        assert_eq!(
            refused(&stage, &longer, token(1)),
            InvalidIdReason::Malformed
        );
    }
    nothing_has_changed(&stage, &mut client);
}

/// I1: the generation is covered by the tag: a holder can't make an id of the next one.
#[test]
fn the_next_generation_cannot_be_guessed() {
    let stage = Stage::default();
    let (mut client, _log) = client(&stage);
    for generation in ["0", "2", "3", "zzzzzz"] {
        let forged = client.id.replacen(".1.", &format!(".{generation}."), 1);
        assert_eq!(refused(&stage, &forged, token(1)), InvalidIdReason::Forged);
    }
    nothing_has_changed(&stage, &mut client);
}

/// I1, I9: the holder of an id may move its sequence, and gains nothing: what comes is the log from
/// there, or a word that there is none.
#[test]
fn a_moved_sequence_gains_nothing() {
    let stage = Stage::default();
    let log = stage.log();
    append(&log, "not yours");
    let grant = grant("alice");
    let opening = sse_gate_resume::Opening::new(
        stage.arrival(),
        &grant,
        token(1),
        std::sync::Arc::new(log.clone()),
    )
    .on_shared_log();
    let opened = pollster::block_on(stage.sessions.open(opening)).unwrap();
    let mut client = Client::new(token(1), opened);
    append(&log, "2");
    assert_eq!(client.read_data(), ["2"], "it begins where it was opened");
    let held = client.id.clone();
    let before = parts(&held).moved_to(0);
    assert_eq!(
        refused(&stage, &before, token(1)),
        InvalidIdReason::BeforeBase
    );
    for (seq, seen) in [(1, "2"), (2, ""), (u64::MAX, "")] {
        client.id = parts(&client.id).moved_to(seq);
        client.reconnect(&stage).unwrap();
        assert_eq!(client.read_data().concat(), seen);
    }
}

/// I13: every id is short, and of characters that no browser asks before it sends them.
#[test]
fn ids_are_short_and_safe() {
    let longest = format!("sser1.k.{0}.zzzzzz.{0}.3w5e11264sgsf", "A".repeat(22));
    assert_eq!(longest.len(), ResumeId::MAX_LEN);
    assert!(ResumeId::parse(&longest).is_some());
    let stage = Stage::default();
    let (mut client, _log) = client(&stage);
    for _ in 0..200 {
        client.disconnect();
        client.reconnect(&stage).unwrap();
        client.read();
        let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        assert!(client.id.bytes().all(is_safe), "{}", client.id);
        assert!(ResumeId::is_claimed_by(client.id.as_bytes()));
    }
}

/// E15: ids of the key before are good until it goes, and the new ones are of the new key.
#[test]
fn keys_are_rotated_by_two() {
    let stage = Stage::default();
    let key = |kid, secret| ResumeKey::new(kid, [secret; 32]).unwrap();
    let (mut client, _log) = client(&stage);
    let with = |keys| stage.sessions.clone().with_keys(keys);
    let both = with(
        ResumeKeys::new(key('n', 8))
            .with_previous(key('k', 7))
            .unwrap(),
    );
    let new = with(ResumeKeys::new(key('n', 8)));
    let renamed = with(ResumeKeys::new(key('n', 7)));
    let resume = |sessions: &Sessions, id: &str| pollster::block_on(sessions.resume(id, token(1)));

    for wrong in [&new, &renamed] {
        let shown = resume(wrong, &client.id);
        assert!(matches!(
            shown,
            Err(ResumeError::Refused(InvalidIdReason::Forged))
        ));
    }
    client.connection = Some(resume(&both, &client.id).unwrap().subscribe());
    client.read();
    assert_eq!(parts(&client.id).kid, "n");
    assert_eq!(
        refused(&stage, &client.id, token(1)),
        InvalidIdReason::Forged
    );
    client.connection = Some(resume(&new, &client.id).unwrap().subscribe());
    client.read();
    assert_eq!(parts(&client.id).generation, 3);
}

/// E15: two keys have two names, and a name is one character that may stand in an id.
#[test]
fn keys_need_names_of_their_own() {
    let key = |kid| ResumeKey::new(kid, [7; 32]);
    let both: Result<_, InvalidKid> =
        ResumeKeys::new(key('a').unwrap()).with_previous(key('a').unwrap());
    assert!(both.is_err());
    for kid in ['.', '_', '-', ' ', '\0', 'é', '€'] {
        assert!(key(kid).is_err(), "{kid:?}");
    }
}

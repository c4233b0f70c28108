//! A record as bytes, as a store in another process keeps it.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use sse_gate_core::{ManualClock, SteadyTime, Timestamp};
use sse_gate_resume::backend::{
    Binding, Bounds, CorruptRecord, Delivered, LogEnd, LogEpoch, LogName, NodeId, Record,
    SessionEpoch, ShownId,
};
use sse_gate_resume::{CloseReason, ResumePolicy};

use crate::support::{Dice, granted, request, token};

/// A record of version 1, as it was written when that was new: records in stores must stay readable.
const VERSION_1: &str = concat!(
    "011606020000000000000003000000000001a5020000000000000001000000000000445c00000000",
    "00001b58000000000000000d0e0e0e0e0e0e0e0e0000000100000002020202020202020202020202",
    "02020202020202020202020202020202020202020303030303030303000000000000000400000000",
    "0000000500000000000000060000000000001b5800000000007a1200000000000000038400000000",
    "000186a10000000000002ee0000000020000000b000000530000000602000101010101010101010101010101",
    "0101010101010101010101010101010101010000019b76db92600000019b77119680000000000000",
    "00000000000000000000000400097a6fc3ab0004636861740001316f776e2fc3b6",
);

const REASONS: [CloseReason; 6] = [
    CloseReason::Deadline,
    CloseReason::Idle,
    CloseReason::Revoked,
    CloseReason::Reuse,
    CloseReason::Rollback,
    CloseReason::Displaced,
];

/// A record at any place of any history.
fn record(seed: u64) -> Record {
    let mut dice = Dice::new(seed);
    let mut now = dice.below(1 << 40);
    let names = ["", "own/0123456789abcdef", "topic/zoë"];
    let policy = ResumePolicy::default()
        .with_retry(Duration::from_millis(dice.below(5_000)))
        .with_idle(Duration::from_millis(dice.below(200_000)))
        .with_takeovers(1, Duration::from_millis(dice.below(2_000)));
    let subject = dice.pick(&["alice", "zoë"]);
    let deadline = Timestamp::from_unix_millis(dice.below(1 << 40) + (1 << 41));
    let asked = request(subject).with_deadline(deadline);
    let mut record = Record::new(Arc::new(Binding {
        token: token(1),
        grant: granted(asked, ManualClock::default()),
        salt: std::array::from_fn(|_| dice.draw().to_be_bytes()[0]),
        log_name: LogName::new(dice.pick(&names)).unwrap(),
        log_epoch: LogEpoch::from_bytes(dice.draw().to_be_bytes()),
        owns_log: !dice.one_in(3),
        base: dice.below(9),
        start_after: dice.draw(),
        arrival_epoch: SessionEpoch::from_u64(dice.draw()),
        arrived_at: SteadyTime::from_millis(now),
        ends_at: SteadyTime::from_millis(now + dice.below(500_000)),
        policy: if dice.one_in(3) {
            policy.with_strict_ids()
        } else {
            policy
        },
    }));
    for _ in 0..dice.below(12) {
        step(&mut record, &mut now, &mut dice);
    }
    record
}

fn step(record: &mut Record, now: &mut u64, dice: &mut Dice) {
    let at = SteadyTime::from_millis(*now);
    let generation = record.generation().saturating_sub(dice.below(2));
    let end = dice.pick(&[None, Some(LogEnd::Complete), Some(LogEnd::Failed)]);
    let log = Bounds {
        first: 1,
        last: 20,
        end,
    };
    match dice.below(14) {
        0..=5 => {
            let shown = ShownId {
                generation,
                seq: dice.below(20),
                token: token(1),
            };
            record.redeem(&shown, &log, at);
        }
        6 => *now += dice.below(20_000),
        7 => {
            let delivered = dice.pick(&[Delivered::Nothing, Delivered::Sent, Delivered::Confirmed]);
            record.release(generation, delivered, at);
        }
        8 => record.confirm(generation),
        9 => {
            record.reopen(Duration::from_secs(5), at);
        }
        10 => record.serve_from(NodeId::from_bytes(dice.draw().to_be_bytes())),
        11 => record.note_log_end(&log),
        12 => record.orphan(at),
        _ if dice.one_in(4) => {
            record.close(dice.pick(&REASONS));
        }
        _ => {}
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .chars()
        .map(|digit| digit.to_digit(16).unwrap())
        .collect();
    let byte = |pair: &[u32]| u8::try_from(pair[0] * 16 + pair[1]).unwrap();
    digits.chunks(2).map(byte).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_record_is_read_back_as_it_was(seed: u64) {
        let record = record(seed);
        let bytes = record.to_bytes();
        let read = Record::from_bytes(&bytes).unwrap();
        prop_assert_eq!(&read, &record);
        prop_assert_eq!(read.to_bytes(), bytes);
    }

    /// A damaged record is an error or another record. Its steps don't panic either.
    #[test]
    fn damage_is_an_error_or_a_record(seed: u64, at: prop::sample::Index, flips: u8, cut: u8) {
        let mut bytes = record(seed).to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= flips;
        if cut < 64 {
            bytes.truncate(bytes.len() - usize::from(cut));
        }
        if let Ok(mut read) = Record::from_bytes(&bytes) {
            let (mut dice, mut now) = (Dice::new(seed), 0);
            for _ in 0..8 {
                step(&mut read, &mut now, &mut dice);
            }
        }
    }

    #[test]
    fn any_bytes_are_an_error_or_a_record(mut bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Some(version) = bytes.first_mut() {
            *version = 1;
        }
        let _ = Record::from_bytes(&bytes);
    }
}

#[test]
fn bytes_that_are_cut_or_go_on_are_an_error() {
    let bytes = record(7).to_bytes();
    for len in 0..bytes.len() {
        assert!(Record::from_bytes(&bytes[..len]).is_err(), "{len} bytes");
    }
    let longer = [&bytes[..], &[0]].concat();
    let error = Record::from_bytes(&longer).unwrap_err();
    assert_eq!(error.to_string(), "stored session has a bad length");
}

#[test]
fn another_version_is_an_error() {
    let mut bytes = record(7).to_bytes();
    for version in (0..=u8::MAX).filter(|version| *version != 1) {
        bytes[0] = version;
        let error: CorruptRecord = Record::from_bytes(&bytes).unwrap_err();
        assert_eq!(error.to_string(), "stored session has a bad version");
    }
}

#[test]
fn a_code_that_means_nothing_is_an_error() {
    let bytes = record(7).to_bytes();
    for (at, first, what) in [(2, 7, "reason"), (3, 3, "end of its log")] {
        for code in first..=u8::MAX {
            let mut bytes = bytes.clone();
            bytes[at] = code;
            let error = Record::from_bytes(&bytes).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("stored session has a bad {what}")
            );
        }
    }
}

#[test]
fn a_record_of_version_1_is_read_and_written_as_it_was() {
    let bytes = unhex(VERSION_1);
    let record = Record::from_bytes(&bytes).unwrap();
    assert_eq!(record, version_1());
    assert_eq!(record.to_bytes(), bytes);
}

/// The record of [`VERSION_1`]: each field has a value of its own.
fn version_1() -> Record {
    let binding = Binding {
        token: token(1),
        grant: granted(request("zoë"), ManualClock::default()),
        salt: [2; 32],
        log_name: LogName::new("own/ö").unwrap(),
        log_epoch: LogEpoch::from_bytes([3; 8]),
        owns_log: true,
        base: 4,
        start_after: 5,
        arrival_epoch: SessionEpoch::from_u64(6),
        arrived_at: SteadyTime::from_millis(7_000),
        ends_at: SteadyTime::from_millis(8_000_000),
        policy: ResumePolicy::default()
            .with_retry(Duration::from_millis(900))
            .with_idle(Duration::from_millis(100_001))
            .with_takeovers(11, Duration::from_secs(12)),
    };
    let mut record = Record::new(Arc::new(binding));
    record.confirm(1);
    let log = Bounds {
        first: 1,
        last: 13,
        end: None,
    };
    for generation in [1, 1] {
        let shown = ShownId {
            generation,
            seq: 9,
            token: token(1),
        };
        record.redeem(&shown, &log, SteadyTime::from_millis(7_500));
    }
    record.serve_from(NodeId::from_bytes([14; 8]));
    record.release(3, Delivered::Sent, SteadyTime::from_millis(7_777));
    record.note_log_end(&Bounds {
        end: Some(LogEnd::Failed),
        ..log
    });
    record.close(CloseReason::Displaced);
    record
}

//! Notices to try a bus with, and its operations, as the checks use them: a bus that fails, fails the check.

use crate::id::SessionId;
use crate::log::{LogEnd, LogEpoch};
use crate::session::{CloseReason, NodeId};
use crate::store::{Bus, Notice, Notices};

const LOG: LogEpoch = LogEpoch::from_bytes([0, 1, 2, 3, 252, 253, 254, 255]);
const SESSION: SessionId = SessionId::from_bytes([0xA5; 16]);

/// A notice that differs from those of all other numbers.
pub(super) fn numbered(number: u64) -> Notice {
    Notice::Replaced {
        session: SESSION,
        generation: number,
    }
}

pub(super) fn probe(number: u64) -> Notice {
    Notice::Probe {
        listener: NodeId::from_bytes([9; 8]),
        number,
    }
}

/// Every kind of notice, with numbers that a bus may cut.
pub(super) fn every_kind() -> Vec<Notice> {
    let reasons = [
        CloseReason::Deadline,
        CloseReason::Idle,
        CloseReason::Revoked,
        CloseReason::Reuse,
        CloseReason::Rollback,
        CloseReason::Displaced,
    ];
    let mut all = vec![Notice::Stop { log: LOG }, Notice::Read { log: LOG }];
    for number in [0, 1, u64::from(u32::MAX) + 1, (1 << 53) + 1, u64::MAX] {
        all.extend([numbered(number), probe(number)]);
        let ends = [None, Some(LogEnd::Complete), Some(LogEnd::Failed)];
        all.extend(ends.map(|end| Notice::Appended {
            log: LOG,
            last: number,
            end,
        }));
        all.extend(reasons.map(|reason| Notice::Closed {
            session: SESSION,
            generation: number,
            reason,
        }));
    }
    all
}

pub(super) async fn publish<B: Bus>(bus: &B, notice: Notice) {
    let told = bus.publish(notice).await;
    told.expect("a bus under test can publish");
}

pub(super) async fn subscribe<B: Bus>(bus: &B) -> Notices {
    let notices = bus.subscribe().await;
    notices.expect("a bus under test can subscribe")
}

//! What one node tells the others: [`Notice`].

use crate::id::SessionId;
use crate::log::{LogEnd, LogEpoch};
use crate::session::{
    CloseReason, NodeId, Record, close_code, end_code, read_closed, read_log_end,
};

const VERSION: u8 = 1;

/// What has changed in a store, for the nodes that use it.
///
/// It is a hint. What is true is in the store, so a notice that comes twice, or late, does no harm:
/// each says what stays true.
///
/// ```
/// use sse_gate_resume::backend::{LogEpoch, Notice};
///
/// let notice = Notice::Stop { log: LogEpoch::from_bytes([7; 8]) };
/// assert_eq!(Notice::from_bytes(&notice.to_bytes()), Some(notice));
/// // A newer node says something that this one does not know.
/// assert_eq!(Notice::from_bytes(&[200, 1, 2, 3]), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// A session has a connection of this generation: those before it are replaced.
    Replaced {
        /// The session.
        session: SessionId,
        /// The generation that counts.
        generation: u64,
    },
    /// A session is closed.
    Closed {
        /// The session.
        session: SessionId,
        /// Its last generation.
        generation: u64,
        /// Why it was closed.
        reason: CloseReason,
    },
    /// The writer of a log is asked to stop.
    Stop {
        /// The log.
        log: LogEpoch,
    },
    /// A log has events up to this number.
    Appended {
        /// The log.
        log: LogEpoch,
        /// The number of its last event.
        last: u64,
        /// How it ended, if it has.
        end: Option<LogEnd>,
    },
    /// A client reads a log on another node than its writer's.
    Read {
        /// The log.
        log: LogEpoch,
    },
    /// A node asks itself whether it still hears the others.
    Probe {
        /// A name that the node has chosen for its subscription.
        listener: NodeId,
        /// The number of the question.
        number: u64,
    },
}

impl Notice {
    /// What the other nodes are told when this record is swapped in.
    pub fn of_session(session: SessionId, record: &Record) -> Self {
        let generation = record.generation();
        match record.closed() {
            Some(reason) => Self::Closed {
                session,
                generation,
                reason,
            },
            None => Self::Replaced {
                session,
                generation,
            },
        }
    }

    /// The notice as bytes: a version, a kind, and the fields in their order, big-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        match *self {
            Self::Replaced {
                session,
                generation,
            } => {
                bytes.push(1);
                bytes.extend_from_slice(session.as_bytes());
                bytes.extend_from_slice(&generation.to_be_bytes());
            }
            Self::Closed {
                session,
                generation,
                reason,
            } => {
                bytes.push(2);
                bytes.extend_from_slice(session.as_bytes());
                bytes.extend_from_slice(&generation.to_be_bytes());
                bytes.push(close_code(reason));
            }
            Self::Stop { log } => {
                bytes.push(3);
                bytes.extend_from_slice(&log.to_bytes());
            }
            Self::Appended { log, last, end } => {
                bytes.push(4);
                bytes.extend_from_slice(&log.to_bytes());
                bytes.extend_from_slice(&last.to_be_bytes());
                bytes.push(end.map_or(0, end_code));
            }
            Self::Read { log } => {
                bytes.push(5);
                bytes.extend_from_slice(&log.to_bytes());
            }
            Self::Probe { listener, number } => {
                bytes.push(6);
                bytes.extend_from_slice(&listener.to_bytes());
                bytes.extend_from_slice(&number.to_be_bytes());
            }
        }
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) made. Returns `None` for anything else, such as a notice
    /// of a newer version, which this node can't act on.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let [version, kind] = fields.array()?;
        if version != VERSION {
            return None;
        }
        let notice = match kind {
            1 => Self::Replaced {
                session: SessionId::from_bytes(fields.array()?),
                generation: fields.number()?,
            },
            2 => Self::Closed {
                session: SessionId::from_bytes(fields.array()?),
                generation: fields.number()?,
                reason: read_closed(fields.byte()?).ok()??,
            },
            3 => Self::Stop { log: fields.log()? },
            4 => Self::Appended {
                log: fields.log()?,
                last: fields.number()?,
                end: read_log_end(fields.byte()?).ok()?,
            },
            5 => Self::Read { log: fields.log()? },
            6 => Self::Probe {
                listener: NodeId::from_bytes(fields.array()?),
                number: fields.number()?,
            },
            _ => return None,
        };
        fields.0.is_empty().then_some(notice)
    }
}

/// The fields that are still to be read.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn number(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn log(&mut self) -> Option<LogEpoch> {
        self.array().map(LogEpoch::from_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: LogEpoch = LogEpoch::from_bytes([3; 8]);
    const SESSION: SessionId = SessionId::from_bytes([5; 16]);

    fn notices() -> Vec<Notice> {
        vec![
            Notice::Replaced {
                session: SESSION,
                generation: 2,
            },
            Notice::Closed {
                session: SESSION,
                generation: u64::MAX,
                reason: CloseReason::Revoked,
            },
            Notice::Stop { log: LOG },
            Notice::Appended {
                log: LOG,
                last: 7,
                end: None,
            },
            Notice::Appended {
                log: LOG,
                last: 8,
                end: Some(LogEnd::Failed),
            },
            Notice::Read { log: LOG },
            Notice::Probe {
                listener: NodeId::from_bytes([9; 8]),
                number: 1,
            },
        ]
    }

    #[test]
    fn each_notice_comes_back_from_its_bytes() {
        for notice in notices() {
            assert_eq!(Notice::from_bytes(&notice.to_bytes()), Some(notice));
        }
    }

    #[test]
    fn bytes_that_are_cut_or_longer_are_no_notice() {
        for notice in notices() {
            let mut bytes = notice.to_bytes();
            for len in 0..bytes.len() {
                assert_eq!(Notice::from_bytes(&bytes[..len]), None, "{notice:?}, {len}");
            }
            bytes.push(0);
            assert_eq!(Notice::from_bytes(&bytes), None, "{notice:?}");
        }
    }

    /// The form of version 1 stays readable: nodes of two versions run side by side during a deploy.
    #[test]
    fn version_1_has_these_bytes() {
        let appended = Notice::Appended {
            log: LOG,
            last: 258,
            end: Some(LogEnd::Complete),
        };
        let bytes = [1, 4, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 1, 2, 1];
        assert_eq!(appended.to_bytes(), bytes);
        let mut newer = bytes;
        newer[0] = 2;
        assert_eq!(Notice::from_bytes(&newer), None);
    }
}

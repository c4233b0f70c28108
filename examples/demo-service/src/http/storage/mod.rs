//! Where the demo keeps what streams need: [`Storage`].

mod file;
mod redis;
mod secrets;

use sse_gate::core::{Limits, SystemEntropy};
use sse_gate::sessions::{SessionLimits, Sessions};
use sse_gate::{Gate, GateBuilder, Logs, MemorySessions, ResumeKeys, StreamSlots};
use sse_gate_moka::MokaStore;

use self::file::FileData;
use self::redis::RedisData;
use super::SetupError;
use crate::server::{Args, StoreKind};

/// In memory, in one file, or on a server that many nodes share.
#[derive(Debug)]
pub(super) enum Storage {
    Memory(StoreKind),
    File(FileData),
    Redis(RedisData),
}

impl Storage {
    /// Opens what the arguments ask for.
    pub(super) async fn open(args: &Args) -> Result<Self, SetupError> {
        Ok(match (&args.data, &args.redis, &args.secrets) {
            (Some(folder), ..) => Self::File(FileData::open(folder)?),
            (None, Some(address), Some(secrets)) => {
                Self::Redis(RedisData::connect(address, secrets).await?)
            }
            _ => Self::Memory(args.store),
        })
    }

    /// The gate of all streams.
    pub(super) fn gate(&self, builder: GateBuilder, limits: Limits) -> Gate {
        match self {
            Self::Memory(StoreKind::Memory) => builder.in_memory_with(limits),
            Self::Memory(StoreKind::Moka) => builder.build(MokaStore::new(limits)),
            Self::File(data) => data.gate(builder, limits),
            Self::Redis(data) => data.gate(builder, limits),
        }
    }

    /// The sessions of all resumable streams.
    pub(super) fn sessions(&self, limits: SessionLimits) -> Result<Sessions, SetupError> {
        match self {
            Self::Memory(_) => {
                let keys = ResumeKeys::generate(&SystemEntropy)?;
                Ok(Sessions::new(MemorySessions::new(limits), keys))
            }
            Self::File(data) => data.sessions(limits),
            Self::Redis(data) => data.sessions(limits),
        }
    }

    /// The logs of answers and topics.
    pub(super) fn logs(&self) -> Logs {
        match self {
            Self::Memory(_) => Logs::default(),
            Self::File(data) => data.logs(),
            Self::Redis(data) => data.logs(),
        }
    }

    /// How many streams may be open.
    pub(super) fn slots(&self, streams: usize, per_subject: usize) -> StreamSlots {
        match self {
            Self::Memory(_) | Self::File(_) => StreamSlots::new(streams, per_subject),
            Self::Redis(data) => data.slots(streams, per_subject),
        }
    }

    /// The secret with which JWTs are signed, if one is kept.
    pub(super) fn jwt_secret(&self) -> Option<[u8; 32]> {
        match self {
            Self::Memory(_) => None,
            Self::File(data) => Some(data.secrets.jwt()),
            Self::Redis(data) => Some(data.secrets.jwt()),
        }
    }
}

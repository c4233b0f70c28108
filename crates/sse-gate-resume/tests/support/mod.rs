//! What the tests share: a stage to act on, clients to act, and dice.
#![allow(dead_code, unused_imports, reason = "no test uses all of it")]

mod client;
mod cost;
mod dice;
mod executor;
mod fate;
mod held_logs;
mod id;
mod last_word;
mod recording;
#[path = "../../../sse-gate-codec/tests/reference/mod.rs"]
pub(crate) mod reference;
mod stage;
mod store_handle;

pub(crate) use client::{Client, Got, poll};
pub(crate) use cost::growth;
pub(crate) use dice::{CountedEntropy, Dice};
pub(crate) use executor::Executor;
pub(crate) use fate::{Fate, Fates};
pub(crate) use held_logs::{Held, HeldLogs};
pub(crate) use id::parts;
pub(crate) use last_word::{in_time, last_word};
pub(crate) use recording::RecordingObserver;
pub(crate) use stage::{Stage, append, grant, granted, refused_by, request, token};
pub(crate) use store_handle::StoreHandle;

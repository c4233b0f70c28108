//! What the tests share: a stage to act on, clients to act, and dice.
#![allow(dead_code, unused_imports, reason = "no test uses all of it")]

mod client;
mod dice;
mod id;
mod kept;
#[path = "../../../sse-gate-codec/tests/reference/mod.rs"]
pub(crate) mod reference;
mod stage;
mod told;

pub(crate) use client::{Client, Got, poll};
pub(crate) use dice::{Counted, Dice};
pub(crate) use id::parts;
pub(crate) use kept::Kept;
pub(crate) use stage::{Stage, append, grant, granted, refused_by, request, token};
pub(crate) use told::Told;

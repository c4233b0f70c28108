//! The engines of real browsers with their own `EventSource`, a model of it, and what to put it
//! through.
//!
//! | what | where |
//! |---|---|
//! | real browsers, without a window | [`Engine`], [`Browser`] |
//! | what their `EventSource` tells a page | [`Report`], [`Dispatched`] |
//! | the page, and who collects what it tells | [`Job`], [`Board`] |
//! | the page of a server that may be down | [`Desk`] |
//! | a server that says what a script says | [`Script`], [`Answer`], [`Scripted`], [`Recorded`] |
//! | an `EventSource` without a browser | [`Fake`], [`Profile`], [`Machine`], [`Decoder`] |
//! | a server of numbered events | [`Numbered`] |
//! | a proxy that cuts streams off | [`Proxy`], [`Plan`], [`Cut`], [`Way`] |
//! | choices that can be made again | [`Random`] |
//! | other programs, and folders for them | [`Process`], [`Scratch`], [`program`] |
//!
//! A browser is started on a page of the test's own. The page opens the streams that it is told
//! to, and posts all that happens to the board, which a test waits on:
//!
//! ```text
//!            page, reports                    streams
//!   Board ◄────────────────► Engine or Fake ◄────────► Scripted, or Proxy ◄──► a server
//! ```

mod answer;
mod asked;
mod board;
mod browser;
mod cut;
mod decoder;
mod desk;
mod display;
mod engine;
mod fake;
mod machine;
mod numbered;
mod payload;
mod plan;
mod process;
mod profile;
mod proxy;
mod random;
mod report;
mod script;
mod scripted;

pub use answer::{Answer, Origin};
pub use asked::Asked;
pub use board::{Board, Job, PATIENCE};
pub use browser::Browser;
pub use cut::{Cut, Way};
pub use decoder::Decoder;
pub use desk::Desk;
pub use engine::{CHROMIUM, Engine};
pub use fake::Fake;
pub use machine::{Machine, Next};
pub use numbered::Numbered;
pub use plan::Plan;
pub use process::{Process, Scratch, program};
pub use profile::{BareId, Profile, Redirects};
pub use proxy::Proxy;
pub use random::Random;
pub use report::{Dispatched, Report};
pub use script::{Recorded, Script};
pub use scripted::Scripted;

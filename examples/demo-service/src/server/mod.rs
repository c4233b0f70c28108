//! What every server needs beside its framework: arguments, logs, metrics, signals, and the
//! loop that accepts connections.
//!
//! All three examples use this loop. The loops of the frameworks wait without a limit for a client
//! that connects and says nothing, or stops in the middle of its first bytes.

mod activity;
mod args;
mod connection;
mod cors;
mod front;
mod preface;
mod serve;
mod shutdown;
mod telemetry;

pub use self::args::{Args, LogFormat, StoreKind};
pub use self::cors::cors;
pub use self::serve::serve;
pub use self::shutdown::{on_signal, with_grace};
pub use self::telemetry::{announce, log_to_stderr, record_metrics};

//! What every server needs beside its framework: arguments, logs, metrics, signals, and how it is
//! served.
//!
//! All three examples are served by `sse-gate-serve`. The loops of the frameworks wait without a limit
//! for a client that connects and says nothing, or stops in the middle of its first bytes.

mod args;
mod cors;
mod serve;
mod shutdown;
mod telemetry;

pub use self::args::{Args, LogFormat, StoreKind};
pub use self::cors::cors;
pub use self::serve::serve;
pub use self::shutdown::on_signal;
pub use self::telemetry::{announce, log_to_stderr, record_metrics};

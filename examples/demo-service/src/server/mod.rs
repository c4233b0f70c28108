//! What every server needs beside its framework: arguments, logs, signals, and for those whose
//! framework has none, the loop that accepts connections.

mod args;
mod cors;
mod serve;
mod shutdown;
mod telemetry;

pub use self::args::{Args, LogFormat, StoreKind};
pub use self::cors::cors;
pub use self::serve::serve;
pub use self::shutdown::{on_signal, with_grace};
pub use self::telemetry::{announce, log_to_stderr};

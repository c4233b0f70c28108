//! What every server needs beside its framework: arguments, logs, signals, and for those whose
//! framework has none, the loop that accepts connections.

mod args;
mod serve;
mod shutdown;
mod telemetry;

pub use self::args::{Args, LogFormat, StoreKind};
pub use self::serve::serve;
pub use self::shutdown::{GRACE, on_signal};
pub use self::telemetry::log_to_stderr;

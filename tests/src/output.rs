//! What a process writes: [`Output`].

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// All that was written to a pipe up to now, read by a thread of its own.
#[derive(Clone, Debug, Default)]
pub struct Output(Arc<(Mutex<Vec<u8>>, Condvar)>);

impl Output {
    /// Starts to read; the thread ends with the pipe.
    pub(crate) fn of(mut pipe: impl Read + Send + 'static) -> (Self, JoinHandle<()>) {
        let output = Self::default();
        let reader = output.clone();
        let thread = thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            while let Ok(len @ 1..) = pipe.read(&mut buffer) {
                reader.push(&buffer[..len]);
            }
        });
        (output, thread)
    }

    /// The bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let bytes = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.clone()
    }

    /// The bytes as text, whatever is no UTF-8 replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// The rest of the first line that starts with `prefix`; `None` if none has come in time.
    pub(crate) fn line(&self, prefix: &str, within: Duration) -> Option<String> {
        let (bytes, more) = &*self.0;
        let find = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            let whole = text.rsplit_once('\n')?.0;
            let mut lines = whole.lines();
            lines.find_map(|line| line.strip_prefix(prefix).map(str::to_owned))
        };
        let bytes = bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let (bytes, _) = more
            .wait_timeout_while(bytes, within, |bytes| find(bytes).is_none())
            .unwrap_or_else(PoisonError::into_inner);
        find(&bytes)
    }

    fn push(&self, more: &[u8]) {
        let (bytes, changed) = &*self.0;
        let mut bytes = bytes.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.extend_from_slice(more);
        changed.notify_all();
    }
}

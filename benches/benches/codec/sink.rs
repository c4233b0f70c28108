//! Where decoded events go: [`Sink`].

use std::hint::black_box;

/// Takes what a decoder returns.
pub(crate) trait Sink {
    fn event(&mut self, kind: &str, data: &str, id: &str);

    fn retry(&mut self, ms: u128);
}

/// Counts, and looks at what it gets only as much as is needed to have it made.
#[derive(Debug, Default)]
pub(crate) struct Count {
    pub(crate) events: usize,
    pub(crate) bytes: usize,
}

impl Sink for Count {
    fn event(&mut self, kind: &str, data: &str, id: &str) {
        black_box((kind, data, id));
        self.events += 1;
        self.bytes += data.len();
    }

    fn retry(&mut self, ms: u128) {
        black_box(ms);
    }
}

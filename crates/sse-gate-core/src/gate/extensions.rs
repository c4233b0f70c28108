//! What layers around a gate share: [`Extensions`].

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Values of different types, one of each.
#[derive(Default)]
pub(super) struct Extensions(Mutex<Vec<Arc<dyn Any + Send + Sync>>>);

impl Extensions {
    /// The value of type `T`, made if there is none.
    pub(super) fn get_or_insert<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        // Values are only added, so a panic in `make` leaves the list as it was.
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = values.iter().find_map(|it| Arc::clone(it).downcast().ok());
        found.unwrap_or_else(|| {
            let value = Arc::new(make());
            values.push(Arc::clone(&value) as _);
            value
        })
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extensions").finish_non_exhaustive()
    }
}

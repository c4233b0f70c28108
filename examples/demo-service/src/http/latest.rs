//! The latest generation of each thing: [`Latest`].

use std::collections::HashMap;
use std::hash::Hash;

/// Values by key, of the latest generation each. They may come and go in any order.
#[derive(Debug)]
pub(super) struct Latest<K, V>(HashMap<K, (u64, V)>);

impl<K: Eq + Hash, V> Latest<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.0.get(key).map(|(_, value)| value)
    }

    /// Keeps a value, unless there is one of a later generation.
    pub(super) fn insert(&mut self, key: K, generation: u64, value: V) {
        let known = self.0.get(&key).map(|(known, _)| *known);
        if known < Some(generation) {
            self.0.insert(key, (generation, value));
        }
    }

    /// Removes the value of this generation. A later one stays.
    pub(super) fn remove(&mut self, key: &K, generation: u64) {
        let known = self.0.get(key).map(|(known, _)| *known);
        if known == Some(generation) {
            self.0.remove(key);
        }
    }
}

impl<K, V> Default for Latest<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_stays_and_goes_with_its_own_generation() {
        let mut latest = Latest::default();
        for (generation, value) in [(2, "second"), (1, "late"), (2, "again"), (3, "third")] {
            latest.insert("key", generation, value);
            let kept = if generation < 3 { "second" } else { "third" };
            assert_eq!(latest.get(&"key"), Some(&kept));
        }
        latest.remove(&"key", 2);
        assert_eq!(latest.get(&"key"), Some(&"third"));
        latest.remove(&"key", 3);
        assert!(latest.0.is_empty(), "nothing is kept of what is gone");
    }
}

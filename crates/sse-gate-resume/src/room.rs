//! Tables give room back when they have become small: [`shrink`].

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};

/// The least room that a table keeps.
const LEAST: usize = 64;

/// Makes a table smaller if three quarters of it are free. Room for twice its entries stays. Call it after each removal.
///
/// It moves the entries that are left. They are not moved again before half as many were added or removed. So a removal
/// costs the same on average, as an insertion does into a table that doubles.
pub(crate) fn shrink<K: Eq + Hash, V, S: BuildHasher>(table: &mut HashMap<K, V, S>) {
    if table.capacity() > 2 * LEAST && table.len() < table.capacity() / 4 {
        table.shrink_to((2 * table.len()).max(LEAST));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::hash::Hasher;

    use super::*;

    thread_local! {
        static HASHED: Cell<usize> = const { Cell::new(0) };
    }

    /// Counts how often it is hashed: once when it is looked for, and once when it is moved.
    #[derive(PartialEq, Eq)]
    struct Key(u32);

    impl Hash for Key {
        fn hash<H: Hasher>(&self, state: &mut H) {
            HASHED.set(HASHED.get() + 1);
            self.0.hash(state);
        }
    }

    #[test]
    fn a_table_whose_entries_are_gone_is_small_and_was_moved_seldom() {
        const MANY: u32 = 100_000;
        let mut table: HashMap<Key, u32> = (0..MANY).map(|key| (Key(key), key)).collect();
        HASHED.set(0);
        for key in 0..MANY {
            table.remove(&Key(key));
            shrink(&mut table);
        }
        assert!(table.capacity() <= 2 * LEAST, "{}", table.capacity());
        let moved = HASHED.get() - MANY as usize;
        assert!(moved <= MANY as usize, "{moved}");
    }

    #[test]
    fn a_table_that_gives_room_back_keeps_room_for_twice_its_entries_and_the_least() {
        for (count, least) in [(1_000, 2_000), (0, LEAST)] {
            let mut table: HashMap<u32, u32> = HashMap::with_capacity(100_000);
            table.extend((0..count).map(|key| (key, key)));
            shrink(&mut table);
            let room = table.capacity();
            assert!((least..2 * least).contains(&room), "{room} for {count}");
        }
    }

    #[test]
    fn a_small_table_keeps_its_room() {
        let mut table: HashMap<u32, u32> = HashMap::with_capacity(LEAST);
        let room = table.capacity();
        shrink(&mut table);
        assert_eq!(table.capacity(), room);
    }
}

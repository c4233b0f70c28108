//! Tables give room back when they have become small: [`shrink`].

use hashbrown::HashTable;

/// The least room that a table keeps.
const LEAST: usize = 64;

/// Makes a table smaller if three quarters of it are free. Room for twice its entries stays. Call it after each removal.
///
/// It moves the entries that are left. They are not moved again before half as many were added or removed. So a removal
/// costs the same on average, as an insertion does into a table that doubles.
pub(crate) fn shrink<T>(table: &mut HashTable<T>, hash: impl Fn(&T) -> u64) {
    if let Some(room) = room_to_keep(table.len(), table.capacity()) {
        table.shrink_to(room, hash);
    }
}

/// How much of its room a table keeps, if it has far more than it needs.
pub(crate) fn room_to_keep(len: usize, room: usize) -> Option<usize> {
    (room > 2 * LEAST && len < room / 4).then(|| (2 * len).max(LEAST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_room_for_twice_its_entries_and_the_least() {
        for (len, room, kept) in [
            (0, 128, None),
            (0, 129, Some(64)),
            (32, 132, Some(64)),
            (33, 132, None),
            (1_000, 100_000, Some(2_000)),
        ] {
            assert_eq!(room_to_keep(len, room), kept, "{len} of {room}");
        }
    }

    #[test]
    fn a_table_whose_entries_are_gone_is_small_and_was_moved_seldom() {
        const MANY: u64 = 100_000;
        let mut table = HashTable::new();
        for key in 0..MANY {
            table.insert_unique(key, key, |key| *key);
        }
        let moved = std::cell::Cell::new(0);
        for key in 0..MANY {
            let found = table.find_entry(key, |it| *it == key);
            assert!(found.is_ok_and(|entry| entry.remove().0 == key));
            shrink(&mut table, |key| {
                moved.set(moved.get() + 1);
                *key
            });
        }
        assert!(table.capacity() <= 2 * LEAST, "{}", table.capacity());
        assert!(moved.get() <= MANY, "{}", moved.get());
    }
}

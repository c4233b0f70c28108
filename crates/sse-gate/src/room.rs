//! Tables give room back when they have become small: [`shrink`].

use std::collections::HashMap;
use std::hash::Hash;

/// The least room that a table keeps.
const LEAST: usize = 64;

/// Makes a table smaller if three quarters of it are free. Room for twice its entries stays, so the entries that are left
/// are moved only when many others have gone. Call it after each removal.
pub(crate) fn shrink<K: Eq + Hash, V>(table: &mut HashMap<K, V>) {
    if table.capacity() > 2 * LEAST && table.len() < table.capacity() / 4 {
        table.shrink_to((2 * table.len()).max(LEAST));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_room_for_twice_its_entries_and_the_least() {
        for (room, count, least) in [(100_000, 1_000, 2_000), (100_000, 0, 64), (64, 0, 64)] {
            let mut table: HashMap<u32, u32> = HashMap::with_capacity(room);
            table.extend((0..count).map(|key| (key, key)));
            shrink(&mut table);
            let left = table.capacity();
            assert!((least..2 * least).contains(&left), "{left} of {room}");
        }
    }
}

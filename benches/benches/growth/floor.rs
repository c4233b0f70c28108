//! The floor: a bare hash map with random keys, which any store of tokens needs at least.

use std::collections::HashMap;
use std::hint::black_box;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::order::AnyOf;
use crate::{Make, Owners, Step};

pub(crate) const STEPS: [(&str, Make); 2] = [
    ("a key is inserted and removed", newest),
    ("a key is inserted, any other removed", any),
];

struct Map {
    values: HashMap<u64, Box<[u8; 64]>>,
    keys: Vec<u64>,
    random: StdRng,
}

impl Map {
    fn new(count: usize) -> Self {
        let mut map = Self {
            values: HashMap::new(),
            keys: Vec::new(),
            random: StdRng::seed_from_u64(11),
        };
        for _ in 0..count {
            let key = map.insert();
            map.keys.push(key);
        }
        map
    }

    fn insert(&mut self) -> u64 {
        let key = self.random.random();
        self.values.insert(key, Box::new([7; 64]));
        key
    }

    fn remove(&mut self, key: u64) {
        black_box(self.values.remove(&key));
    }
}

fn newest(count: usize, _: Owners) -> Step {
    let mut map = Map::new(count);
    Box::new(move || {
        let key = map.insert();
        map.remove(key);
    })
}

fn any(count: usize, _: Owners) -> Step {
    let (mut map, mut order) = (Map::new(count), AnyOf::new());
    Box::new(move || {
        let key = map.insert();
        let removed = std::mem::replace(&mut map.keys[order.next(count)], key);
        map.remove(removed);
    })
}

//! Sealing for stores of `sse-gate`: what they keep can't be read or forged without a key.
//!
//! ```text
//!  SealingKey, 32 bytes ──HKDF, salt: the store's random name──▶ cipher of the store ──▶ values
//!                                                                       │
//!  index key of the store, 32 random bytes, kept sealed ◀────────────────┘
//!           └──HMAC of a name──▶ what the store's rows are found by
//! ```
//!
//! A store keeps three kinds of things:
//!
//! | what | how | type |
//! |---|---|---|
//! | values, such as a token's entry | sealed, and bound to the place where they stand | [`Sealer`], [`Place`] |
//! | names that it searches by, such as a subject | as tags | [`TagIndex`], [`Tag`] |
//! | what it counts and orders by, such as an end | in clear: compare it with what is sealed | |
//!
//! ```
//! use std::sync::Arc;
//! use sse_gate_core::SystemEntropy;
//! use sse_gate_seal::{IndexKey, Place, Realm, Sealer, SealingKey, SealingKeys};
//!
//! // A new store draws a name and an index key, and keeps both. The key is kept sealed.
//! let keys = SealingKeys::new(SealingKey::new([7; 32]));
//! let realm = Realm::draw("my-store", &SystemEntropy)?;
//! let sealer = Sealer::new(Some(&keys), &realm, Arc::new(SystemEntropy));
//! let index_key = IndexKey::draw(&SystemEntropy)?;
//! let kept = index_key.seal(&sealer)?;
//!
//! // The next process has the same keys. If the index key opens, they are the right ones.
//! let tags = IndexKey::open(&sealer, &kept)?.into_index();
//! let row = Place::of("tokens").with(tags.tag(b"alice").as_bytes());
//! let value = sealer.seal(&row, b"a grant")?;
//! assert_eq!(sealer.open(&row, &value)?, b"a grant");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nonces are random and have 192 bits, so no count of them must survive a crash.

mod index;
mod keys;
mod place;
mod realm;
mod sealer;

pub use index::{IndexKey, Tag, TagIndex};
pub use keys::{SealingKey, SealingKeys};
pub use place::Place;
pub use realm::Realm;
pub use sealer::{Sealer, UnsealError};

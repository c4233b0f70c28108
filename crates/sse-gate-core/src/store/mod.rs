//! Where grants are kept: [`TokenStore`], its laws and its errors.

mod error;
mod refuse_all;
mod shared;
mod token_store;

pub use error::{StoreError, StoreErrorKind};
pub use refuse_all::RefuseAllStore;
pub use shared::{SharedStore, TakeFuture};
pub use token_store::TokenStore;

//! The value of a token's key.
//!
//! | bytes | |
//! |---|---|
//! | 32 | the run of the server in which it was made |
//! | | the entry, sealed, and bound to the token's digest and to that run |

use sse_gate_core::{EntropyError, Entry, StoreError, TokenKey};
use sse_gate_seal::{Place, Sealer};

use crate::server::RunId;

fn place(token: &TokenKey, run: &[u8]) -> Place {
    Place::of("tokens").with(token.as_bytes()).with(run)
}

pub(super) fn seal(
    sealer: &Sealer,
    token: &TokenKey,
    run: RunId,
    entry: &Entry,
) -> Result<Vec<u8>, EntropyError> {
    let place = place(token, run.as_bytes());
    Ok([&run.as_bytes()[..], &sealer.seal(&place, entry.as_bytes())?].concat())
}

/// Reads a value. `None` if it was made in another run of the server: then it may have been taken before, and come
/// back with a replica or a restart.
pub(super) fn open(
    sealer: &Sealer,
    token: &TokenKey,
    run: RunId,
    value: &[u8],
) -> Result<Option<Entry>, StoreError> {
    let Some((made_in, rest)) = value.split_at_checked(RunId::LEN) else {
        return Err(StoreError::corrupt("value is too short"));
    };
    let opened = sealer.open(&place(token, made_in), rest);
    let entry = Entry::from_bytes(opened.map_err(StoreError::corrupt)?);
    let entry = entry.map_err(StoreError::corrupt)?;
    if entry.key() != *token {
        return Err(StoreError::corrupt("entry is another token's"));
    }
    Ok((made_in == run.as_bytes()).then_some(entry))
}

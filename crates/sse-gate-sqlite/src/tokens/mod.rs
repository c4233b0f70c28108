//! The table `tokens`: what is done in it, statement by statement.
//!
//! Each file is an operation, or a part of one, in a transaction that others have begun.
//!
//! | operation | statements, if there is room and nothing has ended |
//! |---|---|
//! | insert | read the epoch, count the subject's rows in an index, read the total, insert, write the total |
//! | take | delete the row and return it, write the total |
//! | withdraw | write the epoch and the mark, delete the subject's rows in an index, write the total |
//!
//! A row is counted with the length that its columns say, whatever its value holds: a sealed value can be opened
//! only when it is known whose it is, and the thread that writes opens none.
//!
//! None of them looks at more rows if the table has more: `plans` proves it by SQLite's own plans. The
//! totals stand in the file and change in the same transaction as the rows, so a transaction that is taken
//! back takes them along. They are counted anew only when the file is opened.

mod caps;
mod ended;
mod insert;
mod lost;
#[cfg(test)]
mod plans;
mod row;
mod take;
mod withdraw;

use rusqlite::Connection;

pub(crate) use ended::drop_ended;
pub(crate) use insert::insert;
pub(crate) use lost::{FoundToken, drop_lost, later_than};
pub(crate) use row::{TokenRow, to_number};
pub(crate) use take::take;
pub(crate) use withdraw::withdraw;

use crate::file::{Name, add, set_number};

const TOTALS: &str = "SELECT count(*), coalesce(sum(max(0, min(payload_len, 4294967295))), 0)
    FROM tokens";

/// Counts all entries anew.
pub(crate) fn recount(connection: &Connection) -> rusqlite::Result<()> {
    let totals = connection.query_row(TOTALS, [], |row| Ok((row.get(0)?, row.get(1)?)));
    let (tokens, payload) = totals?;
    set_number(connection, Name::Tokens, tokens)?;
    set_number(connection, Name::TokenPayload, payload)
}

/// The sum of lengths, whatever their rows say.
fn sum(payloads: impl IntoIterator<Item = i64>) -> i64 {
    payloads
        .into_iter()
        .fold(0, |sum, payload| sum.saturating_add(payload.max(0)))
}

/// Counts entries that are gone, and their payloads, out of the totals.
fn count_out(connection: &Connection, tokens: usize, payload: i64) -> rusqlite::Result<()> {
    if tokens > 0 {
        add(connection, Name::Tokens, -to_number(tokens))?;
    }
    if payload > 0 {
        add(connection, Name::TokenPayload, -payload)?;
    }
    Ok(())
}

/// Drops all tokens. It is for a file that may have lost redemptions.
pub(crate) fn forget_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM tokens", [])?;
    set_number(connection, Name::Tokens, 0)?;
    set_number(connection, Name::TokenPayload, 0)
}

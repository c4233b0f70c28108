//! What a new process does with the logs of the last one.

use std::collections::HashMap;

use rusqlite::Connection;

use super::free::{DROP_EVENTS, DROP_LOG, cost};
use super::row::{self, LogRow, LostLog};
use crate::file::{Name, set_number};
use crate::tokens::to_number;

const UNUSE: &str = "UPDATE logs SET in_use = 0 WHERE in_use <> 0";
const ADD_OWNER: &str = "INSERT INTO log_owners (owner, bytes) VALUES (?1, ?2)";

/// This process has used none of the logs yet. Those that are lost are freed, and the others are counted anew.
pub(crate) fn recover(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute(UNUSE, [])?;
    let mut found = Counted::default();
    let mut statement = connection.prepare(row::ALL)?;
    for row in statement.query_map([], LogRow::read)? {
        match row? {
            Ok((_, row)) => found.count(row),
            Err(LostLog { id, .. }) => found.lost.push(id),
        }
    }
    for id in found.lost {
        connection.execute(DROP_EVENTS, [id])?;
        connection.execute(DROP_LOG, [id])?;
    }
    connection.execute("DELETE FROM log_owners", [])?;
    let mut statement = connection.prepare(ADD_OWNER)?;
    for (owner, bytes) in found.owners {
        statement.execute((owner, bytes))?;
    }
    set_number(connection, Name::Logs, to_number(found.logs))?;
    set_number(connection, Name::LogBytes, found.bytes)
}

/// What is in the table.
#[derive(Default)]
struct Counted {
    logs: usize,
    bytes: i64,
    owners: HashMap<Vec<u8>, i64>,
    lost: Vec<i64>,
}

impl Counted {
    fn count(&mut self, row: LogRow) {
        let cost = cost(row.first, row.last, row.bytes);
        self.logs += 1;
        self.bytes = self.bytes.saturating_add(cost);
        if cost > 0 && !row.owner.is_empty() {
            let owner = self.owners.entry(row.owner).or_default();
            *owner = owner.saturating_add(cost);
        }
    }
}

//! What a new process does with the sessions of the last one.

use rusqlite::Connection;

use crate::file::{Name, set_number};
use crate::time::FileTime;

pub(super) const RECOVER: &str = "UPDATE sessions
    SET is_waiting = 1, ends_at = min(ends_at, ?1 + idle)
    WHERE closed IS NULL AND is_waiting = 0";

const TOTAL: &str = "SELECT count(*) FROM sessions";
const OF_SUBJECTS: &str = "INSERT INTO session_counts (subject, sessions)
    SELECT subject, count(*) FROM sessions WHERE closed IS NULL GROUP BY subject";

/// The connections of the last process are gone, since it was last seen. All sessions are counted anew.
pub(crate) fn recover(connection: &Connection, left_at: FileTime) -> rusqlite::Result<()> {
    connection.execute(RECOVER, [left_at.as_millis()])?;
    let total = connection.query_row(TOTAL, [], |row| row.get(0))?;
    set_number(connection, Name::Sessions, total)?;
    connection.execute("DELETE FROM session_counts", [])?;
    connection.execute(OF_SUBJECTS, []).map(drop)
}

/// Drops all sessions. It is for a file that may have lost steps.
pub(crate) fn forget_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM sessions", [])?;
    connection.execute("DELETE FROM session_counts", [])?;
    set_number(connection, Name::Sessions, 0)
}

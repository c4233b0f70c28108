//! C15, C16: no statement walks through all rows. Each finds what it needs in an index.

use rusqlite::Connection;

use super::{caps, ended, insert, take, withdraw};
use crate::marks;

/// What SQLite will do for a statement, step by step.
fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let sql = format!("EXPLAIN QUERY PLAN {sql}");
    let mut statement = connection.prepare(&sql).unwrap();
    // Parameters that are not bound are NULL, and don't change the plan.
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get(3).unwrap());
    }
    steps
}

#[test]
fn no_statement_walks_through_all_rows() {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::file::migrate(&mut connection).unwrap();
    for sql in [
        caps::OF_SUBJECT,
        ended::FIRST_END,
        ended::REMOVE,
        insert::INSERT,
        insert::REMOVE_ENDED,
        take::TAKE,
        withdraw::WITHDRAW,
        marks::MARK,
        marks::FORGET,
        marks::FIND,
    ] {
        let plan = plan(&connection, sql);
        let is_walk = |step: &&String| step.starts_with("SCAN") || step.contains("TEMP B-TREE");
        assert_eq!(plan.iter().find(is_walk), None, "{sql}: {plan:?}");
    }
    let walk = plan(&connection, "SELECT * FROM tokens WHERE payload_len = 1");
    assert!(
        walk[0].starts_with("SCAN"),
        "the words have changed: {walk:?}"
    );
}

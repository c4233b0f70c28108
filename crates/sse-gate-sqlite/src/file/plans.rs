//! How SQLite finds the rows of a statement: [`assert_no_walk`].

use rusqlite::Connection;

/// Claims that a statement walks through no table or index, and sorts nothing.
pub(crate) fn assert_no_walk(sql: &str) {
    let plan = plan(sql);
    let is_walk = |step: &&String| step.starts_with("SCAN") || step.contains("TEMP B-TREE");
    assert_eq!(plan.iter().find(is_walk), None, "{sql}: {plan:?}");
}

/// What SQLite will do for a statement, step by step.
fn plan(sql: &str) -> Vec<String> {
    let mut connection = Connection::open_in_memory().unwrap();
    super::migrate(&mut connection).unwrap();
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

/// The words of SQLite are still those that are looked for.
#[test]
fn a_walk_is_noticed() {
    let walk = plan("SELECT * FROM tokens WHERE payload_len = 1");
    assert!(walk[0].starts_with("SCAN"), "{walk:?}");
}

//! C15, C16: no statement walks through all logs or events. Each finds what it needs in an index.

use super::{append, create, find, free, read, room, row};
use crate::file::assert_no_walk;

#[test]
fn no_statement_walks_through_all_rows() {
    for sql in [
        append::INSERT,
        append::GROW,
        append::LAST,
        create::INSERT,
        find::USE,
        find::RELEASE,
        find::CLAIM,
        find::END,
        free::DROP_EVENTS,
        free::DROP_LOG,
        free::UNUSED,
        free::FIRST_UNUSED,
        read::EVENTS,
        room::OLDEST,
        room::DROP,
        room::SHRINK,
        room::OF_OWNER,
        room::ADD_TO_OWNER,
        room::DROP_OWNER,
        row::BY_NAME,
    ] {
        assert_no_walk(sql);
    }
}

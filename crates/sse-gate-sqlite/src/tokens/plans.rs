//! C15, C16: no statement walks through all rows. Each finds what it needs in an index.

use super::{caps, ended, insert, lost, take, withdraw};
use crate::file::assert_no_walk;
use crate::marks::WITHDRAWALS;

#[test]
fn no_statement_walks_through_all_rows() {
    for sql in [
        caps::OF_SUBJECT,
        ended::FIRST_END,
        ended::REMOVE,
        insert::INSERT,
        insert::REMOVE_ENDED,
        lost::OF_SUBJECT,
        lost::OF_ALL,
        lost::DROP,
        take::TAKE,
        withdraw::WITHDRAW,
        WITHDRAWALS.mark,
        WITHDRAWALS.forget,
        WITHDRAWALS.find,
    ] {
        assert_no_walk(sql);
    }
}

//! C15, C16: no statement walks through all sessions. Each finds what it needs in an index.

use super::{
    COUNT, COUNT_OUT, DROP_COUNT, attached, create, due, load, lost, revoke, swap, waiting,
};
use crate::file::assert_no_walk;
use crate::marks::REVOCATIONS;

#[test]
fn no_statement_walks_through_all_rows() {
    for sql in [
        COUNT,
        COUNT_OUT,
        DROP_COUNT,
        attached::FIRST_ATTACHED,
        create::OF_SUBJECT,
        create::EXISTS,
        create::FORGET_FIRST,
        create::INSERT,
        due::DUE,
        due::FORGET,
        load::BY_ID,
        load::BY_TOKEN,
        lost::DROP,
        lost::DROP_BY_ID,
        lost::OF_SUBJECT,
        lost::COUNTED,
        lost::THERE,
        lost::SET_COUNT,
        revoke::OPEN,
        swap::IS_OPEN,
        swap::SWAP,
        swap::SWAP_CLOSED,
        waiting::WAITING,
        REVOCATIONS.mark,
        REVOCATIONS.forget,
        REVOCATIONS.find,
    ] {
        assert_no_walk(sql);
    }
}

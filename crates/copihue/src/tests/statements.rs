//! Both engines understand every SQL text of every crate.

use copihue_db::testing::{engines, misunderstood_statements};

use crate::platform::MIGRATIONS;

#[test]
fn every_statement_is_understood_by_both_engines() {
    for db in engines() {
        // A witness has a database of its own.
        let db = db.prepare(&[MIGRATIONS, &[copihue_witness::MIGRATIONS]].concat());
        assert!(copihue_db::statements().count() > 100);
        assert_eq!(misunderstood_statements(&db), Vec::<String>::new(), "{:?}", db.engine());
    }
}

//! Trust policies.

use std::collections::BTreeSet;

use copihue_tlog::policy::Policy;

use crate::vectors::{VKEYS, policy_text};

#[test]
fn led_07_a_policy_is_read_and_counts_its_witnesses() {
    let policy = Policy::parse(&policy_text()).unwrap();
    let met = |names: &[&str]| policy.is_met_by(&names.iter().copied().collect::<BTreeSet<_>>());
    assert!(met(&["ufro", "cgr"]));
    assert!(!met(&["ufro"]) && !met(&[]));
    let any = Policy::parse(&policy_text().replace("dos all", "dos 1")).unwrap();
    assert!(any.is_met_by(&BTreeSet::from(["cgr"])));
    let none = Policy::parse(&policy_text().replace("quorum dos", "quorum none")).unwrap();
    assert!(none.is_met_by(&BTreeSet::new()));
}

#[test]
fn led_07_wrong_policies_say_the_line() {
    let (log, witness) = (VKEYS[0], VKEYS[1]);
    for (text, line) in [
        ("".to_owned(), 1),
        (format!("log {log}\nlog {log}\nquorum none\n"), 2),
        (format!("log {witness}\nquorum none\n"), 1),
        (format!("witness w {log}\nquorum none\n"), 1),
        (format!("witness w {witness}\ngroup g 2 w\nquorum g\n"), 2),
        (format!("witness w {witness}\ngroup g all w\ngroup h all w\nquorum g\n"), 3),
        (format!("witness w {witness}\ngroup g any x\nquorum g\n"), 2),
        ("quorum x\n".to_owned(), 1),
        ("quorum none\nquorum none\n".to_owned(), 2),
        ("log\u{a0}x\nquorum none\n".to_owned(), 1),
    ] {
        assert_eq!(Policy::parse(&text).unwrap_err().line, line, "{text}");
    }
}

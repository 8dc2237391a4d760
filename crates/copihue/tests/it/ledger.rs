//! `copihue ledger`: what the keeper of the logs does from outside of the running service.

use copihue_db::{Db, Options, params, sql};
use serde_json::Value;

use crate::support::{World, program};

/// Standard output and exit code.
fn run(world: &World, arguments: &[&str]) -> (String, i32) {
    let out = world.run(program(), arguments).unwrap();
    (String::from_utf8(out.stdout).unwrap(), out.status.code().unwrap())
}

fn change(world: &World) {
    let db = Db::open(&format!("sqlite:{}/copihue.db", world.data().display()), Options::default()).unwrap();
    let edit = sql!("UPDATE ledger_record SET entry = 'otra' WHERE family = 12 AND idx = 1");
    assert_eq!(db.write_blocking(move |tx| tx.execute(edit, &params![])).unwrap(), 1);
}

#[test]
fn led_08_fsck_beside_the_running_program_is_clean_and_names_what_its_operator_changed() {
    let world = World::own();
    let check = ["ledger", "fsck", "--data", "data", "--json"];
    // The sample world appended a moment ago: wait until its first checkpoint is there.
    let mut report = Value::Null;
    for _ in 0..50 {
        let (out, code) = run(&world, &check);
        report = serde_json::from_str(&out).unwrap();
        assert_eq!((code, &report["clean"]), (0, &Value::Bool(true)), "{report}");
        if report["ledgers"][12]["checkpoints"] != 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert!(report["ledgers"][12]["size"].as_u64().unwrap() > 1, "{report}");
    change(&world);
    let (text, code) = run(&world, &["ledger", "fsck", "--data", "data", "--ledger", "admin"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("entry_mismatch: La entrada 1 no es la que se firmó"), "{text}");
    let (out, code) = run(&world, &check);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["ledgers"][12]["findings"][0]["index"]), (1, &Value::from(1)));
    let (_, code) = run(&world, &["ledger", "fsck", "--data", "no-hay"]);
    assert_eq!(code, 2);
}

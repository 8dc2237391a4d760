//! `copihue ledger`: what the keeper of the logs does from outside of the running service.

use std::time::Duration;

use copihue_db::{Db, Options, Sql, params, sql};
use copihue_visitor::journeys;
use serde_json::Value;

use crate::support::{World, eventually, plate, program};

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
    // The sample world appended a moment ago; before a checkpoint, nothing says which log it is.
    eventually("the first checkpoint", Duration::from_secs(20), || {
        (world.demo.visitor().get("/ledger/admin/checkpoint").unwrap().status == 200).then_some(())
    });
    let (out, code) = run(&world, &check);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["clean"]), (0, &Value::Bool(true)), "{report}");
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

/// What somebody with the database takes away of each service, and how the records of its events begin.
fn taken() -> [(&'static Sql, &'static str); 13] {
    [
        (sql!("DELETE FROM payments_attempt"), "payment.started/"),
        (sql!("DELETE FROM payments_receipt"), "payment.succeeded/"),
        (sql!("DELETE FROM payments_refund"), "payment.refund_submitted/"),
        (sql!("DELETE FROM casefiles_entry"), "casefile.entry/"),
        (sql!("DELETE FROM casefiles_filing"), "casefile.filing/"),
        (sql!("UPDATE casefiles_trace SET action = 'nada' WHERE action = 'estado'"), "casefile.state/"),
        (sql!("DELETE FROM procedures_event WHERE kind = 'legal'"), "procedure.act/"),
        (sql!("DELETE FROM procedures_event WHERE kind = 'claimed'"), "procedure.claimed/"),
        (sql!("DELETE FROM procedures_event WHERE kind = 'query.answered'"), "procedure.query/"),
        (sql!("DELETE FROM notifications_notice"), "notice.sent/"),
        (sql!("DELETE FROM signing_document"), "signature.issued/"),
        (sql!("DELETE FROM signing_log WHERE format <> 'tst'"), "signature.made/"),
        (sql!("DELETE FROM casefiles_case"), "casefile.opened/"),
    ]
}
/// Acts that a permit without trouble does not have.
const NOT_THERE: [&str; 2] = ["payment.refund_submitted/", "procedure.claimed/"];

fn faults(report: &str) -> u64 {
    let report: Value = serde_json::from_str(report).unwrap();
    report["ledgers"].as_array().unwrap().iter().map(|ledger| ledger["faults"].as_u64().unwrap()).sum()
}

#[test]
fn a8_fsck_holds_the_acts_of_every_service_against_their_events() {
    let world = World::own();
    journeys::whole_permit(&mut world.person(), &plate()).unwrap();
    let check = ["ledger", "fsck", "--data", "data", "--json"];
    eventually("a clean log", Duration::from_secs(20), || (run(&world, &check).1 == 0).then_some(()));
    let db = Db::open(&format!("sqlite:{}/copihue.db", world.data().display()), Options::default()).unwrap();
    let change = |sql: &'static Sql| db.write_blocking(move |tx| tx.execute(sql, &params![])).unwrap();
    let mut known = 0;
    for (statement, prefix) in taken() {
        let gone = change(statement);
        assert!(gone > 0 || NOT_THERE.contains(&prefix), "nothing of {prefix}");
        let (out, _) = run(&world, &check);
        known += gone;
        assert_eq!(faults(&out), known, "{prefix}: {out}");
    }
    // And the other way round: an act that nothing proves.
    change(sql!(
        "INSERT INTO payments_attempt (bucket, id, payment, provider, buy_order, amount, state, asked, created_at)
         SELECT bucket, id, id, 'prueba', 'x', 1, 'new', 0, 0 FROM payments_payment"
    ));
    let (out, code) = run(&world, &check);
    assert_eq!((code, faults(&out)), (1, known + 1), "{out}");
    assert!(out.contains("falta el hecho payment.started/"), "{out}");
}

/// The public key of a log, as the program publishes it.
fn key(world: &World, ledger: &str) -> String {
    let policy = world.demo.visitor().get("/ledger/policy").unwrap().text();
    let line = policy.lines().find(|line| line.contains(&format!("/ledger/{ledger}+"))).unwrap();
    line.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn led_13_anyone_follows_and_copies_the_running_log_and_its_export_is_the_same() {
    let world = World::own();
    let (log, key) = (world.demo.url("/ledger/admin"), key(&world, "admin"));
    let follow = |log: &str, state: &str| {
        run(&world, &["monitor", log, "--vkey", &key, "--state", state, "--once", "--json"])
    };
    let mut size = 0;
    for _ in 0..50 {
        let (out, code) = follow(&log, "vigilancia");
        assert_eq!(code, 0, "{out}");
        size = serde_json::from_str::<Value>(&out).unwrap()["size"].as_u64().unwrap();
        if size > 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert!(size > 1);
    let (out, code) = run(&world, &["clone", &log, "copia", "--vkey", &key]);
    assert_eq!(code, 0, "{out}");
    let (out, code) = run(&world, &["ledger", "export", "exportado", "--data", "data"]);
    assert_eq!(code, 0, "{out}");
    let read = |path: &str| std::fs::read(world.folder.path().join(path)).unwrap();
    let origin = |path: &str| String::from_utf8(read(path)).unwrap().lines().next().unwrap().to_owned();
    assert_eq!(origin("copia/checkpoint"), origin("exportado/admin/checkpoint"));
    assert_eq!(
        read("exportado/policy"),
        world.demo.visitor().get("/ledger/policy").unwrap().text().into_bytes()
    );
    // The export is a log like any other; changed, it accuses itself, and the evidence is kept.
    let (out, code) = follow("exportado/admin", "otra-vigilancia");
    assert_eq!(code, 0, "{out}");
    let bundle = std::fs::read_dir(world.folder.path().join("exportado/admin/tile/entries/000.p")).unwrap();
    for file in bundle {
        let path = file.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[30] ^= 1;
        std::fs::write(&path, bytes).unwrap();
    }
    let (out, code) = follow("exportado/admin", "tercera");
    let verdict: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &verdict["verdict"]), (1, &Value::from("entry_mismatch")), "{out}");
    assert!(world.folder.path().join(verdict["evidence"].as_str().unwrap()).is_file());
    let (out, code) =
        run(&world, &["monitor", "http://127.0.0.1:9/x", "--vkey", &key, "--state", "nadie", "--once"]);
    assert!(code == 2 && out.contains("unreachable"), "{code} {out}");
}

use copihue_db::{params, sql};
use copihue_ledger::Family;
use copihue_registers::model::entry::Current;
use copihue_registers::model::item::{Item, one};
use copihue_registers::{Draft, Register, Verdict};
use copihue_tlog::{Reason, verify_proof};

use crate::edits::holiday;
use crate::support::{W, each_engine, institution, keeper};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_the_registers_hold_what_the_platform_knows_once() {
    each_engine(async |w| {
        for (register, count) in [
            (Register::Regions, 16),
            (Register::Provinces, 56),
            (Register::Communes, 346),
            (Register::Institutions, 1),
            (Register::Holidays, 0),
        ] {
            let totals = w.registers.totals(register).await.unwrap();
            assert_eq!((totals.entries, totals.records), (count, count), "{}", register.name());
            if count > 0 {
                let (checkpoint, _) = w.registers.checkpoint(register).await.unwrap().unwrap();
                assert_eq!(checkpoint.size, count);
            }
        }
        assert_eq!(w.settle().await, 0, "what is known already makes no entry");
        let commune = w.registers.record(Register::Communes, "13201").await.unwrap().unwrap();
        assert_eq!(commune.item.text("nombre"), "Puente Alto");
        assert_eq!(commune.entry.decision.by, "plataforma");
        let found = w.registers.search(Register::Communes, "nunoa", "", 10).await.unwrap();
        assert_eq!(found[0].item.text("nombre"), "Ñuñoa");
        assert!(w.registers.search(Register::Communes, "%", "", 10).await.unwrap().is_empty());
        assert_eq!(w.registers.list(Register::Communes)[0].label, "Algarrobo");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_a_change_of_the_platform_is_a_new_entry_and_history_stays() {
    each_engine(async |w| {
        let code = "PE-MUN-00301";
        let (_, before) = institution(code, "Municipalidad de Puente Alto");
        w.world.say(Register::Institutions, [institution(code, "Ilustre Municipalidad de Puente Alto")]);
        w.clock.advance_millis(1_000);
        assert_eq!(w.settle().await, 1);
        let history = w.registers.history(Register::Institutions, code, u64::MAX >> 1, 10).await.unwrap();
        let names: Vec<String> = history.iter().map(|one| one.item.text("nombre")).collect();
        assert_eq!(names, ["Ilustre Municipalidad de Puente Alto", "Municipalidad de Puente Alto"]);
        assert_eq!(history[0].entry.decision.reason, "Cambio en los datos de la plataforma");
        let kept = w.registers.item(Register::Institutions, before.hash().unwrap()).await.unwrap();
        assert_eq!(kept, Some(before.canonical().unwrap()));
        // What the platform no longer knows ends; it is not deleted.
        w.world.say(Register::Institutions, []);
        assert_eq!(w.settle().await, 1);
        let ended = w.registers.record(Register::Institutions, code).await.unwrap().unwrap();
        assert_eq!(ended.item.text("fin"), "2026-12-07");
        assert!(w.registers.list(Register::Institutions).is_empty(), "forms don't offer what ended");
        // And comes back.
        w.world.say(Register::Institutions, [institution(code, "Municipalidad de Puente Alto")]);
        assert_eq!(w.settle().await, 1);
        let back = w.registers.record(Register::Institutions, code).await.unwrap().unwrap();
        assert_eq!((back.item, back.entry.number), (before, 4));
        assert_eq!(w.registers.totals(Register::Institutions).await.unwrap().records, 1);
        assert_eq!(w.registers.list(Register::Institutions).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_each_entry_has_a_receipt_that_anybody_checks_offline() {
    each_engine(async |w| {
        let receipt = w.registers.receipt(Register::Regions, 5).await.unwrap().unwrap();
        let verified = verify_proof(&receipt, &w.policy()).unwrap();
        assert_eq!(verified.origin, "datos.example.cl/ledger/register/regions");
        assert_eq!((verified.index, verified.size), (4, 16));
        assert_eq!(verified.fields["key"], "05");
        assert_eq!(verified.fields["item"]["nombre_corto"], "Valparaíso");
        // A proof of another register, of the same number, proves nothing here.
        let other = w.registers.receipt(Register::Provinces, 5).await.unwrap().unwrap();
        let (_, head) = receipt.split_once("\n\n").unwrap();
        let (body, _) = other.split_once("\n\n").unwrap();
        assert_eq!(verify_proof(&format!("{body}\n\n{head}"), &w.policy()), Err(Reason::Inclusion));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_01_an_entry_that_is_rolled_back_leaves_no_leaf() {
    each_engine(async |w| {
        let (code, item) = institution("PE-MUN-00015", "Municipalidad de Ollagüe");
        // A code that isn't one stops the whole batch.
        let bad = ("PE-MUN-15".to_owned(), item.with("institucion", one("PE-MUN-15")).unwrap());
        w.world.say(Register::Institutions, [(code, item), bad]);
        assert_eq!(w.registers.sync().await.unwrap_err().code(), "item_invalido");
        w.ledger.sequence_once().await.unwrap();
        assert_eq!(w.registers.totals(Register::Institutions).await.unwrap().entries, 1);
        let log = Family::Register(Register::Institutions);
        assert!(w.ledger.root(log, 1).await.unwrap().is_some());
        assert!(w.ledger.root(log, 2).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_06_entries_that_only_the_log_still_has_come_back() {
    each_engine(async |w| {
        let (code, item) = institution("PE-MUN-00015", "Municipalidad de Ollagüe");
        w.world.say(Register::Holidays, [day("Feriado de la plataforma")]);
        w.settle().await;
        let draft = Draft { register: Register::Institutions, item: item.clone(), reason: "Se creó".into() };
        let id = w.registers.propose(&keeper(1), draft).await.unwrap();
        w.registers.decide(&keeper(2), id, Verdict::Approve, "Conforme").await.unwrap();
        w.ledger.sequence_once().await.unwrap();
        let before = all(w).await;
        lose(w, Register::Institutions, 1).await;
        lose(w, Register::Holidays, 0).await;
        w.world.told.lock().unwrap().clear();
        assert_eq!(w.registers.sync().await.unwrap(), 2);
        assert_eq!(all(w).await, before, "number, item, instant and reason");
        assert_eq!(
            *w.world.told.lock().unwrap(),
            ["Municipalidad de Ollagüe"],
            "the platform takes it again"
        );
        assert_eq!(w.registers.sync().await.unwrap(), 0);
        let receipt = w.registers.receipt(Register::Institutions, 2).await.unwrap().unwrap();
        assert_eq!(verify_proof(&receipt, &w.policy()).unwrap().fields["key"], code.as_str());
        // And the register goes on after them.
        w.world.say(Register::Holidays, [day("Otro nombre")]);
        assert_eq!(w.settle().await, 1);
    })
    .await;
}

fn day(name: &str) -> (String, Item) {
    ("2027-02-12".to_owned(), holiday(name))
}

/// Every entry that the test is about.
async fn all(w: &W) -> Vec<Current> {
    let mut found = Vec::new();
    for register in [Register::Institutions, Register::Holidays] {
        found.extend(w.registers.entries(register, 1, 100).await.unwrap());
    }
    found
}

/// Entries after this number, as if they had never been written here.
async fn lose(w: &W, register: Register, after: u64) {
    w.db.write(move |tx| {
        for statement in [
            sql!("DELETE FROM registers_entry WHERE register = $1 AND number > $2"),
            sql!("DELETE FROM registers_record WHERE register = $1 AND number > $2"),
        ] {
            tx.execute(statement, &params![register.number(), after])?;
        }
        tx.execute(sql!("DELETE FROM registers_known WHERE register = $1"), &params![register.number()])
    })
    .await
    .unwrap();
}

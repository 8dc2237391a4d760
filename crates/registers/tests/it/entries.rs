use copihue_ledger::Family;
use copihue_registers::Register;
use copihue_registers::model::item::one;
use copihue_tlog::{Reason, verify_proof};

use crate::support::{each_engine, institution};

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

use copihue_core::{Id, Kind};
use copihue_ledger::Family;
use copihue_registers::model::entry::leaf;
use copihue_registers::model::item::{Item, many, one};
use copihue_registers::{Draft, KEEPER, MOST_PENDING, Register, Verdict};
use copihue_tlog::commitment::commit_field;
use copihue_tlog::verify_proof;

use crate::support::{KEEPERS, W, acting, each_engine, hat, institution, keeper};

pub(crate) fn holiday(name: &str) -> Item {
    Item::new([
        ("fecha", one("2027-02-12")),
        ("nombre", one(name)),
        ("clase", one("unico")),
        ("tipo", one("civil")),
        ("irrenunciable", one("no")),
        ("leyes", many(["Ley 21.999"])),
    ])
    .unwrap()
}

async fn propose(w: &W, n: u32, register: Register, item: Item) -> copihue_core::Result<Id> {
    let draft = Draft { register, item, reason: "Lo ordena la ley del caso".into() };
    w.registers.propose(&keeper(n), draft).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_one_proposes_another_approves_and_both_leave_evidence() {
    each_engine(async |w| {
        let id = propose(w, 1, Register::Holidays, holiday("Feriado de prueba")).await.unwrap();
        assert!(w.registers.record(Register::Holidays, "2027-02-12").await.unwrap().is_none());
        let same = w.registers.decide(&keeper(1), id, Verdict::Approve, "Está bien").await.unwrap_err();
        assert_eq!(same.code(), "misma_persona");
        let number = w.registers.decide(&keeper(2), id, Verdict::Approve, "Revisé la ley").await.unwrap();
        assert_eq!(number, Some(1));
        assert_eq!(*w.world.told.lock().unwrap(), ["Feriado de prueba"], "the platform takes it over");
        w.ledger.sequence_once().await.unwrap();
        let entry = w.registers.record(Register::Holidays, "2027-02-12").await.unwrap().unwrap();
        assert_eq!(entry.entry.decision.by, KEEPERS);
        assert_eq!(entry.entry.decision.reason, "Lo ordena la ley del caso");
        // The public entry names nobody; the salt opens its commitment to both.
        let opened = w.registers.opened(&keeper(1), Register::Holidays, 1).await.unwrap().unwrap();
        let opening = opened.opening.unwrap();
        let text = leaf(&entry.entry, &entry.item).unwrap();
        assert!(!text.contains(opening["x"]["proposed"].as_str().unwrap()), "{text}");
        let salt =
            base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, opening["s"].as_str().unwrap());
        let again = commit_field(&salt.unwrap().try_into().unwrap(), "who", &opening["x"]).unwrap();
        assert_eq!(entry.entry.decision.who, Some(again));
        let receipt = w.registers.receipt(Register::Holidays, 1).await.unwrap().unwrap();
        assert_eq!(verify_proof(&receipt, &w.policy()).unwrap().kind.as_deref(), Some("entry"));
        let proposed = w.registers.proposal_receipt(&keeper(2), id).await.unwrap().unwrap();
        assert_eq!(verify_proof(&proposed, &w.policy()).unwrap().kind.as_deref(), Some("register.proposed"));
        let twice = w.registers.decide(&keeper(2), id, Verdict::Approve, "Otra vez").await.unwrap_err();
        assert_eq!(twice.code(), "propuesta_decidida");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_undoing_is_a_new_entry_and_a_correction_stays() {
    each_engine(async |w| {
        let code = "PE-MUN-00301";
        let (_, first) = institution(code, "Municipalidad de Puente Alto");
        let (_, second) = institution(code, "Ilustre Municipalidad de Puente Alto");
        for item in [&second, &first] {
            let id = propose(w, 1, Register::Institutions, item.clone()).await.unwrap();
            w.registers.decide(&keeper(2), id, Verdict::Approve, "Conforme").await.unwrap();
            assert_eq!(w.settle().await, 0, "the platform says nothing new: the correction stays");
            let now = w.registers.record(Register::Institutions, code).await.unwrap().unwrap();
            assert_eq!(now.item, *item);
        }
        assert_eq!(w.registers.totals(Register::Institutions).await.unwrap().entries, 3);
        let again = propose(w, 1, Register::Institutions, first).await.unwrap_err();
        assert_eq!(again.code(), "sin_cambios");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_a_rejection_or_a_refusal_of_the_platform_writes_no_entry() {
    each_engine(async |w| {
        let id = propose(w, 1, Register::Holidays, holiday("Feriado imposible")).await.unwrap();
        let refused = w.registers.decide(&keeper(2), id, Verdict::Approve, "Conforme").await.unwrap_err();
        assert_eq!(refused.code(), "feriado_en_conflicto");
        assert_eq!(w.registers.pending(&keeper(2), 10).await.unwrap().len(), 1);
        w.registers.decide(&keeper(2), id, Verdict::Reject, "No corresponde").await.unwrap();
        assert!(w.registers.pending(&keeper(2), 10).await.unwrap().is_empty());
        assert_eq!(w.registers.totals(Register::Holidays).await.unwrap().entries, 0);
        w.ledger.sequence_once().await.unwrap();
        let receipt = w.ledger.receipt(Family::Admin, &format!("register.rejected/{id}")).await.unwrap();
        assert!(verify_proof(&receipt.unwrap(), &w.policy()).is_ok());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_a_proposal_against_an_older_entry_is_not_approved() {
    each_engine(async |w| {
        let code = "PE-MUN-00301";
        let id = propose(w, 1, Register::Institutions, institution(code, "Municipalidad A").1).await.unwrap();
        let other =
            propose(w, 2, Register::Institutions, institution(code, "Municipalidad B").1).await.unwrap();
        w.registers.decide(&keeper(1), other, Verdict::Approve, "Conforme").await.unwrap();
        let late = w.registers.decide(&keeper(2), id, Verdict::Approve, "Conforme").await.unwrap_err();
        assert_eq!(late.code(), "registro_cambio");
        w.registers.decide(&keeper(2), id, Verdict::Reject, "Quedó atrás").await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_no_more_is_proposed_than_the_desk_shows() {
    each_engine(async |w| {
        let mut last = None;
        for n in 0..MOST_PENDING {
            let item = institution("PE-MUN-00301", &format!("Municipalidad {n}")).1;
            last = Some(propose(w, 1, Register::Institutions, item).await.unwrap());
        }
        let more = || propose(w, 1, Register::Holidays, holiday("Feriado"));
        assert_eq!(more().await.unwrap_err().code(), "demasiadas_propuestas");
        assert_eq!(w.registers.pending(&keeper(2), MOST_PENDING).await.unwrap().len(), MOST_PENDING as usize);
        w.registers.decide(&keeper(2), last.unwrap(), Verdict::Reject, "Repetida").await.unwrap();
        more().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_only_the_custodian_edits_and_never_the_territory() {
    each_engine(async |w| {
        let draft = |register, item| Draft { register, item, reason: "Un motivo bastante".into() };
        let others = [
            acting(1, hat(1, KEEPERS, &["tramitador"])),
            acting(1, hat(1, "PE-MUN-00301", &[KEEPER])),
            copihue_core::Actor { hat: None, ..keeper(1) },
        ];
        for actor in others {
            let refused = w.registers.propose(&actor, draft(Register::Holidays, holiday("Feriado"))).await;
            assert_eq!(refused.unwrap_err().kind(), Kind::Forbidden);
            assert_eq!(w.registers.pending(&actor, 1).await.unwrap_err().kind(), Kind::Forbidden);
        }
        let commune = w.registers.record(Register::Communes, "13201").await.unwrap().unwrap().item;
        let renamed = commune.with("nombre", one("Puente Bajo")).unwrap();
        let fixed = propose(w, 1, Register::Communes, renamed).await.unwrap_err();
        assert_eq!(fixed.code(), "registro_fijo");
        let wrong = holiday("Feriado").with("clase", one("inventado")).unwrap();
        let refused = propose(w, 1, Register::Holidays, wrong).await.unwrap_err();
        assert_eq!(refused.fields()[0].pointer, "clase");
        let short = Draft { reason: "ya".into(), ..draft(Register::Holidays, holiday("Feriado")) };
        assert_eq!(w.registers.propose(&keeper(1), short).await.unwrap_err().code(), "motivo_invalido");
    })
    .await;
}

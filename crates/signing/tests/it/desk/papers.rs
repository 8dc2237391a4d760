//! Who signs when, who stands in, and what becomes of a paper otherwise.

use copihue_core::{Actor, Kind};
use copihue_db::testing::engines;
use copihue_directory::{NewSubstitution, Period};
use copihue_signing::model::batch::BatchState;
use copihue_signing::model::paper::{PaperState, TurnState};
use copihue_signing::{Known, NewPaper, Register, Role};

use super::world::{Office, office};
use crate::service::CITY;

async fn waits(office: &Office, n: usize) -> usize {
    office.desk.waiting(&office.actor(n)).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn later_signers_see_a_paper_when_their_turn_has_come() {
    for test in engines() {
        let office = office(&test).await;
        let paper = office.send("decreto", &[(1, 1), (2, 2)]).await;
        assert_eq!((waits(&office, 1).await, waits(&office, 2).await), (1, 0));
        let hidden = office.desk.paper(&office.actor(2), paper).await.unwrap_err();
        assert_eq!(hidden.kind(), Kind::NotFound);
        office.sign(1, &[paper]).await;
        assert_eq!((waits(&office, 1).await, waits(&office, 2).await), (0, 1));
        office.sign(2, &[paper]).await;
        let view = office.desk.paper(&office.actor(0), paper).await.unwrap();
        assert_eq!(view.state, PaperState::Complete);
        let (_, bytes) = office.desk.open_file(&office.actor(0), paper).await.unwrap();
        let verdict =
            copihue_signing::verify::verify_pdf(&bytes, &office.signing.trust(), office.signing_time());
        assert!(verdict.is_genuine() && verdict.signatures.len() == 2, "{verdict:?}");
        let stamps = |bytes: &[u8]| copihue_signing::pdf::signature_count(bytes).unwrap();
        assert_eq!(stamps(&bytes), 2, "the second stamp knows of the first");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_one_level_sign_in_any_order_and_neither_signs_what_the_other_has_changed() {
    for test in engines() {
        let office = office(&test).await;
        let paper = office.send("acuerdo", &[(1, 1), (2, 1)]).await;
        let second = office.desk.prepare(&office.actor(2), &[paper]).await.unwrap();
        office.sign(1, &[paper]).await;
        let actor = office.actor(2);
        office.desk.authorise(&actor, second, &office.code(2).await, Known::Nothing).await.unwrap();
        office.work().await;
        let view = office.desk.batch(&actor, second).await.unwrap();
        assert_eq!(view.items[0].error.as_ref().unwrap().code, "documento_alterado");
        office.wait(60);
        assert_eq!(office.sign(2, &[paper]).await.batch.state, BatchState::Complete);
        let view = office.desk.paper(&office.actor(0), paper).await.unwrap();
        assert_eq!(view.state, PaperState::Complete);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_one_signs_nobody_else_does() {
    for test in engines() {
        let office = office(&test).await;
        let paper = office.send("acuerdo", &[(1, 1), (2, 1)]).await;
        let (one, two) = (office.actor(1), office.actor(2));
        let first = office.desk.prepare(&one, &[paper]).await.unwrap();
        let second = office.desk.prepare(&two, &[paper]).await.unwrap();
        office.desk.authorise(&one, first, &office.code(1).await, Known::Nothing).await.unwrap();
        office.desk.authorise(&two, second, &office.code(2).await, Known::Nothing).await.unwrap();
        assert_eq!(office.desk.refuse(&two, paper, "no").await.unwrap_err().code(), "documento_en_firma");
        office.work().await;
        let state = |view: copihue_signing::BatchView| view.batch.state;
        assert_eq!(state(office.desk.batch(&one, first).await.unwrap()), BatchState::Complete);
        let view = office.desk.batch(&two, second).await.unwrap();
        assert_eq!(view.items[0].error.as_ref().unwrap().code, "documento_en_firma");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stands_in_signs_with_their_own_certificate_and_the_paper_says_for_whom() {
    for test in engines() {
        let office = office(&test).await;
        let paper = office.send("oficio", &[(1, 1)]).await;
        assert_eq!(waits(&office, 2).await, 0);
        let (holder, substitute) = (office.officials[1], office.officials[2]);
        let change = move |d: &copihue_directory::Directory, tx: &mut copihue_db::Tx<'_>| {
            let new = NewSubstitution {
                institution: CITY.into(),
                holder,
                substitute,
                act: None,
                period: Period::starting(jiff::civil::date(2026, 3, 1)),
            };
            d.add_substitution(tx, &Actor::job("test"), new)
        };
        office.directory.change(change).await.unwrap();
        let waiting = office.desk.waiting(&office.actor(2)).await.unwrap();
        assert_eq!(waiting[0].stands_in_for.as_deref(), Some("José Muñoz Güell"));
        office.sign(2, &[paper]).await;
        let view = office.desk.paper(&office.actor(2), paper).await.unwrap();
        let Role::Past(turn) = view.role else { panic!("{:?}", view.role) };
        assert_eq!(turn.acted_name.as_deref(), Some("Inés Ibáñez Cañas"));
        let (_, bytes) = office.desk.open_file(&office.actor(0), paper).await.unwrap();
        let verdict =
            copihue_signing::verify::verify_pdf(&bytes, &office.signing.trust(), office.signing_time());
        let signer = verdict.signatures[0].signer.as_ref().unwrap();
        assert_eq!(signer.name.name, "Inés Ibáñez Cañas");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_why_ends_the_paper_and_can_be_taken_back() {
    for test in engines() {
        let office = office(&test).await;
        let paper = office.send("contrato", &[(1, 1), (2, 2)]).await;
        let actor = office.actor(1);
        office.desk.refuse(&actor, paper, "El monto no es el acordado").await.unwrap();
        let view = office.desk.paper(&office.actor(0), paper).await.unwrap();
        assert_eq!(view.state, PaperState::Refused);
        assert_eq!(view.turns[0].reason.as_deref(), Some("El monto no es el acordado"));
        assert_eq!(waits(&office, 1).await, 0);
        let stranger = office.desk.take_back(&office.actor(2), paper).await.unwrap_err();
        assert_eq!(stranger.kind(), Kind::NotFound);
        office.desk.take_back(&actor, paper).await.unwrap();
        assert_eq!(waits(&office, 1).await, 1);
        assert_eq!(office.sign(1, &[paper]).await.batch.state, BatchState::Complete);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signers_are_told_reminded_and_the_time_ends() {
    for test in engines() {
        let office = office(&test).await;
        let paper = office.send("oficio", &[(1, 1)]).await;
        let told = || office.letters.0.lock().unwrap().iter().map(|l| l.subject.clone()).collect::<Vec<_>>();
        assert_eq!(told(), ["Tiene un documento por firmar: oficio"]);
        office.wait(2 * 86_400 + 1);
        office.work().await;
        assert_eq!(told()[1], "Recordatorio: falta su firma en oficio");
        let sender = office.actor(0);
        let again = office.desk.remind(&sender, paper).await.unwrap_err();
        assert_eq!(again.code(), "recordado_hace_poco");
        office.wait(86_400);
        office.desk.remind(&sender, paper).await.unwrap();
        office.wait(20 * 86_400);
        office.work().await;
        assert_eq!(told().last().unwrap(), "Venció el plazo para firmar oficio");
        assert_eq!(waits(&office, 1).await, 0);
        office.desk.send_again(&sender, paper).await.unwrap();
        assert_eq!(waits(&office, 1).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_09_a_paper_that_is_issued_can_be_checked_by_its_code_once_all_have_signed() {
    for test in engines() {
        let office = office(&test).await;
        let new = NewPaper { register: Register::Yes, ..office.paper("resolución", &[(1, 1)]) };
        let paper = office.desk.send(&office.actor(0), new).await.unwrap();
        let code = office.desk.paper(&office.actor(0), paper).await.unwrap().paper.code.unwrap();
        assert!(office.signing.document(code).await.unwrap().is_none());
        office.sign(1, &[paper]).await;
        let issued = office.signing.document(code).await.unwrap().unwrap().issued;
        let view = office.desk.paper(&office.actor(0), paper).await.unwrap();
        assert_eq!(issued.sha256, view.paper.current.0);
        assert_eq!(issued.signers[0].name, "José Muñoz Güell");
        assert!(view.turns.iter().all(|t| t.state == TurnState::Signed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_signs_for_the_institution_can_be_asked() {
    for test in engines() {
        let office = office(&test).await;
        let mut new = office.paper("oficio", &[(1, 1)]);
        new.signers[0].official = crate::service::official();
        let refused = office.desk.send(&office.actor(0), new).await.unwrap_err();
        assert_eq!(refused.code(), "firmante_desconocido");
    }
}

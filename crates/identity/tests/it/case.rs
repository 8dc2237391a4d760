//! «No fui yo» opens a case, and the support desk carries it without learning whose it is.

use copihue_core::{Acr, Actor, Run};
use copihue_identity::model::event::EventKind;
use copihue_identity::*;
use copihue_web::NewSession;
use copihue_web::testing::TestClient;

use crate::factor::own;
use crate::world::*;

const MARIA: &str = "44444444-4";
const CASES: &str = "/gestion/identidad/soporte/casos";
const CASE: &str = "/gestion/identidad/soporte/caso";

async fn official(w: &World, number: u32, acr: Acr) -> TestClient {
    let new = NewPerson {
        run: Run::from_number(number).unwrap(),
        names: vec!["Olga".into()],
        surnames: vec!["Oficial".into()],
        email: None,
        password: None,
        kind: PersonKind::Test,
        proofing: Proofing::P1,
    };
    let person = w.identity.register_person(new).await.unwrap();
    let mut c = w.visitor();
    let new = NewSession { person: person.reference(), acr, amr: vec!["pwd".into()], sid: None };
    c.log_in(&w.web, new).await;
    c
}

async fn maria(w: &World) -> Person {
    w.identity.person_by_run(MARIA.parse().unwrap()).await.unwrap().unwrap()
}

/// She says that a login was not hers. Answers the number of her case.
async fn dispute(w: &World) -> String {
    w.code(&mut w.visitor(), &authorize(&[])).await;
    let mut c = own(w).await;
    let events = w.identity.events(maria(w).await.id, 20).await.unwrap();
    let id = events.iter().find(|event| event.kind == EventKind::Login).unwrap().id.to_string();
    let page = c.get(&format!("/mi/ingresos/no-fui-yo?evento={id}")).await.expect(200);
    let done = c.submit(&page, "/mi/ingresos/no-fui-yo", &[]).await.expect(200);
    let text = done.text();
    let at = text.find("NF-").unwrap();
    let number = text[at..at + 11].to_owned();
    let letter = w.mails.take().pop().unwrap();
    assert!(letter.to == "maria@ejemplo.cl" && letter.text.contains(&number));
    number
}

#[tokio::test(flavor = "multi_thread")]
async fn l02_no_fui_yo_opens_a_case_that_the_desk_resolves_without_knowing_whose_it_is() {
    for w in worlds().await {
        let number = dispute(&w).await;
        let mut c = official(&w, OFFICES[1].0, Acr::Low).await;
        let list = c.get(CASES).await.expect(200);
        assert!(list.says(&number) && list.says("Por atender"));
        let address = format!("{CASE}?numero={number}");
        let page = c.get(&format!("{CASE}?numero={}", number.to_lowercase())).await.expect(200);
        // Neither who she is, nor where she went, nor with what.
        for hers in ["María", "Del Río", "44.444.444", "44444444", "ejemplo.cl", "Patentes", "reconocido"] {
            assert!(!page.text().contains(hers) && !list.text().contains(hers), "{hers}");
        }
        let words = ("motivo", "Llamó; la cuenta sigue bloqueada");
        c.submit(&page, CASE, &[("acto", "tomar"), ("motivo", "corto")]).await.expect(422);
        c.submit(&page, CASE, &[words]).await.expect(422);
        let page = c.submit(&page, CASE, &[("acto", "tomar"), words]).await.expect(200);
        assert!(page.says("En revisión") && page.says("Encargada de identidad") && !page.says("Tomarlo"));
        w.mails.take();
        let page = c.submit(&page, CASE, &[("acto", "derivado_seguridad"), words]).await.expect(200);
        assert!(page.says("Derivado a seguridad") && page.form(CASE).is_none(), "what is over is over");
        // She reads it in her mail and her history; her account stays as it was.
        let letter = w.mails.take().remove(0);
        assert!(letter.text.contains(&number) && letter.text.contains(words.1));
        let person = maria(&w).await;
        assert_eq!(person.state, PersonState::Suspended);
        let told = w.identity.events(person.id, 20).await.unwrap();
        for kind in [EventKind::CaseTaken, EventKind::CaseResolved] {
            assert!(told.iter().any(|e| e.kind == kind && e.note.contains(&number)), "{kind:?}");
        }
        // Only the desk comes here; an administrator sees the number where they read the account.
        for run in [OFFICES[0].0, 12_345_678] {
            let mut other = official(&w, run, Acr::High).await;
            other.get(CASES).await.expect(403);
            other.get(&address).await.expect(403);
        }
        let mut admin = official(&w, OFFICES[0].0, Acr::High).await;
        let page = admin.get("/gestion/identidad").await.expect(200);
        let fields = [("run", MARIA), ("motivo", "Caso derivado por la mesa")];
        assert!(admin.submit(&page, "/gestion/identidad", &fields).await.expect(200).says(&number));
        for none in ["", "NF-AAAAAAAA", "44444444-4"] {
            c.get(&format!("{CASE}?numero={none}")).await.expect(404);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l02_a_case_is_over_when_the_account_opens_again() {
    for w in worlds().await {
        let number = dispute(&w).await;
        let id = maria(&w).await.id;
        w.identity
            .set_standing(&Actor::job("prueba"), id, Standing::Reopen, "Mostró su cédula")
            .await
            .unwrap();
        let mut c = official(&w, OFFICES[1].0, Acr::Low).await;
        let page = c.get(&format!("{CASE}?numero={number}")).await.expect(200);
        assert!(page.says("La persona recuperó su cuenta"));
        w.code(&mut w.visitor(), &authorize(&[])).await;
        // The page of a locked account shows nothing else that somebody writes into its address.
        let page = w.visitor().get("/ingresar/bloqueada?caso=Llame+al+600").await.expect(200);
        assert!(!page.says("Llame al"));
    }
}

//! The keepers' side: reading leaves its trace, and the support desk reads nothing.

use copihue_core::{Acr, Run};
use copihue_identity::*;
use copihue_web::NewSession;
use copihue_web::testing::TestClient;

use crate::world::*;

const HERE: &str = "/gestion/identidad";
const SUPPORT_DESK: &str = "/gestion/identidad/soporte";

pub(crate) async fn official(w: &World, number: u32, acr: Acr) -> TestClient {
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

async fn marias_history(w: &World) -> String {
    let person = w.identity.person_by_run("44444444-4".parse().unwrap()).await.unwrap().unwrap();
    let mut c = w.visitor();
    let new = NewSession { person: person.reference(), acr: Acr::Low, amr: vec!["pwd".into()], sid: None };
    c.log_in(&w.web, new).await;
    c.get("/mi/ingresos").await.expect(200).text()
}

#[tokio::test(flavor = "multi_thread")]
async fn l04_an_administrator_reads_with_a_reason_that_the_person_sees() {
    for w in worlds().await {
        w.code(&mut w.visitor(), &authorize(&[])).await;
        let (admin, _) = OFFICES[0];
        official(&w, admin, Acr::Low).await.get(HERE).await.expect(403);
        let mut c = official(&w, admin, Acr::Substantial).await;
        let page = c.get(HERE).await.expect(200);
        let run = ("run", "44.444.444-4");
        let page = c.submit(&page, HERE, &[run, ("motivo", "corto")]).await.expect(422);
        assert!(!page.says("María"));
        let unknown = [("run", "12.345.678-5"), ("motivo", "Reclamo 123 de la persona")];
        c.submit(&page, HERE, &unknown).await.expect(404);
        assert!(!marias_history(&w).await.contains("leyó su cuenta"));
        let page = c.submit(&page, HERE, &[run, ("motivo", "Reclamo 123 de la persona")]).await.expect(200);
        assert!(page.says("María Carmen Del Río Gonzalez") && page.says("Patentes") && page.says("Abierta"));
        let told = marias_history(&w).await;
        assert!(told.contains("Un funcionario leyó su cuenta y su historial"));
        assert!(told.contains("Reclamo 123 de la persona (Encargada de identidad, PE-SER-00001)"));
        // What is done is done with a reason as well, and ends what was given.
        let form = "/gestion/identidad/estado";
        let empty = [("acto", "suspender"), ("motivo", "")];
        assert!(c.submit(&page, form, &empty).await.status.is_client_error());
        let stop = [("acto", "suspender"), ("motivo", "La persona lo pidió por escrito")];
        c.submit(&page, form, &stop).await.expect(200);
        let refused = w.log_in(&mut w.visitor(), &authorize(&[]), "44444444-4", "testing").await;
        assert!(refused.location().is_none());
        // Nobody else comes here.
        official(&w, OFFICES[1].0, Acr::High).await.get(HERE).await.expect(403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l04_the_support_desk_stops_an_account_and_learns_nothing_of_it() {
    for w in worlds().await {
        let mut c = official(&w, OFFICES[1].0, Acr::Low).await;
        let mut answers = Vec::new();
        for run in ["44.444.444-4", "12.345.678-5"] {
            let page = c.get(SUPPORT_DESK).await.expect(200);
            let fields = [("run", run), ("motivo", "Llamó y dice que no fue ella")];
            let page = c.submit(&page, SUPPORT_DESK, &fields).await.expect(200);
            assert!(page.says("Si había una cuenta abierta con ese RUN"));
            answers.push(page.text().len());
        }
        assert_eq!(answers[0], answers[1]);
        let refused = w.log_in(&mut w.visitor(), &authorize(&[]), "44444444-4", "testing").await;
        assert!(refused.location().is_none());
        official(&w, OFFICES[0].0, Acr::High).await.get(SUPPORT_DESK).await.expect(403);
    }
}

use std::sync::Arc;

use copihue_core::{Acr, Clock, Hat, Run};
use copihue_registers::{KEEPER, Register};
use copihue_tlog::verify_proof;
use copihue_web::testing::{TestClient, check_locale, web};
use copihue_web::{HatSource, NewSession};

use crate::support::{KEEPERS, W, each_engine, hat, person};

#[test]
fn every_text_is_in_the_locale_and_used() {
    check_locale(env!("CARGO_MANIFEST_DIR"));
}

/// Persons 1 and 2 keep the registers; person 3 has another post there.
struct Posts;

impl HatSource for Posts {
    fn hats(&self, run: Run) -> Vec<Hat> {
        let n = (1..=3).find(|n| person(*n).run == run);
        n.map(|n| hat(n, KEEPERS, if n < 3 { &[KEEPER] } else { &["tramitador"] })).into_iter().collect()
    }
}

async fn site(w: &W) -> [TestClient; 4] {
    let web = web(w.db.clone(), w.clock.clone() as Arc<dyn Clock>, Arc::new(Posts));
    let router = web.router(w.registers.routes());
    let mut clients = [1, 2, 3, 4].map(|_| TestClient::new(&router));
    for (n, client) in (1..=3).zip(&mut clients) {
        client
            .log_in(&web, NewSession { person: person(n), acr: Acr::Low, amr: Vec::new(), sid: None })
            .await;
    }
    clients
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_people_find_a_record_with_its_history_and_its_proof() {
    each_engine(async |w| {
        let [.., mut anybody] = site(w).await;
        let list = anybody.get("/registros").await.expect(200);
        for text in ["Comunas", "346", "/registers/communes/records.csv", "PE-SER-00001"] {
            assert!(list.says(text), "{text}");
        }
        let page = anybody.get("/registros/communes?q=%C3%B1u%C3%B1oa").await.expect(200);
        assert!(page.says("/registros/communes/13120"));
        assert!(page.says("datos.example.cl/ledger/register/communes"));
        assert!(anybody.get("/registros/communes?q=xilofono").await.expect(200).says("No encontramos nada"));
        assert!(anybody.get("/registros/communes").await.expect(200).says("Siguiente"));
        let record = anybody.get("/registros/communes/13120").await.expect(200);
        for text in ["Ñuñoa", "Región Metropolitana", "Anotación", "Vigente", "Bajar la prueba"] {
            assert!(record.says(text), "{text}");
        }
        let proof = anybody.get("/registros/communes/13120/prueba").await.expect(200);
        assert_eq!(
            proof.header("content-disposition"),
            Some("attachment; filename=\"communes-13120.tlog-proof\"")
        );
        assert_eq!(verify_proof(&proof.text(), &w.policy()).unwrap().fields["key"], "13120");
        for missing in ["/registros/otro", "/registros/communes/99999", "/registros/communes/99999/prueba"] {
            let _ = anybody.get(missing).await.expect(404);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_the_desk_proposes_approves_and_undoes() {
    each_engine(async |w| {
        let [mut one, mut two, mut other, mut anybody] = site(w).await;
        assert_eq!(other.get_raw("/gestion/registros").await.status.as_u16(), 403);
        assert_eq!(anybody.get_raw("/gestion/registros").await.status.as_u16(), 303);
        assert!(one.get("/gestion/registros").await.expect(200).says("No hay propuestas"));
        let at = "/gestion/registros/holidays/proponer";
        let form = one.get(at).await.expect(200);
        let mut fields = vec![
            ("nombre", "Feriado de la comuna"),
            ("fecha-dia", "12"),
            ("fecha-mes", "febrero"),
            ("fecha-ano", "2027"),
            ("clase", "unico"),
            ("tipo", "civil"),
            ("irrenunciable", "no"),
            ("leyes", "Ley 21.999; Ley 22.000"),
        ];
        let short = one.submit(&form, at, &fields).await.expect(422);
        assert!(short.says("Escriba el motivo"));
        assert!(short.says("Feriado de la comuna"), "what was typed stays");
        fields.push(("motivo", "Lo ordena la Ley 21.999"));
        let proposal = one.submit(&short, at, &fields).await.expect(200);
        assert!(proposal.says("La propuso usted"));
        let path = proposal.path.clone();
        let desk = two.get("/gestion/registros").await.expect(200);
        assert!(desk.says("Feriado de la comuna"));
        let page = two.get(&path).await.expect(200);
        assert!(page.says("Ley 21.999;Ley 22.000"));
        let decided = two
            .submit(&page, &path, &[("motivo", "Revisé el Diario Oficial"), ("resolucion", "aprobar")])
            .await
            .expect(200);
        assert!(decided.says("Es la anotación 1 del registro"));
        w.ledger.sequence_once().await.unwrap();
        assert!(
            two.get(&format!("{path}/constancia"))
                .await
                .expect(200)
                .text()
                .starts_with("c2sp.org/tlog-proof")
        );
        let record = anybody.get("/registros/holidays/2027-02-12").await.expect(200);
        assert!(record.says("Lo ordena la Ley 21.999"));
        assert!(!record.says("proponer"), "nobody else is offered to change it");
        // Ending it is another entry; undoing that, a third.
        let own = one.get("/registros/holidays/2027-02-12").await.expect(200);
        assert!(own.says("/gestion/registros/holidays/proponer?clave=2027-02-12&desde=1"));
        let change = "/gestion/registros/holidays/proponer?clave=2027-02-12";
        for (end, from, number) in [(["1", "1", "2027"], "", 2), (["", "", ""], "&desde=1", 3)] {
            let at = format!("{change}{from}");
            let form = one.get(&at).await.expect(200);
            assert_eq!(form.field("nombre").as_deref(), Some("Feriado de la comuna"));
            let [day, month, year] = end;
            let fields = [
                ("fin-dia", day),
                ("fin-mes", month),
                ("fin-ano", year),
                ("motivo", "Se derogó y se repuso"),
            ];
            let proposal = one.submit(&form, change, &fields).await.expect(200);
            let page = two.get(&proposal.path).await.expect(200);
            let fields = [("motivo", "Conforme"), ("resolucion", "aprobar")];
            let decided = two.submit(&page, &proposal.path, &fields).await.expect(200);
            assert!(decided.says(&format!("Es la anotación {number} del registro")));
        }
        let history = w.registers.history(Register::Holidays, "2027-02-12", 1 << 40, 10).await.unwrap();
        assert_eq!(history.len(), 3);
        assert_eq!(history[0].item, history[2].item);
    })
    .await;
}

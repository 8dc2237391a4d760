//! The pages, as a browser without a script walks them.

use copihue_core::{Hat, Run};
use copihue_db::{params, sql};
use copihue_web::testing::{TestClient, web};
use copihue_web::{HatSource, NewSession, NoHats};
use std::sync::Arc;

use crate::world::{TOWN, World, each_engine};

struct Hats(copihue_directory::Directory);

impl HatSource for Hats {
    fn hats(&self, run: Run) -> Vec<Hat> {
        self.0.hats(run)
    }
}

fn session(actor: &copihue_core::Actor) -> NewSession {
    NewSession { person: actor.person().unwrap().clone(), acr: actor.acr, amr: vec!["pwd".into()], sid: None }
}

#[test]
fn web_09_every_text_exists_and_is_used() {
    copihue_web::testing::check_locale(env!("CARGO_MANIFEST_DIR"));
}

#[tokio::test]
async fn web_01_the_person_walks_from_the_plate_to_the_payment() {
    each_engine(async |w: World| {
        w.all_in_order();
        let site = web(w.db.clone(), w.clock.clone(), Arc::new(NoHats));
        let router = site.router(vec![w.procedures.routes()]);
        let mut c = TestClient::new(&router);
        c.log_in(&site, session(&w.ana())).await;
        let page = c.get("/tramites/permiso-circulacion/comenzar").await.expect(200);
        let page = c.submit(&page, "/tramites/permiso-circulacion/comenzar", &[]).await.expect(200);
        assert!(page.says("Patente del vehículo"), "{}", page.text());
        let path = page.path.clone();
        let wrong = c.submit(&page, &path, &[("d.patente", "X1"), ("d.correo", "ana")]).await.expect(422);
        assert!(wrong.says("Hay 2 problemas") && wrong.says("nombre@ejemplo.cl"), "{}", wrong.text());
        assert_eq!(wrong.field("d.patente").as_deref(), Some("X1"), "what was typed stays");
        let saved = c.submit(&wrong, &path, &[("d.patente", "BBCD"), ("guardar", "1")]).await.expect(200);
        assert!(saved.says("Lo que escribió está guardado"));
        let back = c.get(&path).await.expect(200);
        assert_eq!(back.field("d.patente").as_deref(), Some("BBCD"));
        let found = c
            .submit(&back, &path, &[("d.patente", "BBCD12"), ("d.correo", "ana@ejemplo.cl")])
            .await
            .expect(200);
        assert!(found.says("Toyota Yaris") && found.says("Fuente: Muestra"), "{}", found.text());
        let amount = c.submit(&found, &found.path, &[]).await.expect(200);
        assert!(amount.says("$174.448") && amount.says("De 60 a 120 UTM"), "{}", amount.text());
        let check = c.submit(&amount, &amount.path, &[("d.cuotas", "una")]).await.expect(200);
        assert!(check.says("Revise sus respuestas"), "{}", check.text());
        let reply = c.post_raw(&check.path, &[("resultado", "aceptar")]).await;
        assert!(reply.location().is_some_and(|l| l.starts_with("/pagos/")), "{:?}", reply.location());
        let forged = c.post_raw(&check.path, &[("resultado", "aceptar"), ("csrf", "forged")]).await;
        assert_eq!(forged.status, 403);
        let twice = c.post_raw(&check.path, &[("resultado", "aceptar")]).await;
        assert_eq!(twice.status, 303, "a double click lands where the first one did");
        let api = c.get("/api/procedures").await.expect(200);
        assert_eq!(api.json()[1]["id"], "permiso-circulacion");
        let other = c.get("/mi/tramites/00000000000000000000000000").await;
        assert_eq!(other.status, 404);
        let mine = c.get("/mi/tramites").await.expect(200);
        assert!(mine.says("Esperando su pago"));
    })
    .await;
}

/// A request for a certificate of residence, page by page.
const ANSWERS: [&[(&str, &str)]; 4] = [
    &[
        ("d.direccion.calle", "Los Toros 0645"),
        ("d.direccion.desde-dia", "31"),
        ("d.direccion.desde-mes", "3"),
        ("d.direccion.desde-ano", "2019"),
    ],
    &[("d.vive_con_otros", "no")],
    &[("d.uso", "salud")],
    &[("d.contacto.correo", "ana@ejemplo.cl"), ("d.declara", "si")],
];

/// The smallest PDF with a page.
fn small_pdf() -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>",
    ];
    let (mut pdf, mut table) = ("%PDF-1.7\n".to_owned(), "0000000000 65535 f\r\n".to_owned());
    for (n, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n\r\n", pdf.len()));
        pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", n + 1));
    }
    let start = pdf.len();
    pdf.push_str(&format!("xref\n0 4\n{table}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{start}\n%%EOF"));
    pdf.into_bytes()
}

#[tokio::test]
async fn sig_15_a_signature_in_what_the_person_sends_is_found_when_it_is_filed() {
    each_engine(async |w: World| {
        let ana = w.ana();
        let case = w.procedures.start(&ana, "certificado-residencia", TOWN).await.unwrap();
        let site = web(w.db.clone(), w.clock.clone(), Arc::new(NoHats));
        let router = site.router(vec![w.procedures.routes()]);
        let mut c = TestClient::new(&router);
        c.log_in(&site, session(&ana)).await;
        let options = copihue_signing::SealOptions::because("Comprobante");
        let bill = w.signing.seal_pdf(TOWN, small_pdf(), options).await.unwrap().bytes;
        let mut page = c.get(&format!("/mi/tramites/{case}")).await.expect(200);
        for (n, answer) in ANSWERS.into_iter().enumerate() {
            let path = page.path.clone();
            page = match n {
                3 => c.upload(&path, answer, &[("d.comprobante", "cuenta.pdf", &bill)]).await.expect(200),
                _ => c.submit(&page, &path, answer).await.expect(200),
            };
        }
        c.submit(&page, &page.path, &[]).await.expect(200);
        let found = w.db.read(|conn| {
            let sql = sql!("SELECT json FROM casefiles_metadata ORDER BY entity");
            conn.query(sql, &params![])?
                .iter()
                .map(|row| row.get::<String>("json"))
                .collect::<Result<Vec<_>, _>>()
        });
        let found = found.await.unwrap();
        let signed: Vec<serde_json::Value> = found
            .iter()
            .filter_map(|json| serde_json::from_str::<serde_json::Value>(json).ok())
            .filter(|m| m["MGDDE8"].is_array())
            .collect();
        let [signed] = signed.as_slice() else { panic!("{found:?}") };
        assert_eq!(signed["MGDDE1_8"], "cuenta.pdf");
        // Signed by an authority that is not accredited: a simple one.
        assert_eq!((&signed["MGDDE8"][0]["MGDDE8_1"], &signed["MGDDE8_3"]), (&2.into(), &2.into()));
        assert!(
            signed["MGDDE84"][0]["MGDDE84_1"].as_str().is_some_and(|name| name.contains("Municipalidad")),
            "{signed}"
        );
    })
    .await;
}

#[tokio::test]
async fn web_01_the_official_claims_asks_and_rejects() {
    each_engine(async |w: World| {
        let ana = w.ana();
        let case = w.procedures.start(&ana, "certificado-residencia", TOWN).await.unwrap();
        let site = web(w.db.clone(), w.clock.clone(), Arc::new(Hats(w.directory.clone())));
        let router = site.router(vec![w.procedures.routes()]);
        let mut c = TestClient::new(&router);
        c.log_in(&site, session(&ana)).await;
        let mut page = c.get(&format!("/mi/tramites/{case}")).await.expect(200);
        for (n, answer) in ANSWERS.into_iter().enumerate() {
            let path = page.path.clone();
            if n == 3 {
                let fake = [("d.comprobante", "cuenta.pdf", b"MZ this is a program".as_slice())];
                let refused = c.upload(&path, answer, &fake).await.expect(422);
                assert!(refused.says("no es un PDF, JPG o PNG"), "{}", refused.text());
                assert_eq!(refused.field("d.contacto.correo").as_deref(), Some("ana@ejemplo.cl"));
            }
            page = c.submit(&page, &path, answer).await.expect(200);
        }
        assert!(page.says("Revise sus respuestas") && page.says("Los Toros 0645"), "{}", page.text());
        let sent = c.submit(&page, &page.path, &[]).await.expect(200);
        assert!(sent.says("Dos unidades están revisando"), "{}", sent.text());

        let elena = w.at_work(10_000_003, "Elena Vera");
        let mut o = TestClient::new(&router);
        o.log_in(&site, session(&elena)).await;
        let desk = o.get("/gestion").await.expect(200);
        assert!(
            desk.says("Certificado de residencia: Revisión social") && desk.says("Quedan"),
            "{}",
            desk.text()
        );
        assert!(!desk.says("Revisión territorial"), "another unit's work is not hers");
        let iuie = w.procedures.mine(&ana).await.unwrap()[0].iuie.clone().unwrap();
        let path = format!("/gestion/casos/{iuie}");
        let page = o.get(&path).await.expect(200);
        let page = o.submit(&page, &format!("{path}/tomar"), &[]).await.expect(200);
        assert!(page.says("Solicitud: Certificado de residencia"), "{}", page.text());
        let short = o.submit(&page, &format!("{path}/corregir"), &[("falta", "x")]).await.expect(422);
        assert!(short.says("al menos 10 caracteres"), "{}", short.text());
        let asked = o
            .submit(&page, &format!("{path}/corregir"), &[("falta", "Adjunte una cuenta a su nombre.")])
            .await
            .expect(200);
        assert!(asked.says("La persona debe completar su solicitud"), "{}", asked.text());
        let hers = c.get(&format!("/mi/tramites/{case}")).await.expect(200);
        assert!(hers.says("se le tendrá por desistido"), "{}", hers.text());
        // Ten days pass without an answer: withdrawal by resolution, signed.
        w.clock.advance_millis(12 * 86_400_000);
        let mut o = TestClient::new(&router);
        o.log_in(&site, session(&elena)).await;
        let page = o.get(&path).await.expect(200);
        let otp = w.code(&elena).await;
        let page = o
            .submit(&page, &format!("{path}/desistir"), &[("hechos", "No respondió."), ("otp", &otp)])
            .await
            .expect(200);
        assert!(page.says("Resolución que declara el desistimiento"), "{}", page.text());
    })
    .await;
}

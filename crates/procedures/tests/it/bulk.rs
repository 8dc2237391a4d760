//! Documents in bulk: from a table, once each, stopped and tried again, and only those whose definition says so.

use std::time::Duration;

use copihue_core::Timestamp;
use copihue_db::jobs::Worker;
use copihue_web::testing::{Reply, TestClient};

use crate::template::{REJECTION, session, site};
use crate::world::{TOWN, World, each_engine};

const NOTICE: &str = "/gestion/plantillas/permiso-circulacion/aviso_renovacion";
const TOTAL: &str = "/gestion/plantillas/permiso-circulacion/permiso_total";

fn table(rows: usize) -> String {
    let mut text = "propietario\tpatente\thasta\tmultas\n".to_owned();
    for n in 0..rows {
        text.push_str(&format!(
            "Persona {n}\tBB{n:04}\t31-03-2027\t{}\n",
            if n % 2 == 0 { "Sí" } else { "No" }
        ));
    }
    text
}

/// Marta at her desk; her session ends while time passes.
struct Desk {
    site: copihue_web::Web,
    client: TestClient,
}

impl Desk {
    async fn of(w: &World) -> Self {
        let site = site(w);
        let client = TestClient::new(&site.router(vec![w.procedures.routes()]));
        let mut desk = Self { site, client };
        desk.come_back(w).await;
        desk
    }

    async fn come_back(&mut self, w: &World) {
        self.client.log_in(&self.site, session(w, 10_000_006, "Marta Ríos")).await;
    }
}

async fn order(marta: &mut TestClient, text: &str) -> Reply {
    let form = format!("{NOTICE}/emitir");
    let page = marta.get(&form).await.expect(200);
    marta.submit(&page, &form, &[("tabla", text)]).await
}

fn work(w: &World) -> Worker {
    w.procedures.register(Worker::new(w.db.clone(), w.clock.clone()))
}

fn codes(page: &Reply) -> Vec<String> {
    let words = page.text();
    let is_code = |word: &&str| word.len() == 19 && word.matches('-').count() == 3;
    words.split(['<', '>']).filter(is_code).map(str::to_owned).collect()
}

#[tokio::test]
async fn exp_17_documents_in_bulk_are_issued_once_each_though_the_work_is_cut_short() {
    const ROWS: usize = 70;
    each_engine(async |w: World| {
        let mut desk = Desk::of(&w).await;
        let client = &mut desk.client;
        let wrong = order(client, "patente\tcolor\nBB\trojo\n").await.expect(422);
        assert!(
            wrong.says("Falta la columna «propietario»") && wrong.says("ningún dato «color»"),
            "{}",
            wrong.text()
        );
        let wrong = order(client, &table(3).replace("31-03-2027\tNo", "31-02-2027\tNo")).await.expect(422);
        assert!(wrong.says("Línea 3: En «hasta», «31-02-2027» no es una fecha"), "{}", wrong.text());
        let order = order(client, &table(ROWS)).await.expect(200);
        assert!(order.says("Faltan") && order.path.starts_with("/gestion/lotes/"), "{}", order.text());

        let cut = work(&w);
        let _ = tokio::time::timeout(Duration::from_millis(700), cut.run_due()).await;
        drop(cut);
        for _ in 0..4 {
            w.clock.advance_millis(30 * 60_000);
            work(&w).run_due().await.unwrap();
        }
        desk.come_back(&w).await;
        let client = &mut desk.client;
        let done = client.get(&order.path).await.expect(200);
        let codes = codes(&done);
        assert_eq!(codes.len(), ROWS, "{}", done.text());
        assert!(done.says("Persona 7") && !done.says("Detener el lote"), "{}", done.text());
        for code in [&codes[0], &codes[ROWS - 1]] {
            let found = w.signing.document(code.parse().unwrap()).await.unwrap().unwrap();
            assert_eq!(found.issued.kind, "aviso_renovacion");
        }
        let pdf = client.get(&format!("{}/{ROWS}", order.path)).await.expect(200);
        assert!(pdf.text().starts_with("%PDF"));
        let uses = w.signing.key_uses(TOWN, Timestamp::from_millis(0)).await.unwrap();
        assert!(uses.len() >= ROWS, "each use of the key is on record: {}", uses.len());
    })
    .await;
}

#[tokio::test]
async fn what_only_its_procedure_issues_is_not_ordered_in_bulk() {
    each_engine(async |w: World| {
        let mut desk = Desk::of(&w).await;
        let client = &mut desk.client;
        for document in [TOTAL, REJECTION] {
            assert!(!client.get(document).await.expect(200).says("Emitir muchos de una vez"));
            let form = format!("{document}/emitir");
            let page = client.get(&form).await.expect(200);
            let refused = client.submit(&page, &form, &[("tabla", "a\n1")]).await.expect(422);
            assert!(refused.says("no se emite en lote"), "{}", refused.text());
        }
        assert!(client.get(NOTICE).await.expect(200).says("Emitir muchos de una vez"));
    })
    .await;
}

#[tokio::test]
async fn an_order_is_stopped_tried_again_and_forgotten() {
    each_engine(async |w: World| {
        let mut desk = Desk::of(&w).await;
        let client = &mut desk.client;
        let page = order(client, &table(3)).await.expect(200);
        let path = page.path.clone();
        let stopped = client.submit(&page, &path, &[("accion", "detener")]).await.expect(200);
        assert!(stopped.says("Detenido") && stopped.says("el lote se detuvo"), "{}", stopped.text());
        work(&w).run_due().await.unwrap();
        let still = client.get(&path).await.expect(200);
        assert!(codes(&still).is_empty(), "nothing of it is issued: {}", still.text());
        assert!(client.get("/gestion/lotes").await.expect(200).says("Detenido"));
        let going = client.submit(&still, &path, &[("accion", "reintentar")]).await.expect(200);
        assert!(going.says("En marcha"), "{}", going.text());
        let early = client.submit(&going, &path, &[("accion", "olvidar")]).await.expect(422);
        assert!(early.says("todavía está en marcha"), "{}", early.text());
        w.clock.advance_millis(1_000);
        work(&w).run_due().await.unwrap();
        let done = client.get(&path).await.expect(200);
        assert_eq!(codes(&done).len(), 3, "{}", done.text());

        let page = order(client, &table(2)).await.expect(200);
        let path = page.path.clone();
        let stopped = client.submit(&page, &path, &[("accion", "detener")]).await.expect(200);
        assert!(stopped.says("Persona 1"), "{}", stopped.text());
        let gone = client.submit(&stopped, &path, &[("accion", "olvidar")]).await.expect(200);
        assert!(!gone.says("Persona 1") && !gone.says("Intentar de nuevo"), "{}", gone.text());
    })
    .await;
}

#[tokio::test]
async fn the_data_of_rows_that_failed_are_forgotten_after_a_month() {
    each_engine(async |w: World| {
        let mut desk = Desk::of(&w).await;
        let client = &mut desk.client;
        let page = order(client, &table(2)).await.expect(200);
        let path = page.path.clone();
        client.submit(&page, &path, &[("accion", "detener")]).await.expect(200);
        for days in [20, 11] {
            w.clock.advance_millis(days * 86_400_000);
            work(&w).run_due().await.unwrap();
            desk.come_back(&w).await;
            let page = desk.client.get(&path).await.expect(200);
            assert_eq!(page.says("Persona 1"), days == 20, "{}", page.text());
        }
    })
    .await;
}

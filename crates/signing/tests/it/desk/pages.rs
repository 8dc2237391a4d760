//! The desk as officials see it.

use std::sync::Arc;

use copihue_core::{Acr, Clock, Hat, Id, PersonRef, Run, SeededRandom, Timestamp};
use copihue_db::testing::TestDb;
use copihue_db::{Tx, params, sql};
use copihue_directory::Directory;
use copihue_web::testing::{TestClient, web};
use copihue_web::{HatSource, NewSession};

use super::world::{NAMES, Office, RUNS, named_pdf, office};

struct Hats(Directory);

impl HatSource for Hats {
    fn hats(&self, run: Run) -> Vec<Hat> {
        self.0.hats(run)
    }
}

struct Site {
    office: Office,
    clients: Vec<TestClient>,
    _test: TestDb,
}

async fn site() -> Site {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    test.migrate(&[copihue_web::MIGRATIONS]).unwrap();
    let office = office(&test).await;
    let hats = Arc::new(Hats(office.directory.clone()));
    let face = web(test.db(), Arc::clone(&office.clock) as Arc<dyn Clock>, hats);
    let router = face.router(vec![office.desk.routes(), office.desk.contracts()]);
    let mut clients = Vec::new();
    for (run, official) in RUNS.iter().zip(&office.officials) {
        let run = Run::from_number(*run).unwrap();
        let person = PersonRef { id: *official, run, name: "De Prueba".into() };
        let mut client = TestClient::new(&router);
        let session = NewSession { person, acr: Acr::Low, amr: vec!["pwd".into()], sid: None };
        client.log_in(&face, session).await;
        clients.push(client);
    }
    Site { office, clients, _test: test }
}

impl Site {
    async fn prepare(&mut self, who: usize, papers: &[Id]) -> String {
        let ids: Vec<String> = papers.iter().map(Id::to_string).collect();
        let fields: Vec<(&str, &str)> = ids.iter().map(|id| ("documento", id.as_str())).collect();
        let reply = self.clients[who].post_raw("/gestion/firma/lotes", &fields).await.expect(303);
        reply.location().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_documents_are_looked_at_signed_with_one_code_and_each_has_its_result() {
    let mut site = site().await;
    let mut papers = Vec::new();
    for title in ["Oficio uno", "Oficio dos", "Oficio tres"] {
        papers.push(site.office.send(title, &[(1, 1)]).await);
    }
    let list = site.clients[1].get("/gestion/firma").await.expect(200);
    assert!(list.says("3 documentos esperan su firma") && list.says("Oficio dos") && list.says("Sin abrir"));
    let file =
        site.clients[1].get(&format!("/gestion/firma/documentos/{}/archivo", papers[0])).await.expect(200);
    assert_eq!(file.header("content-type"), Some("application/pdf"));
    let batch = site.prepare(1, &papers).await;
    let review = site.clients[1].get(&batch).await.expect(200);
    assert!(
        review.says("Abierto") && review.says("Hay documentos que usted no ha abierto"),
        "{}",
        review.text()
    );
    let wrong = site.clients[1].post_raw(&format!("{batch}/firmar"), &[("otp", "")]).await.expect(422);
    assert!(wrong.says("Escriba el código de 6 números"));
    site.office.desk.withdraw(&site.office.actor(0), papers[2]).await.unwrap();
    let code = site.office.code(1).await;
    site.clients[1].post_raw(&format!("{batch}/firmar"), &[("otp", &code)]).await.expect(303);
    let progress = site.clients[1].get(&batch).await.expect(200);
    assert_eq!(progress.header("refresh"), Some("2"), "it goes on without script");
    site.office.work().await;
    let results = site.clients[1].get(&batch).await.expect(200);
    for text in [
        "2 de 3 documentos firmados",
        "Quien envió el documento lo retiró",
        "Intentar de nuevo con los que faltan",
    ] {
        assert!(results.says(text), "{text}\n{}", results.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ones_own_does_not_exist() {
    let mut site = site().await;
    let paper = site.office.send("Oficio", &[(1, 1)]).await;
    let batch = site.prepare(1, &[paper]).await;
    for path in [
        batch,
        format!("/gestion/firma/documentos/{paper}"),
        format!("/gestion/firma/documentos/{paper}/archivo"),
    ] {
        site.clients[2].get(&path).await.expect(404);
    }
    let ids = [("documento", paper.to_string())];
    let fields: Vec<(&str, &str)> = ids.iter().map(|(n, v)| (*n, v.as_str())).collect();
    site.clients[2].post_raw("/gestion/firma/lotes", &fields).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_needs_a_reason_and_its_sender_reads_it() {
    let mut site = site().await;
    let paper = site.office.send("Contrato", &[(1, 1)]).await;
    let at = format!("/gestion/firma/documentos/{paper}");
    let none = site.clients[1].post_raw(&format!("{at}/rechazar"), &[("motivo", "")]).await.expect(422);
    assert!(none.says("Escriba el motivo"), "{}", none.text());
    let reason = [("motivo", "El monto no es el acordado")];
    site.clients[1].post_raw(&format!("{at}/rechazar"), &reason).await.expect(303);
    let read = site.clients[0].get(&at).await.expect(200);
    assert!(read.says("El monto no es el acordado") && read.says("Rechazado"), "{}", read.text());
    site.clients[1].post_raw(&format!("{at}/deshacer-rechazo"), &[]).await.expect(303);
    assert!(site.clients[0].get(&at).await.expect(200).says("En firma"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stamp_goes_where_the_signer_says_and_only_onto_pages_that_are_there() {
    let mut site = site().await;
    let paper = site.office.send("Oficio", &[(1, 1)]).await;
    let batch = site.prepare(1, &[paper]).await;
    let at = format!("{batch}/estampa");
    let place = |page: &'static str, number: &'static str, spot: &'static str| {
        vec![("documento", "0"), ("hoja", page), ("numero", number), ("lugar", spot)]
    };
    site.clients[1].post_raw(&at, &place("numero", "9", "arriba-centro")).await.expect(422);
    site.clients[1].post_raw(&at, &place("numero", "1", "arriba-centro")).await.expect(303);
    let review = site.clients[1].get(&batch).await.expect(200);
    assert!(review.says("Arriba al centro, página 1"), "{}", review.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_large_body_who_signs_is_asked_for_by_name() {
    let mut site = site().await;
    let one = site.office.officials[0];
    let many = move |tx: &mut Tx<'_>| {
        let sql = sql!(
            "INSERT INTO signing_holder (bucket, institution, official, run, name, post, created_at)
             SELECT bucket, institution, $1, $2, $3, 'Inspector', 0 FROM signing_holder WHERE official = $4"
        );
        (0..200_u32).try_for_each(|n| {
            let official = Id::new(Timestamp::from_millis(1), one.bucket(), &SeededRandom::new(n.into()));
            let name = format!("Juan Pérez {}", if n < 2 { "Soto".to_owned() } else { format!("N{n}") });
            tx.execute(sql, &params![official, i64::from(n), name, one]).map(drop)
        })
    };
    site.office.db.write(many).await.unwrap();
    let client = &mut site.clients[0];
    let page = client.get("/gestion/firma/enviar").await.expect(200);
    assert!(!page.says("<option") && page.says("Escriba su nombre"), "{}", page.text());
    let pdf = named_pdf("convenio");
    let file = [("archivo", "convenio.pdf", pdf.as_slice())];
    let send = async |client: &mut TestClient, name: &str| {
        let fields = [("persona-1", name), ("orden", "uno-a-uno"), ("dias", "10")];
        client.upload("/gestion/firma/enviar", &fields, &file).await
    };
    assert!(send(client, "perez soto").await.expect(422).says("Ese nombre es el de 2 personas"));
    assert!(send(client, "Nadie").await.expect(422).says("Nadie con ese nombre"));
    let sent = send(client, NAMES[1]).await.expect(200);
    assert!(sent.says(NAMES[1]) && sent.says("convenio"), "{}", sent.text());
}

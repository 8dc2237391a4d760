//! A batch at the signing desk that `kill -9` cuts off goes on under the same authorisation: nothing is lost, nothing is signed twice.

use std::collections::BTreeSet;
use std::time::Duration;

use copihue_db::testing::TestDb;
use copihue_db::{Db, Options, params, sql};
use copihue_visitor::demo::{Demo, Settings, free_address};
use copihue_visitor::{Form, Page, Visitor, journeys};

use crate::support::{DIRECTOR, eventually, program};

/// Documents of the batch: ten a post, so that the program dies in the middle of them.
const POSTS: usize = 12;
const FILES: usize = 10;
const LIMIT: Duration = Duration::from_secs(120);

/// How many are signed, by the page of the batch; the page itself.
fn look(visitor: &mut Visitor, batch: &str) -> Option<(usize, Page)> {
    let page = visitor.get(batch).ok()?;
    let text = page.visible();
    let done = journeys::after(&text, "Listos ").and_then(|n| n.parse().ok()).unwrap_or(0);
    Some((done, page))
}

/// Uploads documents of one's own until there are enough, and answers where the last batch is. What stands on the desk from the
/// posts before is chosen there.
fn upload(visitor: &mut Visitor, pdf: &[u8]) {
    for post in 0..POSTS {
        let page = visitor.get("/gestion/firma/subir").unwrap();
        let mut form = page.form_with("archivo").unwrap();
        for n in 0..FILES {
            let own = [pdf, format!("\n% {post} {n}\n%%EOF\n").as_bytes()].concat();
            form = form.file("archivo", &format!("acta {post} {n}.pdf"), &own);
        }
        let page = visitor.submit(&form).unwrap();
        assert!(page.path.starts_with("/gestion/firma/lotes/"), "{} {}", page.path, page.visible());
    }
}

/// Ticks every box of the list.
fn all_of(form: Form, page: &Page) -> Form {
    let html = page.text();
    let values = html.split("name=\"documento\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    values.fold(form, |form, value| form.tick("documento", value))
}

/// Chooses everything that waits, and authorises it with one code.
fn authorise(visitor: &mut Visitor, demo: &Demo) -> String {
    let page = visitor.get("/gestion/firma").unwrap();
    let form = page.form_with("documento").unwrap();
    let page = visitor.submit(&all_of(form, &page)).unwrap();
    let batch = page.path.clone();
    let codes = demo.visitor().get("/demo").unwrap();
    let code = journeys::after(&codes.visible(), &format!("RUN {DIRECTOR} Código "))
        .or_else(|| journeys::after(&codes.visible(), &format!("{DIRECTOR} ")))
        .unwrap();
    let page = visitor.submit(&page.form_with("otp").unwrap().set("otp", &code)).unwrap();
    assert_eq!(page.path, batch, "{}", page.visible());
    batch
}

#[test]
fn sig_16_a_kill_in_the_middle_of_a_batch_loses_nothing_and_signs_nothing_twice_on_sqlite() {
    survives(None);
}

#[test]
fn sig_16_a_kill_in_the_middle_of_a_batch_loses_nothing_and_signs_nothing_twice_on_postgres() {
    let Ok(server) = std::env::var("COPIHUE_TEST_POSTGRES") else {
        eprintln!("skipped: COPIHUE_TEST_POSTGRES says of no server");
        return;
    };
    let schema = TestDb::postgres(&server, &Options { readers: 1, connections: 1, ..Options::default() });
    survives(Some(schema.url()));
}

fn survives(database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut settings = Settings::new(program(), &data);
    settings.listen = Some(free_address().unwrap());
    settings.database = database.map(str::to_owned);
    settings.log = Some(folder.path().join("log"));
    let mut demo = Demo::start(&settings).unwrap();
    let mut visitor = demo.visitor();
    journeys::log_in(&mut visitor, DIRECTOR, "/gestion/firma").unwrap();
    let sample = visitor.get("/gestion/firma").unwrap().link("/gestion/firma/documentos/").unwrap();
    let pdf = visitor.get(&format!("{sample}/archivo")).unwrap().bytes;
    upload(&mut visitor, &pdf);
    let batch = authorise(&mut visitor, &demo);
    let cut = eventually("some are signed", LIMIT, || look(&mut visitor, &batch).filter(|(n, _)| *n > 0));
    demo.kill();
    assert!(cut.1.visible().contains("Firmando sus documentos"), "{}", cut.1.visible());
    let mut demo = Demo::start(&settings).unwrap();
    let page = eventually("the batch ends", LIMIT, || {
        look(&mut visitor, &batch)
            .map(|(_, page)| page)
            .filter(|p| p.visible().contains("Resultado de la firma"))
    });
    assert!(page.visible().contains("Firmó los"), "{}", page.visible());
    demo.kill();
    let url = database.map_or_else(|| format!("sqlite:{}", data.join("copihue.db").display()), str::to_owned);
    each_was_signed_once(&url, cut.0);
}

/// Each document has one signature, and the log one use of the key for each and one for the authorisation.
fn each_was_signed_once(url: &str, before: usize) {
    let db = Db::open(url, Options::default()).unwrap();
    let rows = db
        .read_blocking(|conn| {
            conn.query(
                sql!(
                    "SELECT i.signed_sha256 AS signed, i.key_use AS key_use, l.digest AS digest, i.attempts AS attempts
                     FROM signing_batch_item i LEFT JOIN signing_log l ON l.bucket = i.bucket AND l.id = i.key_use
                     WHERE i.state = 'firmado'"
                ),
                &params![],
            )
        })
        .unwrap();
    assert!(rows.len() >= POSTS * FILES && before < rows.len(), "{before} of {}", rows.len());
    let mut uses: BTreeSet<Vec<u8>> = BTreeSet::new();
    for row in &rows {
        let (signed, digest): (Vec<u8>, Vec<u8>) = (row.get("signed").unwrap(), row.get("digest").unwrap());
        assert_eq!(signed, digest, "what is kept is what the log says");
        assert_eq!(row.get::<i64>("attempts").unwrap(), 1);
        assert!(uses.insert(row.get("key_use").unwrap()), "a use of the key for each");
    }
    let logged: i64 = db
        .read_blocking(|conn| {
            let sql = sql!(
                "SELECT CAST(count(*) AS BIGINT) AS n FROM signing_log WHERE official IS NOT NULL AND format = 'pdf'"
            );
            conn.query_one(sql, &params![])?.get("n")
        })
        .unwrap();
    assert_eq!(usize::try_from(logged).unwrap(), rows.len(), "no signature but those");
}

//! Attack H8: passwords that were found in a breach, wherever one is set.

use aws_lc_rs::digest;
use copihue_core::{Actor, Secret};
use copihue_db::testing::engines;
use copihue_identity::breached::build;
use copihue_identity::*;

use crate::factor::own;
use crate::world::*;

const MARIA: &str = "44444444-4";
/// Long, and nothing that the short list knows.
const BREACHED: &str = "correcto caballo batería";
const GOOD: &str = "tres gatos azules";

/// A file with this one password in it.
fn list(folder: &tempfile::TempDir) -> std::path::PathBuf {
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, BREACHED.as_bytes());
    let line = format!("{}:37\r\n", hex::encode_upper(hash.as_ref()));
    let path = folder.path().join("claves.bin");
    build(line.as_bytes(), line.len() as u64, &path, 1).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn h08_a_breached_password_is_refused_wherever_one_is_set_and_the_reason_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = list(&folder);
    for db in engines() {
        let w = World::on(db, |config| config.breached = Some(path.clone())).await;
        // By who changes it…
        let mut c = own(&w).await;
        let proof = [("acto", "clave"), ("password", "testing")];
        let page = c.post("/mi/seguridad/cambiar", &proof).await.expect(200);
        let refused = c.submit(&page, "/mi/seguridad/clave", &[("nueva", BREACHED)]).await.expect(422);
        assert!(refused.says("apareció en una filtración"));
        // … who forgot it …
        let mut c = w.visitor();
        let page = c.get("/ingresar/recuperar").await.expect(200);
        let page = c.submit(&page, "/ingresar/recuperar", &[("run", MARIA)]).await.expect(200);
        let worker = w.identity.register(copihue_db::jobs::Worker::new(w.db.db(), w.clock.clone()));
        worker.run_due().await.unwrap();
        let code = w.mails.code();
        let choose = "/ingresar/recuperar/clave";
        let fields = [("codigo", code.as_str()), ("nueva", BREACHED)];
        let refused = c.submit(&page, choose, &fields).await.expect(422);
        assert!(refused.says("apareció en una filtración"));
        c.submit(&page, choose, &[("codigo", code.as_str()), ("nueva", GOOD)]).await.expect(200);
        w.log_in(&mut w.visitor(), &authorize(&[]), MARIA, GOOD).await.expect(303);
        // … and the operator.
        let new = |password: &str| NewPerson {
            run: "88888888-8".parse().unwrap(),
            names: vec!["Ana".into()],
            surnames: vec!["Díaz".into()],
            email: None,
            password: Some(Secret::new(password)),
            kind: PersonKind::Test,
            proofing: Proofing::P1,
        };
        let job = Actor::job("prueba");
        let refused = w.identity.add_person(&job, new(BREACHED)).await;
        assert_eq!(refused.unwrap_err().code(), "clave_filtrada");
        w.identity.add_person(&job, new(GOOD)).await.unwrap();
    }
}

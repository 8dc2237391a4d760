//! Wordings of documents: written in forms, checked, put in force by a second person; and documents in bulk.

use std::sync::Arc;

use copihue_core::{Hat, Run};
use copihue_web::testing::{TestClient, web};
use copihue_web::{HatSource, NewSession, Web};

use crate::world::{World, each_engine};

struct Hats(copihue_directory::Directory);

impl HatSource for Hats {
    fn hats(&self, run: Run) -> Vec<Hat> {
        self.0.hats(run)
    }
}

pub(crate) const REJECTION: &str = "/gestion/plantillas/permiso-circulacion/rechazo";

pub(crate) fn site(w: &World) -> Web {
    web(w.db.clone(), w.clock.clone(), Arc::new(Hats(w.directory.clone())))
}

pub(crate) fn session(w: &World, run: u32, name: &str) -> NewSession {
    let actor = w.at_work(run, name);
    NewSession { person: actor.person().unwrap().clone(), acr: actor.acr, amr: vec!["pwd".into()], sid: None }
}

#[tokio::test]
async fn sig_13_a_wording_is_written_in_forms_checked_and_put_in_force_by_a_second_person() {
    each_engine(async |w: World| {
        let site = site(&w);
        let router = site.router(vec![w.procedures.routes()]);
        let (mut marta, mut luis) = (TestClient::new(&router), TestClient::new(&router));
        marta.log_in(&site, session(&w, 10_000_006, "Marta Ríos")).await;
        luis.log_in(&site, session(&w, 10_000_007, "Luis Pino")).await;
        let list = marta.get("/gestion/plantillas").await.expect(200);
        assert!(list.says("Texto original del trámite"), "{}", list.text());
        let page = marta.get(REJECTION).await.expect(200);
        let draft = marta.submit(&page, REJECTION, &[]).await.expect(200);
        let one = format!("{REJECTION}/1");
        assert_eq!(draft.path, one);
        assert!(draft.says("Considerando") && draft.says("Vista previa"), "{}", draft.text());

        // Without the operative part, the draft says what the law demands, and can't be proposed.
        let without = marta.submit(&draft, &one, &[("accion", "quitar-3")]).await.expect(200);
        assert!(without.says("Falta la parte «Resuelvo»: la ley la exige"), "{}", without.text());
        let refused = marta.submit(&without, &one, &[("accion", "enviar")]).await.expect(422);
        assert!(refused.says("Corrija lo que se indica"), "{}", refused.text());
        let block = marta.submit(&without, &one, &[("accion", "poner-resuelvo")]).await.expect(200);
        assert_eq!(block.path, format!("{one}/bloques/3"), "where the law's order puts it");
        let wrong =
            marta.submit(&block, &block.path, &[("punto-0", "Se rechaza {sin cerrar")]).await.expect(422);
        assert!(wrong.says("llave sin pareja"), "{}", wrong.text());
        let unknown =
            marta.submit(&wrong, &block.path, &[("punto-0", "Se rechaza a {nadie}.")]).await.expect(200);
        assert!(unknown.says("No existe un dato llamado «nadie»"), "{}", unknown.text());
        let back = marta.submit(&unknown, &one, &[("accion", "deshacer")]).await.expect(200);
        assert!(!back.says("nadie"), "{}", back.text());
        let block = marta.get(&format!("{one}/bloques/3")).await.expect(200);
        let answer = [("punto-0", "Recházase la solicitud de {solicitante}."), ("punto-1", "Notifíquese.")];
        let done = marta.submit(&block, &block.path, &answer).await.expect(200);
        assert!(done.says("El texto está completo"), "{}", done.text());

        // A change on an old page is refused and says so.
        let late = marta.submit(&draft, &one, &[("accion", "subir-1")]).await.expect(422);
        assert!(late.says("Alguien cambió el borrador"), "{}", late.text());

        let picture = marta.get(&format!("{one}/pagina/1")).await.expect(200);
        assert!(picture.text().starts_with("<svg"));
        let pdf = marta.get(&format!("{one}/vista.pdf")).await.expect(200);
        assert!(pdf.text().starts_with("%PDF"));

        marta.submit(&done, &one, &[("accion", "enviar")]).await.expect(200);
        let mine = marta.get(&one).await.expect(200);
        assert!(mine.says("Otra persona con el rol de redactor debe aprobarlo"), "{}", mine.text());
        let forged = marta.submit(&mine, &one, &[("accion", "aprobar")]).await.expect(422);
        assert!(forged.says("Usted escribió parte de este texto"), "four eyes: {}", forged.text());
        let waiting = luis.get(&one).await.expect(200);
        let nothing = luis.submit(&waiting, &one, &[("accion", "rechazar")]).await.expect(422);
        let given_back = [("accion", "rechazar"), ("motivo", "Falta el plazo.")];
        luis.submit(&nothing, &one, &given_back).await.expect(200);
        let again = marta.get(&one).await.expect(200);
        assert!(again.says("Falta el plazo."), "{}", again.text());
        marta.submit(&again, &one, &[("accion", "enviar")]).await.expect(200);
        let waiting = luis.get(&one).await.expect(200);
        let versions = luis.submit(&waiting, &one, &[("accion", "aprobar")]).await.expect(200);
        assert!(versions.says("Vigente") && versions.says("Luis Pino"), "{}", versions.text());

        // From here on another draft begins with it, and one from the original can be written too.
        let second = luis.submit(&versions, REJECTION, &[]).await.expect(200);
        assert!(second.path.ends_with("/2") && second.says("Recházase la solicitud"), "{}", second.text());
        luis.submit(&second, &format!("{REJECTION}/2"), &[("accion", "descartar")]).await.expect(200);
        let third = luis.post_raw(REJECTION, &[("desde", "0")]).await;
        assert_eq!(third.location(), Some(format!("{REJECTION}/3").as_str()));
        let original = luis.get(&format!("{REJECTION}/3")).await.expect(200);
        assert!(!original.says("Recházase la solicitud"), "{}", original.text());
    })
    .await;
}

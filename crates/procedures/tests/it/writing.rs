//! Two people at one draft: nobody decides on, or writes over, what they have not seen.

use copihue_web::testing::{Reply, TestClient};

use crate::template::{REJECTION, session, site};
use crate::world::{World, each_engine};

/// Marta and Luis at work, with a draft that Marta began.
struct Desk {
    marta: TestClient,
    luis: TestClient,
    draft: Reply,
}

const ONE: &str = "/gestion/plantillas/permiso-circulacion/rechazo/1";

impl Desk {
    async fn of(w: &World) -> Self {
        let site = site(w);
        let router = site.router(vec![w.procedures.routes()]);
        let (mut marta, mut luis) = (TestClient::new(&router), TestClient::new(&router));
        marta.log_in(&site, session(w, 10_000_006, "Marta Ríos")).await;
        luis.log_in(&site, session(w, 10_000_007, "Luis Pino")).await;
        let page = marta.get(REJECTION).await.expect(200);
        let draft = marta.submit(&page, REJECTION, &[]).await.expect(200);
        Self { marta, luis, draft }
    }

    /// A new paragraph, and its form.
    async fn paragraph(&mut self, fields: &[(&str, &str)]) -> (String, Reply) {
        self.block("parrafo", fields).await
    }

    async fn block(&mut self, kind: &str, fields: &[(&str, &str)]) -> (String, Reply) {
        let draft = self.marta.get(ONE).await.expect(200);
        let added = [("tipo", kind), ("accion", "agregar")];
        let form = self.marta.submit(&draft, ONE, &added).await.expect(200);
        let path = form.path.clone();
        self.marta.submit(&form, &path, fields).await.expect(200);
        let form = self.marta.get(&path).await.expect(200);
        (path, form)
    }
}

#[tokio::test]
async fn sig_13_who_decides_on_an_old_page_decides_nothing() {
    each_engine(async |w: World| {
        let Desk { mut marta, mut luis, draft } = Desk::of(&w).await;
        marta.submit(&draft, ONE, &[("accion", "enviar")]).await.expect(200);
        let old = [luis.get(ONE).await, luis.get(ONE).await];
        let [mine, other] = [marta.get(ONE).await, marta.get(ONE).await];
        let draft = marta.submit(&mine, ONE, &[("accion", "retirar")]).await.expect(200);
        let again = marta.submit(&draft, ONE, &[("accion", "subir-1")]).await.expect(200);
        marta.submit(&again, ONE, &[("accion", "enviar")]).await.expect(200);
        for (old, verdict) in old.iter().zip(["aprobar", "rechazar"]) {
            let decision = [("accion", verdict), ("motivo", "No")];
            let refused = luis.submit(old, ONE, &decision).await.expect(422);
            assert!(refused.says("El texto cambió mientras tanto"), "{}", refused.text());
        }
        let forged = luis.post_raw(ONE, &[("accion", "aprobar")]).await;
        assert_eq!(forged.status, 422, "without what was read, nothing is decided");
        let stale = marta.submit(&other, ONE, &[("accion", "retirar")]).await.expect(422);
        assert!(stale.says("El texto cambió mientras tanto"), "{}", stale.text());
        let now = luis.get(ONE).await.expect(200);
        let done = luis.submit(&now, ONE, &[("accion", "aprobar")]).await.expect(200);
        assert!(done.says("Vigente"), "{}", done.text());
    })
    .await;
}

#[tokio::test]
async fn an_undone_change_makes_an_old_page_no_younger() {
    each_engine(async |w: World| {
        let Desk { mut marta, mut luis, draft: old } = Desk::of(&w).await;
        let draft = luis.get(ONE).await.expect(200);
        let changed = luis.submit(&draft, ONE, &[("accion", "quitar-1")]).await.expect(200);
        luis.submit(&changed, ONE, &[("accion", "deshacer")]).await.expect(200);
        for action in ["subir-1", "descartar", "enviar"] {
            let late = marta.submit(&old, ONE, &[("accion", action)]).await.expect(422);
            assert!(late.says("Alguien cambió el borrador"), "{action}: {}", late.text());
        }
        // «Retirar» is for what waits for a decision: a draft is not thrown away by it.
        let now = marta.get(ONE).await.expect(200);
        let refused = marta.submit(&now, ONE, &[("accion", "retirar")]).await.expect(422);
        assert!(refused.says("no espera una decisión"), "{}", refused.text());
    })
    .await;
}

#[tokio::test]
async fn sig_13_who_approves_reads_what_no_example_shows() {
    each_engine(async |w: World| {
        let mut desk = Desk::of(&w).await;
        let hidden = [("texto", "Texto para quien no tiene nombre."), ("cuando", "!solicitante")];
        desk.paragraph(&hidden).await;
        let Desk { mut marta, mut luis, .. } = desk;
        let sample = marta.get(&format!("{ONE}/ejemplo")).await.expect(200);
        let without = [("vacios", "solicitante")];
        let draft = marta.submit(&sample, &format!("{ONE}/ejemplo"), &without).await.expect(200);
        assert!(draft.says("Solo si no hay «solicitante»"), "{}", draft.text());
        let sample = marta.get(&format!("{ONE}/ejemplo")).await.expect(200);
        assert!(sample.text().contains("checked"), "{}", sample.text());
        marta.submit(&draft, ONE, &[("accion", "enviar")]).await.expect(200);
        let waiting = luis.get(ONE).await.expect(200);
        for what in ["Texto para quien no tiene nombre.", "Solo si no hay «solicitante»", "Resuelvo"] {
            assert!(waiting.says(what), "{what}: {}", waiting.text());
        }
    })
    .await;
}

#[tokio::test]
async fn a_block_that_somebody_else_touched_is_not_written_over_unseen() {
    each_engine(async |w: World| {
        let mut desk = Desk::of(&w).await;
        let (path, form) = desk.paragraph(&[("texto", "Primero.")]).await;
        let at: usize = path.rsplit('/').next().unwrap().parse().unwrap();

        // The draft changed, the block only moved: what was typed is saved where the block is now.
        let draft = desk.luis.get(ONE).await.expect(200);
        desk.luis.submit(&draft, ONE, &[("accion", &format!("subir-{at}"))]).await.expect(200);
        let moved = format!("{ONE}/bloques/{}", at - 1);
        let page = desk.marta.submit(&form, &path, &[("texto", "Primero de Marta.")]).await.expect(422);
        assert!(page.says("Esta parte no cambió") && page.says("Primero de Marta."), "{}", page.text());
        let saved = desk.marta.submit(&page, &moved, &[]).await.expect(200);
        assert!(saved.says("Primero de Marta."), "{}", saved.text());

        // Luis writes the same block: both texts are on the page, and Marta says what becomes of hers.
        let [mine, theirs] = [desk.marta.get(&moved).await, desk.luis.get(&moved).await];
        desk.luis.submit(&theirs, &moved, &[("texto", "De Luis.")]).await.expect(200);
        let page = desk.marta.submit(&mine, &moved, &[("texto", "De Marta.")]).await.expect(422);
        for what in ["Esto es lo que hay ahora", "De Luis.", "De Marta.", "Reemplazar lo que hay ahora"] {
            assert!(page.says(what), "{what}: {}", page.text());
        }
        let both = desk.marta.submit(&page, &moved, &[("nueva", "1")]).await.expect(200);
        assert!(both.says("De Luis.") && both.says("De Marta."), "{}", both.text());

        // Luis removes one: what Marta typed is not lost.
        let (path, mine) = desk.block("titulo", &[("texto", "Título.")]).await;
        let draft = desk.luis.get(ONE).await.expect(200);
        let gone = format!("quitar-{}", path.rsplit('/').next().unwrap());
        desk.luis.submit(&draft, ONE, &[("accion", &gone)]).await.expect(200);
        let page = desk.marta.submit(&mine, &path, &[("texto", "Se queda.")]).await.expect(422);
        assert!(page.says("ya no está en el borrador") && page.says("Se queda."), "{}", page.text());
        let back = desk.marta.submit(&page, &path, &[("nueva", "1")]).await.expect(200);
        assert!(back.says("Se queda."), "{}", back.text());
    })
    .await;
}

#[tokio::test]
async fn a_condition_on_a_name_below_another_stays_when_its_block_is_saved() {
    each_engine(async |w: World| {
        let mut desk = Desk::of(&w).await;
        let (path, form) = desk.paragraph(&[("texto", "Uno."), ("cuando", "!titular.empresa")]).await;
        desk.marta.submit(&form, &path, &[("texto", "Dos.")]).await.expect(200);
        let form = desk.marta.get(&path).await.expect(200);
        assert!(form.says("Solo si no hay «titular.empresa»"), "{}", form.text());
        let kept = form.form(&path).unwrap().into_iter().find(|(name, _)| name == "cuando").unwrap();
        assert_eq!(kept.1, "!titular.empresa");
        let wrong = desk.marta.submit(&form, &path, &[("cuando", "no es nada")]).await.expect(422);
        assert!(wrong.says("Esta condición no se entiende"), "{}", wrong.text());
    })
    .await;
}

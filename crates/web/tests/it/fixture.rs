//! A small service with one route of each kind.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use copihue_core::{Acr, Bucket, Error, Hat, Id, ManualClock, PersonRef, Run, SeededRandom, Timestamp};
use copihue_db::Db;
use copihue_web::components::{button, file_upload, run_input, text_input};
use copihue_web::testing::TestClient;
use copihue_web::{
    Access, Cx, Failure, Fields, FileKind, FormData, FormState, HatSource, JsonBody, NewSession, Page,
    Routes, Web, WebConfig, html, see_other,
};

/// Hats that a test gives and takes away.
#[derive(Clone, Default)]
pub(crate) struct Hats(pub(crate) Arc<Mutex<Vec<(Run, Hat)>>>);

impl HatSource for Hats {
    fn hats(&self, run: Run) -> Vec<Hat> {
        self.0.lock().unwrap().iter().filter(|(r, _)| *r == run).map(|(_, h)| h.clone()).collect()
    }
}

#[derive(Clone)]
struct App {
    db: Db,
    sent: Arc<AtomicUsize>,
}

/// Everything a test needs.
pub(crate) struct Site {
    pub(crate) web: Web,
    pub(crate) router: Router,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) hats: Hats,
    sent: Arc<AtomicUsize>,
    db: Db,
}

impl Site {
    pub(crate) fn web_db(&self) -> Db {
        self.db.clone()
    }

    pub(crate) fn new(db: Db) -> Self {
        Self::with(db, |_| {})
    }

    pub(crate) fn with(db: Db, change: impl FnOnce(&mut WebConfig)) -> Self {
        let clock = Arc::new(ManualClock::at("2026-12-07T12:00:00Z"));
        let hats = Hats::default();
        let mut config = copihue_web::testing::config();
        change(&mut config);
        let random = Arc::new(SeededRandom::new(7));
        let web = Web::new(db.clone(), config, clock.clone(), random, Arc::new(hats.clone()));
        let app = App { db: db.clone(), sent: Arc::default() };
        let sent = app.sent.clone();
        let router = web.router(vec![routes(app)]);
        Self { web, router, clock, hats, sent, db }
    }

    pub(crate) fn visitor(&self) -> TestClient {
        TestClient::new(&self.router)
    }

    pub(crate) async fn logged_in(&self, run: u32) -> TestClient {
        let mut client = self.visitor();
        client.log_in(&self.web, login(run)).await;
        client
    }

    /// How many forms arrived and were accepted.
    pub(crate) fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    pub(crate) fn give_hat(&self, run: u32, institution: &str, role: &str) {
        let hat = Hat {
            institution: institution.to_owned(),
            official: Id::from_bytes([run as u8; 16]),
            unit: "TRANSITO".to_owned(),
            post: format!("Cargo en {institution}"),
            roles: vec![role.to_owned()],
        };
        self.hats.0.lock().unwrap().push((Run::from_number(run).unwrap(), hat));
    }
}

/// One site on each engine.
pub(crate) async fn each<F: Future<Output = ()>>(body: impl Fn(Site) -> F) {
    for test in copihue_db::testing::engines() {
        test.migrate(&[copihue_web::MIGRATIONS]).unwrap();
        body(Site::new(test.db())).await;
    }
}

/// A site on SQLite alone, for what does not touch the database.
pub(crate) fn one(change: impl FnOnce(&mut WebConfig)) -> (copihue_db::testing::TestDb, Site) {
    let test = copihue_db::testing::engines().remove(0);
    test.migrate(&[copihue_web::MIGRATIONS]).unwrap();
    let site = Site::with(test.db(), change);
    (test, site)
}

pub(crate) fn login(run: u32) -> NewSession {
    let at = Timestamp::from_millis(1_700_000_000_000);
    let id = Id::new(at, Bucket::new((run % 4096) as u16), &SeededRandom::new(u64::from(run)));
    let person = PersonRef { id, run: Run::from_number(run).unwrap(), name: format!("Persona {run}") };
    NewSession { person, acr: Acr::Low, amr: vec!["pwd".to_owned()], sid: Some("s1".to_owned()) }
}

fn routes(app: App) -> copihue_web::RouteSet {
    Routes::new(app)
        .service("muestra")
        .get("/", Access::Public, home)
        .get("/formulario", Access::Person, form)
        .post("/formulario", Access::Person, send)
        .get("/gracias", Access::Public, thanks)
        .get("/abierto", Access::Public, open)
        .post("/abierto", Access::Public, send)
        .post_files("/archivo", Access::Person, 3_000_000, file)
        .get("/archivo", Access::Person, form)
        .get("/oficina", Access::Official, acting)
        .get("/jefatura", Access::Role("jefatura"), acting)
        .get("/yo", Access::Person, acting)
        .get("/api/cosas", Access::Person, acting)
        .post("/api/cosas", Access::Person, json)
        .get("/panico", Access::Public, panics)
        .get("/lento", Access::Public, slow)
        .get("/caido", Access::Public, down)
        .post("/olvidadizo", Access::Person, forgetful)
        .get("/contrato", Access::Contract, contract)
        .post("/contrato", Access::Contract, contract)
        .get("/cosa/{n}", Access::Public, thing)
        .get("/ajeno", Access::Person, foreign)
        .get("/eco", Access::Public, echo)
        .post("/cosa/{n}/hacer", Access::Public, done)
        .post("/salir", Access::Public, leave)
        .post("/otra-vez", Access::Public, again)
        .finish()
}

async fn home(cx: Cx) -> Response {
    cx.public_page(Page::new("Inicio"), html! { p { "Hola " (cx.now()) } })
}

async fn form(cx: Cx) -> Response {
    show(&cx, &cx.form_state())
}

fn show(cx: &Cx, state: &FormState) -> Response {
    let fields = html! {
        (run_input("run", "RUN").state(state))
        (text_input("nombre", "Nombre").state(state))
        (file_upload("adjunto", "Adjunto").optional().state(state))
        (button("Continuar"))
    };
    cx.page(Page::new("Formulario").form(state), cx.form("/formulario", fields))
}

async fn send(State(app): State<App>, cx: Cx, form: FormData) -> Result<Response, Failure> {
    let mut f = Fields::new(&form);
    let (run, name) = (f.run("run"), f.ask("Ingrese su nombre").text("nombre", 1..=80));
    if let Err(state) = f.done((run, name)) {
        return Ok(show(&cx, &state));
    }
    app.sent.fetch_add(1, Ordering::SeqCst);
    Ok(see_other("/gracias"))
}

async fn thanks(cx: Cx) -> Response {
    cx.page(Page::new("Gracias"), html! {})
}

async fn open(cx: Cx) -> Response {
    cx.page(Page::new("Abierto"), cx.form("/abierto", html! { (button("Enviar")) }))
}

async fn file(cx: Cx, form: FormData) -> Result<Response, Failure> {
    let mut f = Fields::new(&form);
    let file = f.file("adjunto", FileKind::COMMON);
    match f.done(file) {
        Err(state) => Ok(show(&cx, &state)),
        Ok(file) => {
            let bytes = file.bytes().await?;
            assert_eq!(bytes.len() as u64, file.size);
            assert_eq!(copihue_core::json::sha256(&bytes), file.sha256);
            let place = if file.path().is_some() { "disco" } else { "memoria" };
            let body = html! { p { (file.name) " " (file.media_type()) " " (file.size) " " (place) } };
            Ok(cx.page(Page::new("Recibido"), body))
        }
    }
}

async fn acting(cx: Cx) -> Result<Response, Failure> {
    let actor = cx.require_actor()?;
    let hat = actor.hat.as_ref().map_or("ninguno", |h| h.institution.as_str());
    Ok(cx.page(Page::new("Quién"), html! { p { "cargo=" (hat) } }))
}

async fn json(JsonBody(value): JsonBody<serde_json::Value>) -> Response {
    axum::Json(value).into_response()
}

async fn panics() -> Response {
    panic!("secreto interno")
}

async fn slow() -> Response {
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    ().into_response()
}

async fn down() -> Result<Response, Failure> {
    Err(Error::unavailable("tabla web_session perdida").into())
}

async fn forgetful() -> Response {
    see_other("/gracias")
}

async fn contract(cx: Cx) -> Result<Response, Failure> {
    if cx.query("falla").is_some() {
        return Err(Error::invalid("dato_malo", "El dato no sirve.").field("/dato", "Envíe un dato.").into());
    }
    let seen = if cx.session().is_some() { "con sesión" } else { "sin sesión" };
    Ok(([("access-control-allow-origin", "*")], seen).into_response())
}

async fn thing(cx: Cx, Path(n): Path<u32>) -> Response {
    cx.page(Page::new("Cosa"), html! { p { (n) } a href=(cx.log_in_again()) { "Ingresar de nuevo" } })
}

async fn done(cx: Cx, n: Path<u32>, _: FormData) -> Response {
    thing(cx, n).await
}

async fn foreign(cx: Cx) -> Result<Response, Failure> {
    cx.hide("caso", "X1", Err::<(), _>(Error::forbidden("Es de otra persona.")))?;
    Ok(().into_response())
}

async fn leave(State(app): State<App>, cx: Cx, _: FormData) -> Result<Response, Failure> {
    if let Some(session) = cx.session().cloned() {
        let sessions = cx.web().sessions().clone();
        app.db.write(move |tx| sessions.end(tx, &session)).await?;
    }
    Ok(cx.logged_out("/gracias"))
}

/// A login of now, whoever is logged in.
async fn again(State(app): State<App>, cx: Cx, form: FormData) -> Result<Response, Failure> {
    let (sessions, before, now) = (cx.web().sessions().clone(), cx.session().cloned(), cx.now());
    let new = login(form.value("quien").and_then(|run| run.parse().ok()).unwrap_or(1));
    let start = move |tx: &mut copihue_db::Tx<'_>| sessions.start(tx, &new, Some(now), before.as_deref());
    Ok(cx.logged_in(app.db.write(start).await?, "/yo"))
}

async fn echo(cx: Cx) -> Response {
    let text = cx.query("x").unwrap_or_default();
    let state = FormState::new().set("nombre", text.clone()).with_error("nombre", text.clone());
    let body = html! { p { (text) } (text_input("nombre", text.clone()).state(&state)) };
    cx.page(Page::new(text.clone()).caption(text.clone()).crumb(text, "/").status(http::StatusCode::OK), body)
}

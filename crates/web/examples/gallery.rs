//! Serves the shell and the gallery of components: `cargo run -p copihue-web --example gallery -- 8090`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for those who work on the pages")]

use std::sync::Arc;

use copihue_core::{Acr, Bucket, Hat, Id, PersonRef, Run, SystemClock, SystemRandom, Timestamp};
use copihue_db::{Db, Options};
use copihue_web::{
    Access, Cx, HatSource, NewSession, Page, Rates, Routes, Timeouts, Web, WebConfig, components, html,
};

struct TwoHats;

impl HatSource for TwoHats {
    fn hats(&self, _: Run) -> Vec<Hat> {
        let hat = |post: &str, n| Hat {
            institution: "PE-MUN-00345".into(),
            official: Id::from_bytes([n; 16]),
            unit: "TRANSITO".into(),
            post: post.into(),
            roles: vec!["revisor".into()],
        };
        vec![hat("Jefa de Tránsito", 1), hat("Encargada de Permisos de Circulación", 2)]
    }
}

async fn home(cx: Cx) -> axum::response::Response {
    let body = html! {
        div.hero {
            h1 { "Trámites de su municipalidad" }
            p.lead { "Sin papeles, sin filas y sin pedirle lo que el Estado ya sabe." }
            (components::search_input("/tramites", "¿Qué necesita hacer?", ""))
        }
        h2 { "Lo más pedido" }
        ul.cards {
            li.card { h3 { a href="/gestion/componentes" { "Permiso de circulación" } } p { "Pague el permiso anual de su vehículo." } }
            li.card { h3 { a href="/gestion/componentes" { "Certificado de residencia" } } p { "Para acreditar dónde vive." } }
            li.card { h3 { a href="/gestion/componentes" { "Patente comercial" } } p { "Para abrir o renovar un negocio." } }
        }
    };
    cx.public_page(Page::new("Inicio").own_heading().own_search().wide(), body)
}

async fn login(cx: Cx) -> Result<axum::response::Response, copihue_web::Failure> {
    let now = copihue_core::Clock::now(&SystemClock::default());
    let person = PersonRef {
        id: Id::new(now, Bucket::new(7), &SystemRandom),
        run: Run::from_number(44_444_444).unwrap(),
        name: "Ana Rojas Díaz".into(),
    };
    let (sessions, new) = (
        cx.web().sessions().clone(),
        NewSession { person, acr: Acr::Low, amr: vec!["pwd".into()], sid: None },
    );
    let db = DB.get().unwrap();
    let cookie = db.write(move |tx| sessions.start(tx, &new, None, None)).await?;
    Ok(cx.logged_in(cookie, "/gestion/componentes"))
}

static DB: std::sync::OnceLock<Db> = std::sync::OnceLock::new();

#[tokio::main]
async fn main() {
    let port = std::env::args().nth(1).unwrap_or("8090".into());
    let file =
        std::env::temp_dir().join(format!("copihue-gallery-{port}-{}.sqlite", Timestamp::default().millis()));
    let db = Db::open(&format!("sqlite:{}", file.display()), Options::default()).unwrap();
    db.migrate(&[copihue_web::MIGRATIONS]).unwrap();
    let _ = DB.set(db.clone());
    let base = format!("http://127.0.0.1:{port}");
    let mut config = WebConfig::new(&base, "Municipalidad de Puente Alto", [9; 32]);
    config.development = true;
    config.rates = Rates::generous();
    config.environment_banner = Some("Sitio de demostración: los datos son inventados.".into());
    let web =
        Web::new(db, config, Arc::new(SystemClock::default()), Arc::new(SystemRandom), Arc::new(TwoHats));
    let routes =
        Routes::new(()).get("/", Access::Public, home).get("/ingresar", Access::Public, login).finish();
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.unwrap();
    println!("{base}/gestion/componentes");
    copihue_web::serve(listener, web.router(vec![routes]), Timeouts::default(), std::future::pending())
        .await
        .unwrap();
}

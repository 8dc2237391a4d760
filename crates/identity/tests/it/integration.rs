//! Applications of institutions on their way to production (§3.8; DS 9/2023 arts. 10 and 11), on both engines.

use copihue_core::{Acr, Run};
use copihue_db::jobs::Worker;
use copihue_identity::*;
use copihue_web::NewSession;
use copihue_web::testing::{Reply, TestClient};

use crate::world::*;

const HERE: &str = "/gestion/integraciones";
const REVIEW: &str = "/gestion/revision-integraciones";
/// Who connects for two bodies, and who reviews.
const OURS: u32 = 12_000_001;
const OTHERS: u32 = 12_000_002;
const REVIEWS: u32 = 12_000_003;
/// Who does both, which the directory lets nobody do in one body.
const BOTH: u32 = 12_000_004;
const DAY: i64 = 86_400_000;

struct Desks;

impl copihue_web::HatSource for Desks {
    fn hats(&self, run: Run) -> Vec<copihue_core::Hat> {
        let (institution, roles, post) = match run.number() {
            OURS => ("PE-MUN-00301", vec![INTEGRATOR], "Encargada de informática"),
            OTHERS => ("PE-SER-00001", vec![INTEGRATOR], "Desarrollador"),
            REVIEWS => ("PE-SER-00001", vec![REVIEWER], "Analista de integraciones"),
            BOTH => ("PE-MUN-00301", vec![INTEGRATOR, REVIEWER], "Encargado de todo"),
            _ => return Vec::new(),
        };
        vec![copihue_core::Hat {
            institution: institution.into(),
            official: copihue_core::Id::new(
                copihue_core::Timestamp::from_millis(1),
                copihue_core::Bucket::new(1),
                &copihue_core::SeededRandom::new(run.number().into()),
            ),
            unit: "INFORMATICA".into(),
            post: post.into(),
            roles: roles.into_iter().map(str::to_owned).collect(),
        }]
    }
}

async fn desks() -> Vec<World> {
    let mut all = Vec::new();
    for db in copihue_db::testing::engines() {
        all.push(World::with_hats(db, std::sync::Arc::new(Desks)).await);
    }
    all
}

async fn official(w: &World, number: u32, acr: Acr) -> TestClient {
    let new = NewPerson {
        run: Run::from_number(number).unwrap(),
        names: vec!["Olga".into()],
        surnames: vec!["Oficial".into()],
        email: None,
        password: None,
        kind: PersonKind::Test,
        proofing: Proofing::P1,
    };
    let person = w.identity.register_person(new).await.unwrap();
    let mut c = w.visitor();
    c.log_in(&w.web, NewSession { person: person.reference(), acr, amr: vec!["pwd".into()], sid: None })
        .await;
    c
}

/// A request that nothing is wrong with.
fn request() -> Vec<(&'static str, &'static str)> {
    vec![
        ("nombre", "Permisos en línea, Municipalidad"),
        ("descripcion", "Las personas piden y pagan permisos municipales."),
        ("publico", "publico"),
        ("sitio", "https://permisos.ejemplo.cl"),
        ("perfil", "compat"),
        ("datos", "run"),
        ("norma", "Ley 21.180, artículo 1; ordenanza municipal 12"),
        ("segundo", "no"),
        ("representa", "no"),
        ("punta", "500"),
        ("desarrollo-volver", "http://localhost:8000/volver"),
        ("pruebas-volver", "https://pruebas.ejemplo.cl/volver"),
        ("pruebas-salir", "https://pruebas.ejemplo.cl/salida"),
        ("produccion-volver", "https://permisos.ejemplo.cl/volver"),
        ("administrativo", "Carolina Fuentes"),
        ("administrativo-correo", "cfuentes@ejemplo.cl"),
        ("tecnico", "Pedro Soto"),
        ("tecnico-correo", "pedro@proveedor.cl"),
        ("terminos", "2025-09"),
        ("aceptados-dia", "18"),
        ("aceptados-mes", "11"),
        ("aceptados-ano", "2026"),
        ("jefatura", "si"),
    ]
}

/// Writes and sends a request; answers the integration's page.
async fn sent(c: &mut TestClient) -> (String, Reply) {
    let form = c.get(&format!("{HERE}/nueva")).await.expect(200);
    let page = c.submit(&form, &format!("{HERE}/nueva"), &request()).await.expect(200);
    assert!(page.says("Borrador") && page.says("Permisos en línea, Municipalidad"));
    let here = page.path.clone();
    let page = c.submit(&page, &format!("{here}/paso"), &[]).await.expect(200);
    assert!(page.says("Solicitada"), "{}", page.text());
    (here, page)
}

/// The same integration at the operator's desk.
fn review(here: &str) -> String {
    here.replace(HERE, REVIEW)
}

async fn step(c: &mut TestClient, at: &str, step: &str, reason: &str) -> Reply {
    let page = c.get(at).await.expect(200);
    c.submit(&page, &format!("{at}/paso"), &[("paso", step), ("motivo", reason)]).await
}

/// What stands behind a word of the page, in `code`.
fn codes(page: &Reply) -> Vec<String> {
    page.text().split("<code>").skip(1).filter_map(|t| t.split("</code>").next()).map(str::to_owned).collect()
}

/// The `client_id`s of a page: they are hexadecimal.
fn client_ids(page: &Reply) -> Vec<String> {
    codes(page).into_iter().filter(|c| c.len() == 32 && c.bytes().all(|b| b.is_ascii_hexdigit())).collect()
}

async fn secret(c: &mut TestClient, here: &str, stage: &str) -> String {
    c.get(here).await.expect(200);
    let fields = [("etapa", stage), ("acto", "nuevo")];
    let page = c.post(&format!("{here}/secreto"), &fields).await.expect(200);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    codes(&page).pop().unwrap()
}

fn login(client: &str, redirect: &str, state: &str) -> String {
    authorize(&[("client_id", client), ("redirect_uri", redirect), ("state", state), ("scope", "openid run")])
}

/// A whole login with an application of the integration.
async fn used(w: &World, (client, secret): (&str, &str), redirect: &str, state: &str) -> u16 {
    let url = login(client, redirect, state);
    let code = w.code(&mut w.visitor(), &url).await;
    redeemed(w, (client, secret), redirect, &code).await.status.as_u16()
}

async fn redeemed(w: &World, (client, secret): (&str, &str), redirect: &str, code: &str) -> Reply {
    w.token(&[
        ("client_id", client),
        ("client_secret", secret),
        ("redirect_uri", redirect),
        ("grant_type", "authorization_code"),
        ("code", code),
    ])
    .await
}

const QA: &str = "https://pruebas.ejemplo.cl/volver";
const LIVE: &str = "https://permisos.ejemplo.cl/volver";

#[tokio::test(flavor = "multi_thread")]
async fn aut_05_a_request_works_at_once_in_tests_and_reaches_people_only_when_certified() {
    for w in desks().await {
        let mut c = official(&w, OURS, Acr::Substantial).await;
        let mut r = official(&w, REVIEWS, Acr::Substantial).await;
        let (here, page) = sent(&mut c).await;
        // Friday 20th: six business days end on Monday 30th, said to both sides.
        assert!(page.says("30 de noviembre") || page.says("30-11-2026"), "{}", page.text());
        let ids = client_ids(&page);
        assert_eq!(ids.len(), 2, "{ids:?}");
        let qa = (ids[1].as_str(), &*secret(&mut c, &here, "pruebas").await);
        assert_eq!(used(&w, qa, QA, &"s".repeat(20)).await, 200);

        // The operator asks for something: the term stands still until it is answered.
        let desk = review(&here);
        step(&mut r, &desk, "observar", "corto").await.expect(422);
        let page =
            step(&mut r, &desk, "observar", "Falta la norma que permite pedir el RUN.").await.expect(200);
        assert!(page.says("Plazo detenido"));
        let letters = w.mails.take();
        assert_eq!(letters.len(), 2);
        assert!(letters.iter().all(|l| l.text.contains("Falta la norma que permite pedir el RUN.")));
        w.clock.advance_millis(4 * DAY);
        let mut c = official(&w, OURS, Acr::Substantial).await;
        let mut r = official(&w, REVIEWS, Acr::Substantial).await;
        let page = step(&mut c, &here, "responder", "La norma está en el artículo 1.").await.expect(200);
        assert!(page.says("Solicitada") && !page.says("Plazo detenido"));

        let page = step(&mut r, &desk, "aprobar", "").await.expect(200);
        assert!(page.says("Aprobada"));
        let page = c.get(&here).await.expect(200);
        let live = client_ids(&page).pop().unwrap();
        assert_eq!(client_ids(&page).len(), 3);
        let refused = w.visitor().get_raw(&login(&live, LIVE, "abcdefgh")).await.expect(403);
        assert!(refused.says("no está habilitada"));

        // Production is asked for once everything is declared.
        let early = step(&mut c, &here, "pedir_certificacion", "No se ve todo por la red.").await;
        assert!(early.says("declare todo lo que falta"));
        for what in ["boton", "secreto", "sitio", "salida"] {
            let evidence = format!("evidencia-{what}");
            let fields = [("requisito", what), (evidence.as_str(), "https://pruebas.ejemplo.cl/inicio")];
            c.post(&format!("{here}/declarar"), &fields).await.expect(200);
        }
        let early = step(&mut c, &here, "pedir_certificacion", "").await.expect(422);
        assert!(early.says("Hay comprobaciones sin ver"));
        let why = "Ambos salen por la misma red de la institución.";
        step(&mut c, &here, "pedir_certificacion", why).await.expect(200);
        let page = step(&mut r, &desk, "certificar", "Visto en videollamada.").await.expect(200);
        assert!(page.says("login: visto") && page.says("Visto en videollamada."));
        w.visitor().get_raw(&login(&live, LIVE, "abcdefgh")).await.expect(403);
        let page = step(&mut c, &here, "abrir_produccion", "").await.expect(200);
        assert!(page.says("En producción"));
        w.visitor().get_raw(&login(&live, LIVE, "abcdefgh")).await.expect(200);
        // Test people don't enter there.
        let no = w.log_in(&mut w.visitor(), &login(&live, LIVE, "abcdefgh"), "44444444-4", "testing").await;
        assert!(no.location().is_none());

        // Everything stands in the log of the administration.
        let acts = w.db.read(|conn| {
            let rows = conn.query(copihue_db::sql!("SELECT act FROM identity_integration_event"), &[])?;
            Ok(rows.len())
        });
        assert!(acts.await.unwrap() >= 12);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aut_06_a_stop_and_an_end_rule_at_once_and_say_why() {
    for w in desks().await {
        let mut c = official(&w, OURS, Acr::Substantial).await;
        let mut r = official(&w, REVIEWS, Acr::Substantial).await;
        let (here, _) = sent(&mut c).await;
        let desk = review(&here);
        step(&mut r, &desk, "aprobar", "").await.expect(200);
        let page = c.get(&here).await.expect(200);
        let ids = client_ids(&page);
        let qa = (ids[1].as_str(), &*secret(&mut c, &here, "pruebas").await);
        let code = w.code(&mut w.visitor(), &login(qa.0, QA, "abcdefgh")).await;
        w.mails.take();
        step(&mut r, &desk, "revocar", "").await.expect(422);
        let why = "La institución automatizó credenciales de personas.";
        step(&mut r, &desk, "revocar", why).await.expect(200);
        assert!(w.mails.take().iter().all(|l| l.text.contains(why)));
        // What was given before is dead too, and nothing brings it back.
        assert_ne!(redeemed(&w, qa, QA, &code).await.status.as_u16(), 200);
        w.visitor().get_raw(&login(qa.0, QA, "abcdefgh")).await.expect(403);
        let page = c.get(&here).await.expect(200);
        assert!(page.says("Revocada") && page.says(why) && page.form(&format!("{here}/secreto")).is_none());
        c.post_raw(&format!("{here}/secreto"), &[("etapa", "pruebas"), ("acto", "nuevo")]).await.expect(409);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c07_a_secret_is_shown_once_and_two_overlap() {
    for w in desks().await {
        let mut c = official(&w, OURS, Acr::Low).await;
        let (here, page) = sent(&mut c).await;
        let qa = client_ids(&page)[1].clone();
        let works = async |secret: &str| used(&w, (&qa, secret), QA, "abcdefgh").await == 200;
        let first = secret(&mut c, &here, "pruebas").await;
        assert!(!c.get(&here).await.says(&first), "shown once");
        let second = secret(&mut c, &here, "pruebas").await;
        assert!(works(&first).await && works(&second).await);
        // Taken back: the first one stays, without an end.
        let act = format!("{here}/secreto");
        c.post(&act, &[("etapa", "pruebas"), ("acto", "deshacer")]).await.expect(200);
        assert!(works(&first).await && !works(&second).await);
        c.post_raw(&act, &[("etapa", "pruebas"), ("acto", "deshacer")]).await.expect(409);
        w.clock.advance_millis(40 * DAY);
        assert!(works(&first).await);
        let mut c = official(&w, OURS, Acr::Low).await;
        let third = secret(&mut c, &here, "pruebas").await;
        w.mails.take();
        let worker = w.identity.register(Worker::new(w.db.db(), w.clock.clone()));
        w.clock.advance_millis(24 * DAY);
        worker.run_due().await.unwrap();
        let reminders = w.mails.take();
        let told = reminders.iter().filter(|l| l.text.contains("deja de servir en siete días")).count();
        assert_eq!(told, 2, "{reminders:?}");
        let mut c = official(&w, OURS, Acr::Low).await;
        c.get(&here).await.expect(200);
        c.post(&act, &[("etapa", "pruebas"), ("acto", "terminar")]).await.expect(200);
        assert!(!works(&first).await && works(&third).await);
        // The secret of production is not given to a password alone.
        c.post_raw(&act, &[("etapa", "produccion"), ("acto", "nuevo")]).await.expect(403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aut_05_a_term_that_passes_stands_in_the_history_and_is_told_once() {
    for w in desks().await {
        let mut c = official(&w, OURS, Acr::Substantial).await;
        let (here, _) = sent(&mut c).await;
        let worker = w.identity.register(Worker::new(w.db.db(), w.clock.clone()));
        w.clock.advance_millis(9 * DAY);
        worker.run_due().await.unwrap();
        assert!(w.mails.take().is_empty(), "the last day is not over");
        w.clock.advance_millis(2 * DAY);
        for _ in 0..2 {
            worker.run_due().await.unwrap();
        }
        assert_eq!(w.mails.take().len(), 2);
        let mut r = official(&w, REVIEWS, Acr::Substantial).await;
        assert!(r.get(REVIEW).await.expect(200).says("Plazo vencido"));
        let mut c = official(&w, OURS, Acr::Low).await;
        assert!(c.get(&here).await.says("Venció el plazo para responder"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c06_what_is_wrong_with_a_request_is_said_beside_each_field() {
    let w = desks().await.remove(0);
    let mut c = official(&w, OURS, Acr::Low).await;
    let form = c.get(&format!("{HERE}/nueva")).await.expect(200);
    let mut fields = request();
    for (name, value) in [
        ("pruebas-volver", "http://pruebas.ejemplo.cl/volver"),
        ("produccion-volver", "https://permisos.ejemplo.com/volver?a=1"),
        ("administrativo-correo", "contacto@ejemplo.cl"),
        ("aceptados-ano", "2027"),
        ("jefatura", ""),
    ] {
        fields.retain(|(n, _)| *n != name);
        fields.push((name, value));
    }
    let page = c.submit(&form, &format!("{HERE}/nueva"), &fields).await.expect(422);
    for text in ["comience con https://", "sin «?» ni «#»", "no una casilla compartida", "todavía no llega"]
    {
        assert!(page.says(text), "{text}:\n{}", page.text());
    }
    assert!(page.text().contains("http://pruebas.ejemplo.cl/volver"), "what was typed is there");
    assert!(c.get(HERE).await.says("todavía no conecta ninguna"));
}

#[tokio::test(flavor = "multi_thread")]
async fn aut_05_another_body_sees_nothing_and_who_decides_decides_on_what_they_saw() {
    for w in desks().await {
        let mut c = official(&w, OURS, Acr::Substantial).await;
        let (here, stale) = sent(&mut c).await;
        let mut other = official(&w, OTHERS, Acr::Substantial).await;
        other.get(&here).await.expect(404);
        other
            .post_raw(&format!("{here}/secreto"), &[("etapa", "pruebas"), ("acto", "nuevo")])
            .await
            .expect(404);
        other.post_raw(&format!("{here}/paso"), &[("paso", "retirar"), ("version", "1")]).await.expect(404);
        other.get(&review(&here)).await.expect(403);
        c.get(&review(&here)).await.expect(403);
        official(&w, REVIEWS, Acr::Low).await.get(REVIEW).await.expect(403);
        // Sent by mistake: taken back, and the tests stop; sent again, they go on.
        let ids = client_ids(&stale);
        let mut r = official(&w, REVIEWS, Acr::Substantial).await;
        let seen = r.get(&review(&here)).await.expect(200);
        let page = step(&mut c, &here, "retirar", "").await.expect(200);
        assert!(page.says("Borrador"));
        w.visitor().get_raw(&login(&ids[1], QA, "abcdefgh")).await.expect(403);
        r.get(&review(&here)).await.expect(404);
        step(&mut c, &here, "enviar", "").await.expect(200);
        w.visitor().get_raw(&login(&ids[1], QA, "abcdefgh")).await.expect(200);
        let action = format!("{}/paso", review(&here));
        let late = r.submit(&seen, &action, &[("paso", "aprobar"), ("motivo", "")]).await.expect(422);
        assert!(late.says("cambió mientras la miraba"));
        // No step of the other side, and none that the state does not allow.
        c.post_raw(&format!("{here}/paso"), &[("paso", "aprobar"), ("version", "3")]).await.expect(422);
        step(&mut r, &review(&here), "reanudar", "").await.expect(422);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aut_05_addresses_change_at_once_in_tests_and_by_decision_in_production() {
    for w in desks().await {
        let mut c = official(&w, OURS, Acr::Substantial).await;
        let mut r = official(&w, REVIEWS, Acr::Substantial).await;
        let (here, _) = sent(&mut c).await;
        let desk = review(&here);
        step(&mut r, &desk, "aprobar", "").await.expect(200);
        let ids = client_ids(&c.get(&here).await.expect(200));
        let change = format!("{here}/cambio");
        let ask = async |c: &mut TestClient, what: &str, to: &str| {
            let form = c.get(&change).await.expect(200);
            c.submit(&form, &change, &[("que", what), ("volver", to), ("nombre", to)]).await
        };
        ask(&mut c, "pruebas", "https://otra.ejemplo.cl/volver").await.expect(200);
        w.visitor().get_raw(&login(&ids[1], "https://otra.ejemplo.cl/volver", "a")).await.expect(200);
        w.visitor().get_raw(&login(&ids[1], QA, "a")).await.expect(400);
        ask(&mut c, "produccion", "https://otra.ejemplo.com/volver").await.expect(422);
        let page = ask(&mut c, "produccion", "https://otra.ejemplo.cl/volver").await.expect(200);
        assert!(page.says("25 de noviembre") || page.says("25-11-2026"), "three business days");
        // Taken back, asked for again, refused, asked for again, accepted.
        c.submit(&page, &format!("{here}/retirar"), &[]).await.expect(200);
        ask(&mut c, "produccion", "https://otra.ejemplo.cl/volver").await.expect(200);
        let decide = format!("{desk}/cambio");
        let page = r.get(&desk).await.expect(200);
        let no = [("decision", "rechazar"), ("motivo-direccion", "El dominio no es de la institución.")];
        r.submit(&page, &decide, &no[..1]).await.expect(422);
        r.submit(&page, &decide, &no).await.expect(200);
        assert!(c.get(&here).await.says("El dominio no es de la institución."));
        w.clock.advance_millis(1_000);
        ask(&mut c, "produccion", "https://otra.ejemplo.cl/volver").await.expect(200);
        r.submit(&page, &decide, &[("decision", "aceptar")]).await.expect(404);
        let page = r.get(&desk).await.expect(200);
        r.submit(&page, &decide, &[("decision", "aceptar")]).await.expect(200);
        // Production is as closed as before, under its new address.
        w.visitor().get_raw(&login(&ids[2], "https://otra.ejemplo.cl/volver", "a")).await.expect(403);
        ask(&mut c, "nombre", "Permisos y patentes, Municipalidad").await.expect(200);
        let page = r.get(&desk).await.expect(200);
        r.submit(&page, &decide, &[("decision", "aceptar")]).await.expect(200);
        let page = w.visitor().get_raw(&login(&ids[1], "https://otra.ejemplo.cl/volver", "a")).await;
        assert!(page.says("Permisos y patentes, Municipalidad"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aut_05_checks_see_what_an_application_does_in_its_tests() {
    for w in desks().await {
        let mut c = official(&w, OURS, Acr::Low).await;
        let (here, page) = sent(&mut c).await;
        let qa = client_ids(&page)[1].clone();
        let own = secret(&mut c, &here, "pruebas").await;
        let seen = async |c: &mut TestClient| {
            let text = c.get(&here).await.expect(200).text();
            (text.matches(">Visto<").count(), text.matches("Hay que corregirlo").count())
        };
        assert_eq!(seen(&mut c).await, (1, 0), "its addresses are https");
        for n in 0..20 {
            let url = login(&qa, QA, &format!("estado-al-azar-{n:04}"));
            let code = w.code(&mut w.visitor(), &url).await;
            let tokens = redeemed(&w, (&qa, &own), QA, &code).await.expect(200).json();
            if n == 0 {
                w.userinfo(tokens["access_token"].as_str().unwrap()).await.expect(200);
                let url = "/api/v1/accounts/app/logout?redirect=https://pruebas.ejemplo.cl/salida";
                w.visitor().get_raw(url).await.expect(302);
            }
        }
        // The browser and the server are one machine here, which is what is wrong.
        assert_eq!(seen(&mut c).await, (5, 1));
        let code = w.code(&mut w.visitor(), &login(&qa, QA, "estado-al-azar-0000")).await;
        redeemed(&w, (&qa, &own), QA, &code).await.expect(200);
        assert_eq!(seen(&mut c).await, (4, 2), "a state came twice");
        c.post(&format!("{here}/comprobar"), &[]).await.expect(200);
        assert_eq!(seen(&mut c).await, (1, 0));
        // Nothing is noted of an application that nobody tests.
        w.code(&mut w.visitor(), &authorize(&[])).await;
        let noted = w.db.read(|conn| {
            let sql = copihue_db::sql!("SELECT client_id FROM identity_client_sign");
            Ok(conn.query(sql, &[])?.len())
        });
        assert_eq!(noted.await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aut_07_a_suspicion_and_a_peak_reach_the_operator_at_once_and_are_answered() {
    for w in desks().await {
        let mut c = official(&w, OURS, Acr::Low).await;
        let mut r = official(&w, REVIEWS, Acr::Substantial).await;
        let (here, _) = sent(&mut c).await;
        let tell = format!("{here}/aviso");
        let form = c.get(&tell).await.expect(200);
        let text = "El secreto apareció en un repositorio público.";
        c.submit(&form, &tell, &[("tipo", "sospecha"), ("relato", "corto")]).await.expect(422);
        c.submit(&form, &tell, &[("tipo", "sospecha"), ("relato", text)]).await.expect(200);
        let days = [
            ("desde-dia", "1"),
            ("desde-mes", "3"),
            ("desde-ano", "2027"),
            ("hasta-dia", "31"),
            ("hasta-mes", "3"),
        ];
        let mut peak = days.to_vec();
        peak.extend([
            ("tipo", "punta"),
            ("relato", "Comienzan los permisos de circulación."),
            ("punta", "9000"),
        ]);
        let mut past = peak.clone();
        past.push(("hasta-ano", "2026"));
        c.submit(&form, &tell, &past).await.expect(422);
        peak.push(("hasta-ano", "2027"));
        let page = c.submit(&form, &tell, &peak).await.expect(200);
        assert!(page.says("Aviso de una sospecha") && page.says("Aviso de un alza de demanda"));
        let page = r.get(REVIEW).await.expect(200);
        assert!(
            page.says(text) && page.says("hasta 9000 ingresos por hora")
                || page.says("hasta 9.000 ingresos por hora")
        );
        let close = format!("{}/aviso", review(&here));
        let id = page.field("aviso").unwrap();
        let note = format!("nota-{id}");
        let page = r.submit(&page, &close, &[(&note, "corto")]).await.expect(200);
        assert!(page.says("Escriba qué se hizo") && page.says(text));
        let page = r
            .submit(&page, &close, &[(&note, "Se cambió el secreto y se avisó al CSIRT.")])
            .await
            .expect(200);
        assert!(!page.says(text));
        assert!(c.get(&here).await.says("Se cambió el secreto y se avisó al CSIRT."));
        let mut other = official(&w, OTHERS, Acr::Low).await;
        other.get(&tell).await.expect(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aut_05_nobody_decides_about_what_they_asked_for_themself() {
    for w in desks().await {
        let mut c = official(&w, BOTH, Acr::Substantial).await;
        let (here, _) = sent(&mut c).await;
        let desk = review(&here);
        let page = step(&mut c, &desk, "aprobar", "").await.expect(422);
        assert!(page.says("debe decidirlo otra persona"));
        let mut r = official(&w, REVIEWS, Acr::Substantial).await;
        step(&mut r, &desk, "aprobar", "").await.expect(200);
        let change = format!("{here}/cambio");
        let form = c.get(&change).await.expect(200);
        c.submit(&form, &change, &[("que", "nombre"), ("nombre", "Otro nombre cualquiera")])
            .await
            .expect(200);
        let page = c.get(&desk).await.expect(200);
        let page = c.submit(&page, &format!("{desk}/cambio"), &[("decision", "aceptar")]).await.expect(422);
        assert!(page.says("debe decidirlo otra persona"));
    }
}

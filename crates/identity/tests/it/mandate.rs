//! Attacks K: acting for others.

use copihue_core::{Acr, Actor, Id};
use copihue_identity::model::mandate::{Capacity, EntityKind, Power, Source};
use copihue_identity::*;
use copihue_web::NewSession;
use copihue_web::testing::{Reply, TestClient};
use http::Method;
use serde_json::Value;

use crate::open_world::*;
use crate::world::*;

const MARIA: &str = "44444444-4";
const PEDRO: &str = "55555555-5";

fn asking() -> NewClient {
    let mut new = base();
    new.settings.representation = true;
    new
}

fn company() -> NewMandate {
    NewMandate {
        holder: MARIA.parse().unwrap(),
        entity: (
            "76000000-0".parse().unwrap_or_else(|_| rut(76_000_000)),
            "Ejemplo SpA".into(),
            EntityKind::Legal,
        ),
        capacity: Capacity::LegalRepresentative,
        powers: vec![Power::Apply, Power::Pay],
        source: Source::Deed,
        until: None,
        may_delegate: true,
    }
}

fn rut(number: u32) -> copihue_core::Run {
    copihue_core::Run::from_number(number).unwrap()
}

async fn mandate(w: &World, new: NewMandate) -> Id {
    w.identity.add_mandate(&Actor::job("prueba"), new, "Escritura vista en la notaría").await.unwrap()
}

fn url(word: &str) -> String {
    ask(BASE, &[("representation", word)])
}

/// Presses a button of the question, with or without a choice.
async fn choose(c: &mut TestClient, page: &Reply, url: &str, more: &[(&str, &str)]) -> Reply {
    let mut fields = page.form(url).unwrap_or_else(|| panic!("no question:\n{}", page.text()));
    fields.retain(|(name, _)| name == "csrf");
    let pairs: Vec<(&str, &str)> =
        fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain(more.iter().copied()).collect();
    c.send(Method::POST, url, Some(FORM), form(&pairs)).await
}

async fn tokens_for(w: &World, c: &mut TestClient, whom: &str) -> Value {
    let url = url("allowed");
    let page = w.log_in(c, &url, MARIA, "testing").await.expect(200);
    assert!(page.says("¿Por quién actúa?") && page.says("Ejemplo SpA"), "{}", page.text());
    let done = choose(c, &page, &url, &[("representar", whom), ("continuar", "si")]).await.expect(303);
    let code = query(done.location().unwrap(), "code").unwrap();
    token(w, &code_fields(&code)).await.expect(200).json()
}

/// Ends the first mandate on the page that can be ended so, after the question.
async fn end(c: &mut TestClient, page: &Reply, what: &str) -> Reply {
    let text = page.text();
    let from = text.find(&format!("/mi/representaciones/terminar?acto={what}&amp;")).unwrap();
    let address = text[from..].split('"').next().unwrap().replace("&amp;", "&");
    let asked = c.get(&address).await.expect(200);
    assert!(asked.says("No se puede deshacer"));
    c.submit(&asked, "/mi/representaciones", &[]).await.expect(200)
}

async fn own(w: &World, run: &str) -> TestClient {
    let person = w.identity.person_by_run(run.parse().unwrap()).await.unwrap().unwrap();
    let mut c = w.visitor();
    let new = NewSession { person: person.reference(), acr: Acr::Low, amr: vec!["pwd".into()], sid: None };
    c.log_in(&w.web, new).await;
    c
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_03_k04_the_person_stays_the_subject_and_whom_they_act_for_is_said_beside() {
    for w in worlds().await {
        w.register(asking()).await;
        let id = mandate(&w, company()).await.to_string();
        let mut c = w.visitor();
        let acting = tokens_for(&w, &mut c, &id).await;
        let claims = part(acting["id_token"].as_str().unwrap(), 1);
        let said = &claims["representation"];
        assert_eq!(
            (&said["entity_rut"], &said["entity_name"]),
            (&rut(76_000_000).compact().into(), &"Ejemplo SpA".into())
        );
        assert_eq!(
            (&said["capacity"], &said["source"]),
            (&"representante_legal".into(), &"escritura".into())
        );
        assert_eq!(said["powers"], serde_json::json!(["tramitar", "pagar"]));
        assert_eq!(said["mandate_id"], id.as_str());
        let access = acting["access_token"].as_str().unwrap();
        assert_eq!(userinfo(&w, access).await.expect(200).json()["representation"], *said);
        // For themself, in the same session of the provider: asked again, another session for the application, the same person.
        let url = url("allowed");
        let page = c.get_raw(&url).await.expect(200);
        let done =
            choose(&mut c, &page, &url, &[("representar", "yo"), ("continuar", "si")]).await.expect(303);
        let code = query(done.location().unwrap(), "code").unwrap();
        let alone =
            part(token(&w, &code_fields(&code)).await.expect(200).json()["id_token"].as_str().unwrap(), 1);
        assert!(alone.get("representation").is_none());
        assert_eq!(alone["sub"], claims["sub"]);
        assert_ne!(alone["sid"], claims["sid"]);
        assert!(claims["sid"].as_str().unwrap().starts_with(alone["sid"].as_str().unwrap()));
        // The use stands in the history with both.
        let page = own(&w, MARIA).await.get("/mi/ingresos").await.expect(200);
        assert!(page.says("en nombre de Ejemplo SpA") && page.says("Escritura vista en la notaría"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k03_an_application_that_did_not_ask_or_may_not_is_told_nothing() {
    for w in worlds().await {
        mandate(&w, company()).await;
        // It may not ask: the parameter says nothing.
        w.register(base()).await;
        let code = w.code(&mut w.visitor(), &url("required")).await;
        let tokens = token(&w, &code_fields(&code)).await.expect(200).json();
        assert!(part(tokens["id_token"].as_str().unwrap(), 1).get("representation").is_none());
        // It may, and did not.
        w.register(asking()).await;
        for word in ["", "none"] {
            let code = w.code(&mut w.visitor(), &url(word)).await;
            let tokens = token(&w, &code_fields(&code)).await.expect(200).json();
            assert!(part(tokens["id_token"].as_str().unwrap(), 1).get("representation").is_none());
        }
        // Never without a word, whatever the session.
        let mut c = w.visitor();
        w.code(&mut c, &ask(BASE, &[])).await;
        let silent = ask(BASE, &[("representation", "allowed"), ("prompt", "none")]);
        assert!(c.get_raw(&silent).await.location().unwrap().contains("error=interaction_required"));
        let bad = ask(BASE, &[("representation", "siempre")]);
        assert!(c.get_raw(&bad).await.location().unwrap().contains("error=invalid_request"));
        // Who has nobody to act for is not asked, unless the application needs it: then they may only leave.
        let plain = w.log_in(&mut w.visitor(), &url("allowed"), PEDRO, "testing").await.expect(303);
        assert!(plain.location().unwrap().contains("code="));
        let (mut pedro, needed) = (w.visitor(), url("required"));
        let page = w.log_in(&mut pedro, &needed, PEDRO, "testing").await.expect(200);
        assert!(page.says("No tiene ninguna representación vigente"));
        let left = choose(&mut pedro, &page, &needed, &[("continuar", "no")]).await.expect(303);
        assert!(left.location().unwrap().contains("error=access_denied"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k01_a_mandate_of_another_or_none_at_all_is_refused_by_the_server() {
    for w in worlds().await {
        w.register(asking()).await;
        let maria = mandate(&w, company()).await.to_string();
        let pedros = NewMandate { holder: PEDRO.parse().unwrap(), ..company() };
        let other = mandate(&w, pedros).await.to_string();
        let over = NewMandate { until: Some(copihue_core::Clock::now(&*w.clock)), ..company() };
        let over = mandate(&w, over).await.to_string();
        let (mut c, needed) = (w.visitor(), url("required"));
        let page = w.log_in(&mut c, &needed, MARIA, "testing").await.expect(200);
        assert!(!page.says(&other) && !page.says(&over));
        for forged in [other.as_str(), over.as_str(), "yo"] {
            choose(&mut c, &page, &needed, &[("representar", forged), ("continuar", "si")]).await.expect(403);
        }
        for nothing in ["", "76000000-0"] {
            let again =
                choose(&mut c, &page, &needed, &[("representar", nothing), ("continuar", "si")]).await;
            assert!(again.expect(422).says("Elija por quién actúa."));
        }
        // Nor from another browser, nor without the form's token.
        let mut stranger = w.visitor();
        let stolen =
            choose(&mut stranger, &page, &needed, &[("representar", &maria), ("continuar", "si")]).await;
        assert!(stolen.location().is_none());
        let done = choose(&mut c, &page, &needed, &[("representar", &maria), ("continuar", "si")]).await;
        assert!(done.location().unwrap().contains("code="));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k02_a_mandate_that_ended_ends_what_was_given_by_it_and_what_was_handed_on() {
    for w in worlds().await {
        w.register(asking()).await;
        let id = mandate(&w, company()).await;
        let mut c = w.visitor();
        let given = tokens_for(&w, &mut c, &id.to_string()).await;
        // Handed on, once, and never more than one has.
        let mut maria = own(&w, MARIA).await;
        let offer = format!("/mi/representaciones/ofrecer?por={id}");
        let page = maria.get(&offer).await.expect(200);
        let fields = [("run", PEDRO), ("poderes", "tramitar"), ("declaro", "si"), ("por", &id.to_string())];
        let page = maria.submit(&page, "/mi/representaciones/ofrecer", &fields).await.expect(200);
        assert!(page.says("por responder") && page.says("55.555.555-5") && !page.says("Pedro"));
        let mut pedro = own(&w, PEDRO).await;
        let page = pedro.get("/mi/representaciones").await.expect(200);
        let page = pedro.submit(&page, "/mi/representaciones", &[("acto", "aceptar")]).await.expect(200);
        assert!(page.says("Delegado o delegada") && page.says("vigente"));
        assert!(maria.get("/mi/representaciones").await.expect(200).says("Pedro"));
        let reason = "La escritura fue revocada";
        w.identity.end_mandate_of(&Actor::job("prueba"), MARIA.parse().unwrap(), id, reason).await.unwrap();
        userinfo(&w, given["access_token"].as_str().unwrap()).await.expect(401);
        assert_eq!(error(&w, &renew(given["refresh_token"].as_str().unwrap())).await, "invalid_grant");
        let page = pedro.get("/mi/representaciones").await.expect(200);
        assert!(page.says("retirada") && !page.says("vigente"));
        assert!(pedro.get("/mi/ingresos").await.expect(200).says(reason));
        // The login goes on for the person themself.
        let code = w.code(&mut w.visitor(), &ask(BASE, &[])).await;
        token(&w, &code_fields(&code)).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k02_a_person_gives_another_takes_and_either_ends() {
    for w in worlds().await {
        let (mut maria, mut pedro) = (own(&w, MARIA).await, own(&w, PEDRO).await);
        let page = maria.get("/mi/representaciones/ofrecer").await.expect(200);
        let own_run = [("run", MARIA), ("poderes", "tramitar"), ("declaro", "si")];
        let refused = maria.submit(&page, "/mi/representaciones/ofrecer", &own_run).await.expect(422);
        assert!(refused.says("Es su propio RUN"));
        let empty = maria.submit(&page, "/mi/representaciones/ofrecer", &[("run", PEDRO)]).await.expect(422);
        assert!(empty.says("Elija al menos una cosa"));
        let good = [("run", PEDRO), ("poderes", "firmar"), ("declaro", "si")];
        maria.submit(&page, "/mi/representaciones/ofrecer", &good).await.expect(200);
        let page = pedro.get("/mi/representaciones").await.expect(200);
        assert!(page.says("María Carmen Del Río Gonzalez") && page.says("firmar"));
        pedro.submit(&page, "/mi/representaciones", &[("acto", "aceptar")]).await.expect(200);
        let page = maria.get("/mi/representaciones").await.expect(200);
        let page = end(&mut maria, &page, "revocar").await;
        assert!(page.says("retirada"));
        // Nobody ends another's by its name: neither who held it nor a stranger.
        let id = |of: &str| w.identity.person_by_run(of.parse().unwrap());
        let holder = id(MARIA).await.unwrap().unwrap().id.to_string();
        let company = mandate(&w, company()).await.to_string();
        let forged = [("acto", "revocar"), ("titular", holder.as_str()), ("mandato", company.as_str())];
        pedro.post("/mi/representaciones", &forged).await.expect(404);
        let asked = format!("/mi/representaciones/terminar?acto=revocar&titular={holder}&mandato={company}");
        pedro.get(&asked).await.expect(404);
        // An offer that ended before it was taken names nobody either, on no page.
        let form = maria.get("/mi/representaciones/ofrecer").await.expect(200);
        maria.submit(&form, "/mi/representaciones/ofrecer", &good).await.expect(200);
        let page = maria.get("/mi/representaciones").await.expect(200);
        let page = end(&mut maria, &page, "revocar").await;
        assert!(page.says("55.555.555-5") && !page.says("Pedro"));
        // Who has no account here can be offered as well: nobody learns whether there is one.
        let form = maria.get("/mi/representaciones/ofrecer").await.expect(200);
        let unknown = [("run", "12.345.678-5"), ("poderes", "tramitar"), ("declaro", "si")];
        let page = maria.submit(&form, "/mi/representaciones/ofrecer", &unknown).await.expect(200);
        assert!(page.says("12.345.678-5"));
        for n in 0..20 {
            let run = rut(13_000_000 + n).to_string();
            let more = [("run", run.as_str()), ("poderes", "tramitar"), ("declaro", "si")];
            maria.submit(&form, "/mi/representaciones/ofrecer", &more).await;
        }
        let run = rut(13_000_099).to_string();
        let more = [("run", run.as_str()), ("poderes", "tramitar"), ("declaro", "si")];
        let refused = maria.submit(&form, "/mi/representaciones/ofrecer", &more).await.expect(422);
        assert!(refused.says("Hizo muchos ofrecimientos hoy"));
        assert!(
            w.identity.person_by_run(rut(13_000_099)).await.unwrap().is_none(),
            "nothing is written for it"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k04_h01_an_offer_tells_nobody_who_has_that_run() {
    for w in worlds().await {
        let mut maria = own(&w, MARIA).await;
        let form = maria.get("/mi/representaciones/ofrecer").await.expect(200);
        let offer = [("run", PEDRO), ("poderes", "firmar"), ("declaro", "si")];
        maria.submit(&form, "/mi/representaciones/ofrecer", &offer).await.expect(200);
        let mut pedro = own(&w, PEDRO).await;
        let page = pedro.get("/mi/representaciones").await.expect(200);
        end(&mut pedro, &page, "renunciar").await;
        for path in ["/mi/representaciones", "/mi/ingresos"] {
            assert!(!maria.get(path).await.expect(200).says("Pedro"), "{path}");
        }
    }
}

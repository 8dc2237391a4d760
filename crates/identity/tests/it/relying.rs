//! Our own pages as a client of the provider.

use copihue_core::Clock as _;
use copihue_web::testing::{Reply, TestClient};
use http::Method;

use crate::world::*;

/// Follows a redirect to our own host.
fn own(w: &World, reply: &Reply) -> String {
    let location = reply.location().unwrap();
    location.strip_prefix(&w.base).unwrap_or(location).to_owned()
}

/// From a page that needs a login to the same page, logged in.
async fn enter(w: &World, c: &mut TestClient, back: &str) -> Reply {
    let sent = c.get_raw(&format!("/ingresar?volver={back}")).await.expect(303);
    let login = own(w, &sent);
    assert!(login.starts_with("/openid/authorize?"), "{login}");
    let done = w.log_in(c, &login, "44.444.444-4", "testing").await.expect(303);
    c.get_raw(&own(w, &done)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn aut_01_our_pages_log_in_over_http_and_come_back_where_they_were() {
    for w in worlds().await {
        let mut c = w.visitor();
        let refused = c.get_raw("/mi/ingresos").await.expect(303);
        assert_eq!(refused.location(), Some("/ingresar?volver=%2Fmi%2Fingresos"));
        let back = enter(&w, &mut c, "%2Fmi%2Fingresos").await.expect(303);
        assert_eq!(back.location(), Some("/mi/ingresos"));
        let page = c.get_raw("/mi/ingresos").await.expect(200);
        assert!(page.says("Mis ingresos") && page.says("Ingreso") && page.says("María"));
        // Who is in already is not asked again.
        assert_eq!(
            c.get_raw("/ingresar?volver=/mi/ingresos").await.expect(303).location(),
            Some("/mi/ingresos")
        );
        assert!(c.cookie("retorno").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aut_01_the_request_to_the_provider_is_the_one_that_the_contract_wants() {
    let w = world().await;
    let sent = w.visitor().get_raw("/ingresar?volver=/mi").await.expect(303);
    let url = sent.location().unwrap();
    assert_eq!(query(url, "scope").as_deref(), Some("openid run name"));
    assert_eq!(query(url, "code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(query(url, "redirect_uri"), Some(format!("{}/ingresar/retorno", w.base)));
    assert!(query(url, "state").unwrap().len() >= 30 && query(url, "nonce").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a19_only_own_paths_are_gone_back_to() {
    let w = world().await;
    for bad in [
        "%2F%2Fevil.cl",
        "https%3A%2F%2Fevil.cl",
        "%2F%5Cevil.cl",
        "evil",
        "%2Fa%0d%0aSet-Cookie%3Ax",
        "%2F%09%2Fevil.cl",
    ] {
        let back = enter(&w, &mut w.visitor(), bad).await.expect(303);
        assert_eq!(back.location(), Some("/mi"), "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a17_an_answer_without_our_question_is_refused() {
    let w = world().await;
    let mut c = w.visitor();
    let sent = c.get_raw("/ingresar?volver=/mi").await.expect(303);
    let done = w.log_in(&mut c, &own(&w, &sent), "44444444-4", "testing").await.expect(303);
    let answer = own(&w, &done);
    // Another browser is sent the link: it has no cookie of that state.
    let victim = w.visitor().get_raw(&answer).await.expect(400);
    assert!(victim.says("No pudimos completar su ingreso"));
    let state = query(&format!("{}{answer}", w.base), "state").unwrap();
    c.get_raw(&answer.replace(&state, &format!("{}x", &state[..state.len() - 1]))).await.expect(400);
    // The refused answer took its cookie along: the login starts again.
    let mut late = w.visitor();
    let sent = late.get_raw("/ingresar?volver=/mi").await;
    let done = w.log_in(&mut late, &own(&w, &sent), "44444444-4", "testing").await;
    w.clock.advance_millis(15 * 60_000);
    late.get_raw(&own(&w, &done)).await.expect(400);
    w.visitor().get_raw("/ingresar/retorno?error=access_denied&state=x").await.expect(400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_the_provider_refuses_ends_in_a_page_that_helps() {
    let w = world().await;
    let mut c = w.visitor();
    let sent = c.get_raw("/ingresar?volver=/mi").await.expect(303);
    let state = query(sent.location().unwrap(), "state").unwrap();
    let page =
        c.get_raw(&format!("/ingresar/retorno?code={}&state={state}", "0".repeat(32))).await.expect(401);
    assert!(page.says("Ingresar otra vez"));
}

#[tokio::test(flavor = "multi_thread")]
async fn web_log_out_ends_our_session_and_the_providers() {
    for w in worlds().await {
        let mut c = w.visitor();
        enter(&w, &mut c, "%2Fmi%2Fingresos").await.expect(303);
        let page = c.get_raw("/mi/ingresos").await.expect(200);
        let sso = c.cookie("sso").unwrap().to_owned();
        c.send(Method::POST, "/salir", Some(FORM), Vec::new()).await.expect(403);
        let out = c.submit(&page, "/salir", &[]).await.expect(200);
        assert!(out.says("Cerró su sesión"));
        assert!(c.cookie("sesion").is_none() && c.cookie("sso").is_none());
        assert_eq!(c.get_raw("/mi/ingresos").await.status, 303);
        c.set_cookie("sso", Some(&sso));
        let sent = c.get_raw("/ingresar?volver=/mi").await.expect(303);
        c.get_raw(&own(&w, &sent)).await.expect(200);
    }
}

/// What the platform knows of María's login: her only session.
async fn session(w: &World) -> copihue_web::Session {
    let maria = w.identity.person_by_run("44444444-4".parse().unwrap()).await.unwrap().unwrap();
    let sessions = w.web.sessions().clone();
    let mut all = w.db.read(move |conn| sessions.list(conn, maria.id)).await.unwrap();
    assert_eq!(all.len(), 1, "the former one has ended");
    all.remove(0)
}

const AGAIN: &str = "/ingresar?volver=%2Fmi%2Fingresos&de-nuevo=si";

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_a_session_that_the_providers_own_gave_without_a_word_is_no_fresh_login() {
    for w in worlds().await {
        let mut c = w.visitor();
        let began = w.clock.now();
        enter(&w, &mut c, "%2Fmi%2Fingresos").await.expect(303);
        assert_eq!(session(&w).await.authenticated, Some(began));
        w.end_sessions().await;
        w.clock.advance_millis(25 * 60_000);
        c.set_cookie("sesion", None);
        let sent = c.get_raw("/ingresar?volver=/mi").await.expect(303);
        let answered = c.get_raw(&own(&w, &sent)).await.expect(302);
        c.get_raw(&own(&w, &answered)).await.expect(303);
        let session = session(&w).await;
        assert_eq!((session.created, session.authenticated), (w.clock.now(), Some(began)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_who_is_logged_in_proves_again_who_they_are_and_comes_back_where_they_were() {
    for w in worlds().await {
        let mut c = w.visitor();
        enter(&w, &mut c, "%2Fmi%2Fingresos").await.expect(303);
        let before = (session(&w).await.id, c.cookie("sesion").unwrap().to_owned());
        w.clock.advance_millis(5_000);
        let sent = c.get_raw(AGAIN).await.expect(303);
        assert_eq!(query(sent.location().unwrap(), "prompt").as_deref(), Some("login"));
        assert_eq!(query(sent.location().unwrap(), "max_age").as_deref(), Some("0"));
        w.clock.advance_millis(5_000);
        let done = w.log_in(&mut c, &own(&w, &sent), "44.444.444-4", "testing").await.expect(303);
        let back = c.get_raw(&own(&w, &done)).await.expect(303);
        assert_eq!(back.location(), Some("/mi/ingresos"));
        let now = session(&w).await;
        assert_eq!(now.authenticated, Some(w.clock.now()));
        assert_ne!(now.id, before.0);
        c.get_raw("/mi/ingresos").await.expect(200);
        let mut stolen = w.visitor();
        stolen.set_cookie("sesion", Some(&before.1));
        stolen.get_raw("/mi/ingresos").await.expect(303);
    }
}

/// The request goes through the browser: whoever sits there can take words out of it.
#[tokio::test(flavor = "multi_thread")]
async fn sig_16_an_older_login_does_not_answer_where_the_request_was_made_weaker() {
    let w = world().await;
    let mut c = w.visitor();
    let began = w.clock.now();
    enter(&w, &mut c, "%2Fmi%2Fingresos").await.expect(303);
    w.clock.advance_millis(60_000);
    let sent = c.get_raw(AGAIN).await.expect(303);
    let weaker = own(&w, &sent).replace("&prompt=login&max_age=0", "");
    let answered = c.get_raw(&weaker).await.expect(302);
    assert!(c.get_raw(&own(&w, &answered)).await.expect(401).says("No pudimos completar su ingreso"));
    assert_eq!(session(&w).await.authenticated, Some(began));
    c.get_raw("/mi/ingresos").await.expect(200);
}

/// The national login by configuration alone: another deployment stands for it here.
#[tokio::test(flavor = "multi_thread")]
async fn aut_01_another_provider_of_the_same_contract_logs_people_in_by_configuration() {
    use copihue_core::{Acr, Secret};
    use copihue_db::testing::engines;
    use copihue_identity::*;

    let theirs = world().await;
    for db in engines() {
        let mut relying = Relying::at(&theirs.base, APP, Secret::new(SECRET));
        relying.level = Level::Fixed(Acr::Substantial);
        let ours = World::on(db, |config| config.provider = Provider::Other(Box::new(relying))).await;
        let back = format!("{}/ingresar/retorno", ours.base);
        theirs.register(NewClient { redirect_uris: vec![back], ..app() }).await;

        let mut c = ours.visitor();
        let sent = c.get_raw("/ingresar?volver=/mi/ingresos").await.expect(303);
        let login = sent.location().unwrap().strip_prefix(&theirs.base).unwrap().to_owned();
        assert!(login.starts_with("/openid/authorize/?client_id="), "{login}");
        let done = theirs.log_in(&mut theirs.visitor(), &login, "55555555-5", "testing").await.expect(303);
        let done = c.get_raw(&own(&ours, &done)).await.expect(303);
        assert_eq!(done.location(), Some("/mi/ingresos"));
        let page = c.get_raw("/mi/ingresos").await.expect(200);
        assert!(page.says("Ingreso") && page.says("Pedro Soto"));
        // Known here by RUN, with the names that the provider says; found again at the next login.
        let person = ours.identity.person_by_run("55555555-5".parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(person.full_name(), "Pedro Soto");
        let event = ours.identity.events(person.id, 1).await.unwrap().remove(0);
        assert_eq!(event.acr, Some(Acr::Substantial));
        // Their provider said when the password was given, in its own whole seconds.
        let sessions = ours.web.sessions().clone();
        let all = ours.db.read(move |conn| sessions.list(conn, person.id)).await.unwrap();
        assert_eq!(all[0].authenticated, Some(theirs.clock.now()));
        let out = c.submit(&page, "/salir", &[]).await.expect(200);
        assert!(
            out.text().contains("/api/v1/accounts/app/logout"),
            "the provider's own session is offered for closing"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_said_so_and_nothing_is_half_done() {
    use copihue_core::Secret;
    use copihue_identity::*;
    let down = Relying::at("http://127.0.0.1:9", APP, Secret::new(SECRET));
    let db = copihue_db::testing::engines().remove(0);
    let w = World::on(db, |config| config.provider = Provider::Other(Box::new(down))).await;
    let mut c = w.visitor();
    let sent = c.get_raw("/ingresar?volver=/mi").await.expect(303);
    let state = query(sent.location().unwrap(), "state").unwrap();
    c.get_raw(&format!("/ingresar/retorno?code={}&state={state}", "0".repeat(32))).await.expect(503);
    assert!(c.cookie("sesion").is_none());
}

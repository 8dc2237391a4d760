use crate::fixture::{Site, each, login};

const TYPED: [(&str, &str); 3] = [("run", "12.345.678-9"), ("nombre", "Ñandú «Pérez»"), ("clave", "secreta")];
const HALF_HOUR: i64 = 31 * 60_000;

/// Types a form, lets the session die, sends it. Answers the visitor with what the browser kept.
async fn lose(site: &Site) -> copihue_web::testing::TestClient {
    let mut client = site.logged_in(1).await;
    let page = client.get("/formulario").await.expect(200);
    site.clock.advance_millis(HALF_HOUR);
    let mut raw = client.clone();
    let token = page.csrf().unwrap();
    let fields = [TYPED[0], TYPED[1], TYPED[2], ("csrf", token.as_str())];
    let reply = raw.post_raw("/formulario", &fields).await.expect(303);
    assert_eq!(reply.location(), Some("/ingresar?volver=%2Fformulario"));
    raw
}

#[tokio::test]
async fn web_04_an_expired_session_loses_nothing_that_was_typed() {
    each(|site| async move {
        let mut client = lose(&site).await;
        assert!(client.cookie("rescate").is_some());
        client.log_in(&site.web, login(1)).await;
        let page = client.get("/formulario").await.expect(200);
        assert!(page.says("Recuperamos lo que escribió. Revíselo y envíelo"));
        assert_eq!(page.field("nombre").as_deref(), Some("Ñandú «Pérez»"));
        assert_eq!(page.field("run").as_deref(), Some("12.345.678-9"));
        assert!(!page.says("secreta"));
        assert_eq!(site.sent(), 0, "it is never sent by itself");
        client.submit(&page, "/formulario", &[("run", "12.345.678-5")]).await.expect(200);
        assert_eq!(site.sent(), 1);
        assert!(client.cookie("rescate").is_none(), "sent: not needed any more");
        assert!(!client.get("/formulario").await.says("Recuperamos"));
    })
    .await;
}

#[tokio::test]
async fn web_04_another_person_gets_nothing_of_it() {
    each(|site| async move {
        let mut client = lose(&site).await;
        let kept = client.cookie("rescate").unwrap().to_owned();
        client.log_in(&site.web, login(2)).await;
        let page = client.get("/formulario").await.expect(200);
        assert!(!page.says("Recuperamos") && !page.says("Ñandú"));
        assert!(client.cookie("rescate").is_none());
        // Dropped for good: not even the first person gets it back.
        client.log_in(&site.web, login(1)).await;
        client.set_cookie("rescate", Some(&kept));
        assert!(!client.get("/formulario").await.says("Recuperamos"));
    })
    .await;
}

#[tokio::test]
async fn web_04_a_page_left_open_over_a_new_login_loses_nothing() {
    each(|site| async move {
        let mut client = site.logged_in(1).await;
        let page = client.get("/formulario").await;
        let good = [("run", "12.345.678-5"), ("nombre", "Ana")];
        // The same person logs in again in another tab, and then sends this one.
        client.log_in(&site.web, login(1)).await;
        let again = client.submit(&page, "/formulario", &good).await.expect(200);
        assert!(again.says("Recuperamos lo que escribió") && site.sent() == 0);
        assert_eq!(again.field("nombre").as_deref(), Some("Ana"));
        client.submit(&again, "/formulario", &[]).await.expect(200);
        assert_eq!(site.sent(), 1);
        // Another person does not send or see it.
        client.log_in(&site.web, login(2)).await;
        client.submit(&page, "/formulario", &good).await.expect(403);
        assert!(!client.get("/formulario").await.says("Ana"));
        assert_eq!(site.sent(), 1);
    })
    .await;
}

#[tokio::test]
async fn web_04_it_is_kept_for_half_an_hour_and_only_with_the_cookie() {
    each(|site| async move {
        let mut client = lose(&site).await;
        let mut elsewhere = site.visitor();
        elsewhere.log_in(&site.web, login(1)).await;
        assert!(!elsewhere.get("/formulario").await.says("Recuperamos"));
        site.clock.advance_millis(HALF_HOUR);
        client.log_in(&site.web, login(1)).await;
        assert!(!client.get("/formulario").await.says("Recuperamos"));
        assert_eq!(site.web.purge().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn web_04_a_forged_post_is_not_kept() {
    each(|site| async move {
        let mut client = site.logged_in(1).await;
        client.get("/formulario").await;
        site.clock.advance_millis(HALF_HOUR);
        client.post_raw("/formulario", &[TYPED[1], ("csrf", "falso")]).await.expect(303);
        assert!(client.cookie("rescate").is_none());
        let mut stranger = client.header("origin", "https://mal.cl");
        stranger.post_raw("/formulario", &TYPED).await.expect(403);
        assert!(stranger.cookie("rescate").is_none());
    })
    .await;
}

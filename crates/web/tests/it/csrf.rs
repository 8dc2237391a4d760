use crate::fixture::{each, one};

const GOOD: [(&str, &str); 2] = [("run", "12.345.678-5"), ("nombre", "Ana")];

#[tokio::test]
async fn web_04_a_forged_post_is_refused() {
    each(|site| async move {
        let mut client = site.logged_in(1).await;
        let token = client.get("/formulario").await.csrf().unwrap();
        let mut other = site.logged_in(2).await;
        let stolen = other.get("/formulario").await.csrf().unwrap();
        for forged in ["", "x", &stolen, &token[1..]] {
            let reply = client.post_raw("/formulario", &[GOOD[0], GOOD[1], ("csrf", forged)]).await;
            assert_eq!(reply.status, 403, "{forged}");
        }
        assert_eq!(site.sent(), 0);
        client.post_raw("/formulario", &[GOOD[0], GOOD[1], ("csrf", &token)]).await.expect(303);
        assert_eq!(site.sent(), 1);
    })
    .await;
}

#[tokio::test]
async fn web_04_posts_from_other_origins_are_refused_even_with_a_token() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    client.get("/formulario").await;
    for (name, value) in [
        ("origin", "https://mal.cl"),
        ("origin", "http://sub.127.0.0.1:8080"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let mut from_there = client.clone().header(name, value);
        assert_eq!(from_there.post_raw("/formulario", &GOOD).await.status, 403, "{name}: {value}");
        assert_eq!(
            from_there.post_raw("/preferencias", &[("letra", "mayor")]).await.status,
            403,
            "{name}: {value}"
        );
    }
    for (name, value) in [("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")] {
        client.clone().header(name, value).post_raw("/formulario", &GOOD).await.expect(303);
    }
}

#[tokio::test]
async fn web_04_before_login_the_token_is_bound_to_a_cookie() {
    let (_db, site) = one(|_| {});
    let mut client = site.visitor();
    let page = client.get("/abierto").await.expect(200);
    assert!(client.cookie("pre").is_some());
    assert_eq!(page.header("cache-control"), Some("no-store"));
    client.post_raw("/abierto", &GOOD).await.expect(303);
    let mut without = client.clone();
    without.set_cookie("pre", None);
    let token = page.csrf().unwrap();
    without.post_raw("/abierto", &[GOOD[0], GOOD[1], ("csrf", &token)]).await.expect(403);
}

#[tokio::test]
async fn web_04_a_get_never_acts_and_a_handler_that_forgets_the_token_fails() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    client.get_raw("/olvidadizo").await.expect(405);
    client.post_raw("/olvidadizo", &[]).await.expect(500);
}

#[tokio::test]
async fn web_04_cookie_apis_take_the_token_in_a_header() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    let token = client.get("/formulario").await.csrf().unwrap();
    let body = || br#"{"a":1}"#.to_vec();
    let post = http::Method::POST;
    client.send(post.clone(), "/api/cosas", Some("application/json"), body()).await.expect(403);
    let mut with = client.header("x-csrf-token", &token);
    let reply = with.send(post.clone(), "/api/cosas", Some("application/json"), body()).await.expect(200);
    assert_eq!(reply.json()["a"], 1);
    let reply = with.send(post, "/api/cosas", Some("application/json"), b"{".to_vec()).await.expect(400);
    assert_eq!(reply.json()["code"], "json_invalido");
}

#[tokio::test]
async fn web_04_a_double_click_sends_once_and_changed_values_send_again() {
    each(|site| async move {
        let mut client = site.logged_in(1).await;
        let page = client.get("/formulario").await;
        let (mut one, mut two) = (client.clone(), client.clone());
        let (a, b) =
            tokio::join!(one.submit(&page, "/formulario", &GOOD), two.submit(&page, "/formulario", &GOOD));
        assert!(a.says("Gracias") && b.says("Gracias"));
        assert_eq!(site.sent(), 1);
        // The back button, another value, sent again: it is another form.
        client.submit(&page, "/formulario", &[GOOD[0], ("nombre", "Berta")]).await.expect(200);
        assert_eq!(site.sent(), 2);
        let wrong = client.submit(&page, "/formulario", &[("run", "1")]).await.expect(422);
        client.submit(&wrong, "/formulario", &GOOD).await.expect(200);
        assert_eq!(site.sent(), 3);
    })
    .await;
}

#[tokio::test]
async fn web_06_redirects_never_leave_the_site() {
    let (_db, site) = one(|_| {});
    let mut client = site.visitor();
    for bad in ["//mal.cl", "/\\mal.cl", "https://mal.cl/", "javascript:alert(1)", "/\r\nX: y"] {
        let reply =
            client.post_raw("/preferencias", &[("letra", "mayor"), ("volver", bad)]).await.expect(303);
        assert_eq!(reply.location(), Some("/"), "{bad:?}");
        let reply = client.post_raw("/opinion", &[("sirvio", "si"), ("volver", bad)]).await.expect(303);
        assert_eq!(reply.location(), Some("/opinion/gracias?volver=%2F"), "{bad:?}");
    }
}

use copihue_web::Banner;

use crate::fixture::one;

#[tokio::test]
async fn web_03_public_pages_are_answered_from_memory() {
    let (_db, site) = one(|_| {});
    let first = site.visitor().get_raw("/").await.expect(200);
    assert_eq!(first.header("cache-control"), Some("public, max-age=60"));
    assert_eq!(first.header("vary"), Some("accept-encoding, cookie"));
    let tag = first.header("etag").unwrap().to_owned();
    site.clock.advance_millis(5_000);
    let again = site.visitor().get_raw("/").await;
    assert_eq!(again.body, first.body, "the page shows the instant at which it was made");
    let mut knows = site.visitor().header("if-none-match", &tag);
    let unchanged = knows.get_raw("/").await.expect(304);
    assert!(unchanged.body.is_empty());
    let zipped = site.visitor().header("accept-encoding", "br").get_raw("/").await;
    assert_eq!(zipped.header("content-encoding"), Some("br"));
    assert!(zipped.body.len() < 2_500, "{} bytes over the wire", zipped.body.len());
    site.web.public_pages().invalidate();
    assert_ne!(site.visitor().get_raw("/").await.body, first.body);
}

#[tokio::test]
async fn web_06_what_a_person_sees_is_not_kept_for_others() {
    let (_db, site) = one(|_| {});
    let mut person = site.logged_in(1).await;
    assert!(person.get("/").await.says("Persona 1"));
    assert!(!site.visitor().get("/").await.says("Persona 1"));
    assert!(person.get("/").await.says("Persona 1"));
    // An address with a query is made anew.
    let plain = site.visitor().get_raw("/?x=1").await;
    assert!(plain.header("etag").is_none());
}

#[tokio::test]
async fn web_01_each_preference_has_its_own_page() {
    let (_db, site) = one(|_| {});
    let mut client = site.visitor();
    assert!(!client.get("/").await.text().contains("size-125"));
    let page = client.post("/preferencias", &[("letra", "mayor"), ("volver", "/")]).await;
    assert!(page.text().contains("<html lang=\"es-CL\" class=\"size-125\">"));
    client.post("/preferencias", &[("contraste", "alto")]).await;
    assert!(client.get("/").await.text().contains("class=\"size-125 contrast\""));
    assert!(!site.visitor().get("/").await.text().contains("size-125"));
}

#[tokio::test]
async fn web_10_an_outage_is_shown_at_once() {
    let (_db, site) = one(|_| {});
    assert!(!site.visitor().get("/").await.says("Mantención"));
    site.web.set_banner(Some(Banner { text: "Mantención hasta las 23:00".to_owned() }));
    assert!(site.visitor().get("/").await.says("Mantención hasta las 23:00"));
}

#[tokio::test]
async fn web_03_pages_made_now_are_compressed_too() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await.header("accept-encoding", "gzip, br");
    let reply = client.get_raw("/formulario").await.expect(200);
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&reply.body[..]), &mut text).unwrap();
    assert!(text.ends_with("</html>"));
    assert!(reply.body.len() < 3_000, "{}", reply.body.len());
}

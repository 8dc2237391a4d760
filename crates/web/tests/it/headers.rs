use crate::fixture::one;

#[tokio::test]
async fn web_05_every_answer_carries_the_security_headers() {
    let (_db, site) = one(|config| config.form_hosts = vec!["https://accounts.example.cl".to_owned()]);
    let mut anonymous = site.visitor();
    let mut person = site.logged_in(1).await;
    let style = asset(&anonymous.get("/").await.text(), ".css");
    let paths = [
        "/",
        "/yo",
        "/nada",
        "/panico",
        "/caido",
        "/contrato",
        "/healthz",
        "/api/cosas",
        "/formulario",
        "/cosa/x",
        &style,
    ];
    for path in paths {
        for client in [&mut anonymous, &mut person] {
            let reply = client.get_raw(path).await;
            let csp = reply.header("content-security-policy").unwrap_or_default();
            assert!(csp.contains("default-src 'none'; script-src 'self'; style-src 'self'"), "{path}: {csp}");
            assert!(
                csp.contains("form-action 'self' https://accounts.example.cl; base-uri 'none'"),
                "{path}"
            );
            assert!(!csp.contains("unsafe"), "{path}");
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(reply.header("x-frame-options"), Some("DENY"), "{path}");
            assert_eq!(reply.header("referrer-policy"), Some("same-origin"), "{path}");
            assert_eq!(reply.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
            assert_eq!(reply.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
            assert!(reply.header("permissions-policy").is_some(), "{path}");
            assert!(reply.header("cache-control").is_some(), "{path}");
        }
    }
}

pub(crate) fn asset(page: &str, extension: &str) -> String {
    let end = page.find(extension).unwrap() + extension.len();
    page[page[..end].rfind('"').unwrap() + 1..end].to_owned()
}

#[tokio::test]
async fn web_06_pages_with_a_person_are_kept_by_nobody() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    for path in ["/", "/yo", "/nada"] {
        assert_eq!(client.get_raw(path).await.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[tokio::test]
async fn web_05_hsts_over_tls_only() {
    let (_db, plain) = one(|_| {});
    assert!(plain.visitor().get("/").await.header("strict-transport-security").is_none());
    let (_db, safe) = one(|config| config.base_url = "https://x.cl".to_owned());
    let hsts = safe.visitor().get("/").await.header("strict-transport-security").unwrap().to_owned();
    assert_eq!(hsts, "max-age=63072000; includeSubDomains; preload");
}

#[tokio::test]
async fn web_03_assets_are_hashed_compressed_and_immutable() {
    let (_db, site) = one(|_| {});
    let page = site.visitor().get("/").await.text();
    for extension in [".css", ".js", ".svg"] {
        let path = asset(&page, extension);
        let reply = site.visitor().header("accept-encoding", "gzip, br").get_raw(&path).await.expect(200);
        assert_eq!(reply.header("content-encoding"), Some("br"));
        assert_eq!(reply.header("cache-control"), Some("public, max-age=31536000, immutable"));
        let plain = site.visitor().get_raw(&path).await.expect(200);
        assert!(plain.body.len() > reply.body.len());
        let zipped = site.visitor().header("accept-encoding", "gzip").get_raw(&path).await;
        assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    }
    site.visitor().get_raw("/a/copihue.0000.css").await.expect(404);
}

#[test]
fn web_03_script_and_style_stay_within_their_budget() {
    let (script, style) = copihue_web::budgets();
    assert!(script <= 10 << 10, "script: {script} bytes");
    assert!(style <= 14 << 10, "style: {style} bytes compressed");
    assert!(copihue_web::weight() <= 20 << 10);
}

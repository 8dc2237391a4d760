use crate::fixture::{each, one};

#[tokio::test]
async fn web_08_each_route_asks_who_comes() {
    each(|site| async move {
        site.give_hat(2, "PE-MUN-00001", "revisor");
        site.give_hat(3, "PE-MUN-00001", "jefatura");
        let mut anonymous = site.visitor();
        let mut person = site.logged_in(1).await;
        let mut official = site.logged_in(2).await;
        let mut head = site.logged_in(3).await;
        // Route, and the status for: nobody, a person, an official, one with the role.
        let table = [
            ("/", [200, 200, 200, 200]),
            ("/yo", [303, 200, 200, 200]),
            ("/oficina", [303, 403, 200, 200]),
            ("/jefatura", [303, 403, 403, 200]),
            ("/nada", [404, 404, 404, 404]),
            ("/contrato", [200, 200, 200, 200]),
        ];
        for (path, expected) in table {
            let mut got = Vec::new();
            for client in [&mut anonymous, &mut person, &mut official, &mut head] {
                got.push(client.get_raw(path).await.status.as_u16());
            }
            assert_eq!(got, expected, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn web_08_login_is_asked_with_the_way_back() {
    let (_db, site) = one(|_| {});
    let reply = site.visitor().get_raw("/yo?x=%2F%2Fmal.cl&y=1").await;
    assert_eq!(reply.location(), Some("/ingresar?volver=%2Fyo%3Fx%3D%252F%252Fmal%2Ecl%26y%3D1"));
}

#[tokio::test]
async fn web_08_who_logs_in_again_goes_on_by_the_same_post_and_nobody_else_does() {
    each(|site| async move {
        for run in [5, 6] {
            site.give_hat(run, "PE-MUN-00001", "revisor");
            site.give_hat(run, "PE-MUN-00002", "jefatura");
        }
        let mut client = site.logged_in(5).await;
        let choose = client.get("/oficina").await.expect(200);
        let hat = hat_value(&choose, "PE-MUN-00002");
        client.submit(&choose, "/gestion/cargo", &[("cargo", &hat)]).await.expect(200);
        let former = client.cookie("sesion").unwrap().to_owned();
        client.post("/otra-vez", &[("quien", "5")]).await.expect(200);
        assert!(client.get("/oficina").await.expect(200).says("cargo=PE-MUN-00002"));
        let mut stolen = site.visitor();
        stolen.set_cookie("sesion", Some(&former));
        stolen.get_raw("/yo").await.expect(303);
        client.post("/otra-vez", &[("quien", "6")]).await.expect(200);
        assert!(client.get("/oficina").await.expect(200).path.starts_with("/gestion/cargo"));
    })
    .await;
}

#[tokio::test]
async fn web_10_who_logs_in_again_comes_back_to_the_page_whose_form_they_sent() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    let page = client.get("/cosa/7?orden=2").await.expect(200);
    assert!(
        page.text().contains("/ingresar?volver=%2Fcosa%2F7%3Forden%3D2&amp;de-nuevo=si"),
        "{}",
        page.text()
    );
    let page = client.post("/cosa/7/hacer", &[]).await.expect(200);
    assert!(page.text().contains("/ingresar?volver=%2Fcosa%2F7&amp;de-nuevo=si"), "{}", page.text());
}

#[tokio::test]
async fn web_08_a_person_acts_for_themself_and_an_official_by_the_hat_chosen() {
    each(|site| async move {
        site.give_hat(5, "PE-MUN-00001", "revisor");
        let mut client = site.logged_in(5).await;
        assert!(client.get("/oficina").await.says("cargo=PE-MUN-00001"), "the only hat need not be chosen");
        assert!(client.get("/yo").await.says("cargo=ninguno"));
        site.give_hat(5, "PE-MUN-00002", "jefatura");
        let choose = client.get("/oficina").await.expect(200);
        assert!(choose.path.starts_with("/gestion/cargo?volver=%2Foficina"));
        let before = client.cookie("sesion").unwrap().to_owned();
        let hat = hat_value(&choose, "PE-MUN-00002");
        let there = client.submit(&choose, "/gestion/cargo", &[("cargo", &hat)]).await.expect(200);
        assert!(there.says("cargo=PE-MUN-00002") && there.says("Actúa como Cargo en PE-MUN-00002"));
        assert_ne!(client.cookie("sesion").unwrap(), before, "a change of hat changes the token");
        let mut thief = site.visitor();
        thief.set_cookie("sesion", Some(&before));
        assert_eq!(thief.get_raw("/yo").await.status, 303, "the old token is worth nothing");
        assert!(client.get("/yo").await.says("cargo=ninguno"));
        // A post that is lost is lost at the next request.
        site.hats.0.lock().unwrap().clear();
        client.get("/oficina").await.expect(403);
    })
    .await;
}

fn hat_value(page: &copihue_web::testing::Reply, institution: &str) -> String {
    let text = page.text();
    let at = text.find(&format!("value=\"{institution}/")).unwrap();
    text[at + 7..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn web_08_anothers_thing_is_not_found() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    let (hidden, absent) = (client.get("/ajeno").await.expect(404), client.get("/nada").await.expect(404));
    assert!(hidden.says("No encontramos esta página") && !hidden.says("otra persona"));
    let body = |r: &copihue_web::testing::Reply| {
        let text = r.text();
        text[text.find("<main").unwrap()..text.find("</main>").unwrap()].to_owned()
    };
    assert_eq!(body(&hidden), body(&absent));
}

#[tokio::test]
async fn web_08_contracts_see_no_cookie_and_keep_their_headers() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    let reply = client.send(http::Method::POST, "/contrato", None, Vec::new()).await.expect(200);
    assert_eq!(reply.text(), "sin sesión");
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    let reply = client.get_raw("/contrato?falla=1").await.expect(422);
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
}

#[test]
fn web_08_routes_can_be_listed() {
    let (_db, site) = one(|config| config.development = true);
    let own = site.web.own_entries();
    assert!(own.iter().any(|e| e.path == "/gestion/componentes"));
    assert!(own.iter().any(|e| e.path == "/healthz" && e.method.as_str() == "GET"));
}

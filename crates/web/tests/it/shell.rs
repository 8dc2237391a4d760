use crate::fixture::{each, one};

#[tokio::test]
async fn web_02_every_page_has_its_landmarks() {
    let (_db, site) = one(|config| config.environment_banner = Some("Prueba".to_owned()));
    let page = site.visitor().get("/gracias").await.expect(200);
    let text = page.text();
    assert!(text.contains("<title>Gracias – Trámites en línea – Municipalidad de Prueba</title>"));
    for part in [
        "<a class=\"skip\" href=\"#contenido\">Saltar al contenido principal</a>",
        "<main id=\"contenido\"",
        "role=\"search\"",
        "¿Esta página le sirvió?",
        "Prueba",
        "aria-label=\"Ruta de navegación\"",
        "<footer",
        "href=\"/ingresar?volver=%2Fgracias\"",
    ] {
        assert!(page.says(part), "{part}");
    }
    assert_eq!(text.matches("<h1").count(), 1);
    assert!(!text.contains("style=\"") && !text.contains("<style") && !text.contains("onclick"));
    assert!(!text.contains("http://") && !text.contains("https://"), "no address of another site");
}

#[tokio::test]
async fn web_02_the_shell_says_who_is_logged_in_and_how_to_leave() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    let page = client.get("/gracias").await;
    assert!(page.says("Persona 1") && page.says("Cerrar sesión") && page.says("Mi carpeta"));
    assert!(!page.says("Gestión"), "no hat, no office");
    assert!(page.form("/salir").is_some_and(|fields| fields[0].0 == "csrf"));
    assert!(page.text().contains("data-sesion=\"1800\""));
}

#[tokio::test]
async fn web_10_opinions_are_stored_by_route_and_never_by_person() {
    each(|site| async move {
        let mut client = site.logged_in(1).await;
        let page = client.get("/cosa/77").await.expect(200);
        let thanks =
            client.submit(&page, "/opinion", &[("sirvio", "no"), ("comentario", "Falta el monto")]).await;
        assert!(thanks.says("Gracias por su opinión") && thanks.text().contains("href=\"/cosa/77\""));
        let read = |conn: &mut copihue_db::Conn<'_>| {
            conn.query(copihue_db::sql!("SELECT route, useful, comment FROM web_feedback"), &[])
        };
        let rows = site.web_db().read(read).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].get::<String>("route").unwrap(), "/cosa/{n}");
        assert!(!rows[0].get::<bool>("useful").unwrap());
        assert_eq!(rows[0].get::<String>("comment").unwrap(), "Falta el monto");
    })
    .await;
}

#[tokio::test]
async fn web_02_the_gallery_is_for_development() {
    let (_db, site) = one(|_| {});
    site.visitor().get("/gestion/componentes").await.expect(404);
    let (_db, site) = one(|config| config.development = true);
    let mut client = site.visitor();
    client.get("/gestion/componentes").await.expect(200);
    let form = client.get("/gestion/componentes/formulario").await.expect(200);
    client.submit(&form, "/gestion/componentes/formulario", &[]).await.expect(422);
}

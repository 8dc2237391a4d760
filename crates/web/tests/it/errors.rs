use crate::fixture::one;

#[tokio::test]
async fn web_02_errors_are_pages_in_the_shell() {
    let (_db, site) = one(|_| {});
    let table = [
        ("/nada", 404, "No encontramos esta página"),
        ("/cosa/abc", 404, "No encontramos esta página"),
        ("/panico", 500, "Tenemos un problema"),
        ("/caido", 503, "El servicio no está disponible"),
        ("/olvidadizo", 405, "Esta dirección no se usa así"),
    ];
    for (path, status, title) in table {
        let reply = site.visitor().get_raw(path).await.expect(status);
        let text = reply.text();
        assert!(reply.says(title), "{path}");
        assert!(
            text.contains("<title>") && text.matches("<h1").count() == 1 && text.contains("lang=\"es-CL\"")
        );
        assert_eq!(reply.header("x-robots-tag"), Some("noindex"), "{path}");
        assert!(!text.contains("secreto interno") && !text.contains("web_session"), "{path}");
    }
    let reply = site.visitor().get_raw("/olvidadizo").await;
    assert_eq!(reply.header("allow"), Some("POST"));
}

#[tokio::test]
async fn web_02_machines_get_problem_json() {
    let (_db, site) = one(|_| {});
    let problem = site.visitor().get_raw("/api/cosas").await.expect(401);
    assert_eq!(problem.header("content-type"), Some("application/problem+json"));
    let value = problem.json();
    assert_eq!(value["type"], "urn:copihue:muestra:sin_sesion");
    assert_eq!(value["status"], 401);
    assert!(value["detail"].as_str().unwrap().starts_with("Para ver esta página debe ingresar"));
    assert_eq!(value["trace"].as_str().unwrap().len(), 16);
    let value = site.visitor().get_raw("/contrato?falla=1").await.json();
    assert_eq!(value["errors"][0]["pointer"], "/dato");
    assert_eq!(value["errors"][0]["message"], "Envíe un dato.");
    let mut machine = site.visitor().header("accept", "application/json");
    assert_eq!(machine.get_raw("/panico").await.expect(500).json()["code"], "error_interno");
    assert_eq!(machine.get_raw("/nada").await.expect(404).json()["code"], "no_encontrado");
}

#[tokio::test]
async fn web_04_errors_stand_beside_the_field_and_above_all() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    let page = client.get("/formulario").await;
    let wrong =
        client.submit(&page, "/formulario", &[("run", "12.345.678-9"), ("nombre", "")]).await.expect(422);
    let text = wrong.text();
    assert!(text.contains("<title>Error: Formulario – "));
    assert!(wrong.says("Hay 2 problemas"));
    assert!(text.contains("href=\"#run\"") && text.contains("href=\"#nombre\""));
    assert!(
        text.contains("aria-invalid=\"true\"") && text.contains("aria-describedby=\"run-ayuda run-error\"")
    );
    assert_eq!(wrong.field("run").as_deref(), Some("12.345.678-9"));
    assert!(
        wrong.says("El RUN no es válido: revise el dígito verificador") && wrong.says("Ingrese su nombre")
    );
}

#[tokio::test]
async fn web_05_what_is_typed_is_never_markup() {
    let (_db, site) = one(|_| {});
    for attack in
        ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='x", "</title><b>"]
    {
        let query: String = url::form_urlencoded::byte_serialize(attack.as_bytes()).collect();
        let text = site.visitor().get(&format!("/eco?x={query}")).await.expect(200).text();
        assert!(
            !text.contains("<script>alert") && !text.contains("<img src=x") && !text.contains("</title><b>")
        );
        assert!(
            text.matches(" onmouseover='x\"").count() <= 1,
            "only within the quotes of the value: {text}"
        );
    }
}

#[tokio::test]
async fn web_10_health_lives_and_readiness_asks_the_database() {
    let (_db, site) = one(|_| {});
    assert_eq!(site.visitor().get_raw("/healthz").await.expect(200).json()["status"], "ok");
    assert_eq!(site.visitor().get_raw("/readyz").await.expect(200).json()["status"], "ok");
}

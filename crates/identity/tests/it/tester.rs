//! The tester of integrations: what the endpoint refuses, it explains; what it takes, it calls good.

use copihue_web::testing::Reply;

use crate::open_world::*;
use crate::world::*;

const HERE: &str = "/desarrollo/probador";

async fn tested(w: &World, url: &str) -> Reply {
    let mut c = w.visitor();
    let page = c.get(HERE).await.expect(200);
    let address = format!("{}{url}", w.base);
    let page = c.submit(&page, HERE, &[("direccion", &address)]).await.expect(200);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    page
}

async fn exchanged(w: &World, contract: &str, (carried, id): (&str, &str), fields: &[(&str, &str)]) -> Reply {
    let mut c = w.visitor();
    let page = c.get(HERE).await.expect(200);
    let body = String::from_utf8(form(fields)).unwrap();
    let given = [("contrato", contract), ("secreto", carried), ("client_id", id), ("cuerpo", body.as_str())];
    c.submit(&page, &format!("{HERE}/canje"), &given).await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn a01_a08_the_tester_says_good_of_what_the_endpoint_takes_and_explains_what_it_refuses() {
    for w in worlds().await {
        w.register(base()).await;
        let long = "x".repeat(5_000);
        for (more, says) in [
            (vec![], "La solicitud está bien"),
            (
                vec![("redirect_uri", "https://tramites.ejemplo.cl/claveunica/callback")],
                "solo en la barra final",
            ),
            (vec![("redirect_uri", "https://evil.cl/")], "no es una dirección registrada"),
            (vec![("redirect_uri", "")], "Falta «redirect_uri»"),
            (vec![("client_id", "nadie")], "Ninguna aplicación tiene ese"),
            (vec![("client_id", BASE)], "usa el otro contrato"),
            (vec![("response_type", "token")], "debe ser «code»"),
            (vec![("response_type", "")], "Falta «response_type»"),
            (vec![("scope", "run")], "Falta «openid»"),
            (vec![("code_challenge", "abc"), ("code_challenge_method", "S256")], "43 letras, sin «=»"),
            (vec![("code_challenge", "abc"), ("code_challenge_method", "plain")], "No se acepta «plain»"),
            (vec![("state", &long)], "«state» es demasiado largo"),
            (vec![("max_age", "ayer")], "un número de segundos"),
            (vec![("request", "a.b.c")], "Envíe cada parámetro por separado"),
        ] {
            let url = authorize(&more);
            let page = tested(&w, &url).await;
            assert!(page.says(says), "{more:?}: {}", page.text());
            // The endpoint itself says the same: a login page, or none.
            let real = w.visitor().get_raw(&url).await;
            let takes = real.status.as_u16() == 200;
            assert_eq!(takes, says == "La solicitud está bien", "{more:?}");
        }
        let page = tested(&w, &format!("{}&state=otro", authorize(&[]))).await;
        assert!(page.says("«state» viene dos veces"));
        let page = tested(&w, &ask(BASE, &[("code_challenge", ""), ("code_challenge_method", "")])).await;
        assert!(page.says("Falta PKCE") && page.says("invalid_request"));
        assert!(tested(&w, "/openid/token?client_id=a").await.says("no es la dirección donde comienza"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c07_the_tester_shows_no_secret_again_and_spends_nothing() {
    let w = world().await;
    let page = tested(&w, &authorize(&[("client_secret", SECRET), ("login_hint", "44444444-4")])).await;
    assert!(page.says("cambie ese secreto ahora") && !page.says(SECRET) && !page.says("44444444-4"));
    let code = w.code(&mut w.visitor(), &authorize(&[])).await;
    let page = exchanged(&w, "nacional", ("cuerpo", ""), &redeem_fields(&code)).await;
    assert!(page.says("El canje está bien formado") && !page.says(SECRET) && !page.says(&code));
    let mut other = redeem_fields(&code).to_vec();
    other[2].1 = "https://tramites.ejemplo.cl/otra";
    assert!(exchanged(&w, "nacional", ("cuerpo", ""), &other).await.says("no es la misma del ingreso"));
    let mut proved = redeem_fields(&code).to_vec();
    proved.push(("code_verifier", "v"));
    assert!(
        exchanged(&w, "nacional", ("cuerpo", ""), &proved).await.says("no corresponde al «code_challenge»")
    );
    w.redeem(&code).await.expect(200);
    let page = exchanged(&w, "nacional", ("cuerpo", ""), &redeem_fields(&code)).await;
    assert!(page.says("Ese código ya se usó"));
    let late = w.code(&mut w.visitor(), &authorize(&[])).await;
    w.clock.advance_millis(301_000);
    assert!(exchanged(&w, "nacional", ("cuerpo", ""), &redeem_fields(&late)).await.says("El código venció"));
    // Without a secret it says as much.
    let bare = [("client_id", APP), ("grant_type", "authorization_code"), ("code", "x")];
    assert!(exchanged(&w, "nacional", ("cuerpo", ""), &bare).await.says("se identifica con su secreto"));
    for (fields, says) in [
        (vec![("grant_type", "password")], "Ese «grant_type» no existe aquí"),
        (vec![("grant_type", "authorization_code")], "Falta «code»"),
        (vec![("client_id", "otra"), ("grant_type", "refresh_token")], "es otro que el de la cabecera"),
        (vec![("client_secret", "***")], "de dos maneras a la vez"),
        (vec![("state", "x")], "Falta «grant_type»"),
    ] {
        let page = exchanged(&w, "nacional", ("cabecera", APP), &fields).await;
        assert!(page.says(says), "{fields:?}: {}", page.text());
    }
    assert!(exchanged(&w, "abierto", ("cabecera", APP), &bare).await.says("usa el otro contrato"));
}

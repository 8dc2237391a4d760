//! The contract's whole path, as an unchanged client walks it.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use copihue_web::testing::check_locale;
use http::Method;

use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn aut_01_a_person_logs_in_over_the_whole_code_flow() {
    for w in worlds().await {
        let mut c = w.visitor();
        let url = authorize(&[("nonce", "n-1")]);
        let done = w.log_in(&mut c, &url, "44.444.444-4", "testing").await.expect(303);
        let location = done.location().unwrap();
        assert!(location.starts_with(&format!("{RETURN}?code=")), "{location}");
        assert!(location.ends_with("&state=abcdefgh"));
        let code = query(location, "code").unwrap();
        assert!(code.len() == 32 && code.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));

        let answer = w.redeem(&code).await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("pragma"), Some("no-cache"));
        let tokens = answer.json();
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&"bearer".into(), &3600.into()));
        assert_eq!(tokens["access_token"].as_str().unwrap().len(), 32);
        assert_eq!(tokens["refresh_token"].as_str().unwrap().len(), 32);

        let jwt = tokens["id_token"].as_str().unwrap();
        let (header, claims) = (part(jwt, 0), part(jwt, 1));
        assert_eq!((&header["alg"], &header["typ"]), (&"RS256".into(), &"JWT".into()));
        let iat = claims["iat"].as_i64().unwrap();
        assert_eq!(claims["exp"].as_i64().unwrap(), iat + 600);
        assert_eq!((claims["sub"].as_str(), claims["aud"].as_str()), (Some("44444444"), Some(APP)));
        assert_eq!((claims["nonce"].as_str(), claims["auth_time"].as_i64()), (Some("n-1"), Some(iat)));
        assert_eq!(claims["iss"].as_str().unwrap(), format!("{}/openid", w.base));
        assert_eq!(claims["acr"], "urn:copihue:loa:bajo");
        assert!(claims.get("sid").is_none() && claims["at_hash"].is_string());
        verify_signature(&w, jwt).await;

        let user = w.userinfo(tokens["access_token"].as_str().unwrap()).await.expect(200).json();
        let expected = serde_json::json!({
            "sub": "44444444",
            "RolUnico": {"numero": 44_444_444, "DV": "4", "tipo": "RUN"},
            "name": {"nombres": ["María", "Carmen"], "apellidos": ["Del Río", "Gonzalez"]},
        });
        assert_eq!(user, expected, "an e-mail that was not granted is not sent");
    }
}

async fn verify_signature(w: &World, jwt: &str) {
    let mut c = w.visitor();
    let keys = c.get_raw("/openid/jwks").await.expect(200).json();
    let key =
        keys["keys"].as_array().unwrap().iter().find(|k| k["kid"] == part(jwt, 0)["kid"]).unwrap().clone();
    assert!(key.get("d").is_none());
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let public = RsaPublicKeyComponents { n: bytes("n"), e: bytes("e") };
    let (input, signature) = jwt.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    public.verify(&RSA_PKCS1_2048_8192_SHA256, input.as_bytes(), &signature).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_01_every_address_answers_with_and_without_a_closing_slash() {
    let w = world().await;
    for path in ["/openid/.well-known/openid-configuration", "/openid/jwks"] {
        for slash in ["", "/"] {
            let answer = w.visitor().get_raw(&format!("{path}{slash}")).await.expect(200);
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
            let etag = answer.header("etag").unwrap().to_owned();
            w.visitor().header("if-none-match", &etag).get_raw(path).await.expect(304);
        }
    }
    let url = authorize(&[]);
    for url in [url.clone(), url.replace("/authorize/", "/authorize")] {
        assert!(w.visitor().get_raw(&url).await.expect(200).says("Ingrese con su RUN"));
    }
    for path in ["/openid/token", "/openid/token/"] {
        w.visitor().send(Method::POST, path, Some(FORM), Vec::new()).await.expect(400);
    }
    for path in ["/openid/userinfo", "/openid/userinfo/"] {
        w.visitor().get_raw(path).await.expect(401);
        w.visitor().send(Method::OPTIONS, path, None, Vec::new()).await.expect(204);
    }
    for path in ["/api/v1/accounts/app/logout", "/api/v1/accounts/app/logout/"] {
        w.visitor().get_raw(path).await.expect(204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_discovery_says_what_is_there() {
    let w = world().await;
    let doc = w.visitor().get_raw("/openid/.well-known/openid-configuration").await.json();
    assert_eq!(doc["issuer"].as_str().unwrap(), format!("{}/openid", w.base));
    assert_eq!(doc["response_types_supported"], serde_json::json!(["code"]));
    for endpoint in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
        assert!(doc[endpoint].as_str().unwrap().starts_with(&w.base));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_the_session_answers_for_a_minute_and_no_longer() {
    let w = world().await;
    let mut c = w.visitor();
    w.code(&mut c, &authorize(&[])).await;
    w.clock.advance_millis(59_000);
    let again = c.get_raw(&authorize(&[("state", "second")])).await.expect(302);
    let code = query(again.location().unwrap(), "code").unwrap();
    let claims = w.redeem(&code).await.expect(200).json();
    let claims = part(claims["id_token"].as_str().unwrap(), 1);
    assert_eq!(claims["auth_time"].as_i64().unwrap() + 59, claims["iat"].as_i64().unwrap());
    assert!(c.get_raw(&authorize(&[("prompt", "login")])).await.expect(200).says("Clave"));
    c.get_raw(&authorize(&[("max_age", "30")])).await.expect(200);
    w.clock.advance_millis(1_000);
    c.get_raw(&authorize(&[])).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_logout_ends_the_session_and_redirects_only_to_registered_hosts() {
    for w in worlds().await {
        let mut c = w.visitor();
        let logout = "/api/v1/accounts/app/logout";
        w.code(&mut c, &authorize(&[])).await;
        let to = "https%3A%2F%2Ftramites.ejemplo.cl%2Fotra%3Fa%3Db";
        let gone = c.get_raw(&format!("{logout}?redirect={to}")).await.expect(302);
        assert_eq!(gone.location(), Some("https://tramites.ejemplo.cl/otra?a=b"));
        c.get_raw(&authorize(&[])).await.expect(200);
        for bad in [
            "https://evil.cl/",
            "http://tramites.ejemplo.cl/",
            "https://tramites.ejemplo.cl:8443/",
            "https://tramites.ejemplo.cl.evil.cl/",
            "https://tramites.ejemplo.cl@evil.cl/",
            "//evil.cl",
            "javascript:alert(1)",
            "",
        ] {
            let answer =
                c.get_raw(&format!("{logout}?redirect={}", bad.replace('&', "%26"))).await.expect(204);
            assert!(answer.body.is_empty() && answer.location().is_none(), "{bad}");
        }
    }
}

#[test]
fn every_text_exists_and_is_used() {
    check_locale(env!("CARGO_MANIFEST_DIR"));
}

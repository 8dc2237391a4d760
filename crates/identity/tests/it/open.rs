//! The profile `base`: OAuth 2.1 and OpenID Connect.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use copihue_core::Acr;
use copihue_identity::*;
use http::Method;

use crate::open_world::*;
use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn idp_01_b08_d02_the_open_code_flow_says_who_the_person_is_to_this_sector_only() {
    for w in worlds().await {
        w.register(base()).await;
        let mut c = w.visitor();
        let url = ask(BASE, &[("scope", "openid profile run email phone unknown")]);
        let done = w.log_in(&mut c, &url, "44.444.444-4", "testing").await.expect(303);
        let location = done.location().unwrap();
        assert_eq!(query(location, "iss").as_deref(), Some(w.base.as_str()));
        assert_eq!(query(location, "state").as_deref(), Some("abcdefgh"));
        let code = query(location, "code").unwrap();
        let reply = token(&w, &code_fields(&code)).await.expect(200);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let tokens = reply.json();
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&"Bearer".into(), &600.into()));
        assert_eq!(
            tokens["scope"], "openid profile email run",
            "unknown scopes are left out, and it is said"
        );
        let jwt = tokens["id_token"].as_str().unwrap();
        verify(&w, jwt).await;
        let claims = part(jwt, 1);
        let iat = claims["iat"].as_i64().unwrap();
        assert_eq!(claims["exp"], iat + 300);
        assert_eq!((&claims["iss"], &claims["aud"]), (&w.base.as_str().into(), &BASE.into()));
        assert_eq!((&claims["nonce"], &claims["acr"]), (&"n-1".into(), &"urn:copihue:loa:bajo".into()));
        assert!(claims["sid"].is_string() && claims["at_hash"].is_string() && claims["amr"][0] == "pwd");
        let sub = claims["sub"].as_str().unwrap();
        assert_eq!(sub.len(), 43);
        let user = userinfo(&w, tokens["access_token"].as_str().unwrap()).await.expect(200).json();
        assert_eq!((user["sub"].as_str(), &user["run"]), (Some(sub), &"44444444-4".into()));
        assert_eq!(user["name"], "María Carmen Del Río Gonzalez");
        assert_eq!(
            (&user["given_name"], &user["email"]),
            (&"María Carmen".into(), &"maria@ejemplo.cl".into())
        );
    }
}

async fn verify(w: &World, jwt: &str) {
    let keys = w.visitor().get_raw("/oauth2/jwks").await.expect(200).json();
    let kid = &part(jwt, 0)["kid"];
    let key = keys["keys"].as_array().unwrap().iter().find(|k| k["kid"] == *kid).unwrap();
    assert_eq!((&key["alg"], key.get("d")), (&"ES256".into(), None));
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let point = [vec![4], bytes("x"), bytes("y")].concat();
    let (input, signature) = jwt.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(input.as_bytes(), &signature).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_01_the_open_contract_is_discovered_at_the_host() {
    let w = world().await;
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let doc = w.visitor().get_raw(path).await.expect(200).json();
        assert_eq!(doc["issuer"], w.base);
        assert_eq!(doc["authorization_response_iss_parameter_supported"], true);
        for name in ["authorization", "token", "userinfo", "introspection", "revocation", "end_session"] {
            assert!(doc[format!("{name}_endpoint")].as_str().unwrap().starts_with(&w.base));
        }
    }
    let national = w.visitor().get_raw("/openid/jwks").await.json();
    assert!(
        national["keys"].as_array().unwrap().iter().all(|k| k["kty"] == "RSA"),
        "old programs know RSA only"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_01_an_application_speaks_its_own_contract_and_no_other() {
    let w = world().await;
    w.register(base()).await;
    w.visitor().get_raw(&authorize(&[("client_id", BASE)])).await.expect(400);
    w.visitor().get_raw(&ask(APP, &[])).await.expect(400);
    let code = w.code(&mut w.visitor(), &ask(BASE, &[])).await;
    let mut national = redeem_fields(&code).to_vec();
    national.retain(|(n, _)| *n != "client_id");
    national.push(("client_id", BASE));
    assert_eq!(w.token(&national).await.expect(400).json()["error"], "invalid_client");
    // The same application moves up without another name.
    let moved = NewClient { scopes: base().scopes, settings: base().settings, ..app() };
    w.register(moved).await;
    w.visitor().get_raw(&authorize(&[])).await.expect(400);
    w.visitor().get_raw(&ask(APP, &[])).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn l01_d02_sectors_can_not_tell_that_it_is_the_same_person() {
    let w = world().await;
    w.register(base()).await;
    let other = "https://otra.ejemplo.cl/vuelta";
    w.register(NewClient { id: Some("otra".into()), redirect_uris: vec![other.into()], ..base() }).await;
    w.register(NewClient { id: Some("misma".into()), ..base() }).await;
    let mut subs = Vec::new();
    for (id, uri) in [(BASE, RETURN), ("otra", other), ("misma", RETURN)] {
        let code = w.code(&mut w.visitor(), &ask(id, &[("redirect_uri", uri)])).await;
        let mut fields = code_fields(&code);
        fields[0].1 = id.to_owned();
        fields.iter_mut().filter(|(n, _)| n == "redirect_uri").for_each(|f| f.1 = uri.to_owned());
        let tokens = token(&w, &fields).await.expect(200).json();
        subs.push(part(tokens["id_token"].as_str().unwrap(), 1)["sub"].clone());
    }
    assert_ne!(subs[0], subs[1]);
    assert_eq!(subs[0], subs[2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a01_a02_open_addresses_match_letter_by_letter_and_only_a_machine_of_ones_own_has_any_port() {
    let w = world().await;
    w.register(base()).await;
    for bad in [format!("{RETURN}?route=1"), format!("{RETURN}extra"), "https://evil.cl/".to_owned()] {
        let page = w.visitor().get_raw(&ask(BASE, &[("redirect_uri", &bad)])).await.expect(400);
        assert!(page.location().is_none(), "{bad}");
    }
    w.visitor().get_raw(&ask(BASE, &[("redirect_uri", "")])).await.expect(200);
    let mut own = base();
    own.settings.auth = Auth::Public;
    own.redirect_uris =
        ["http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost:7000/cb"].map(str::to_owned).to_vec();
    own.settings.sector = Some("escritorio".into());
    w.register(own).await;
    for good in
        ["http://127.0.0.1:49152/cb", "http://[::1]:1/cb", "http://127.0.0.1/cb", "http://localhost:7000/cb"]
    {
        w.visitor().get_raw(&ask(BASE, &[("redirect_uri", good)])).await.expect(200);
    }
    for bad in [
        "http://localhost:7001/cb",
        "http://127.0.0.1:1/other",
        "http://127.0.0.2/cb",
        "http://127.0.0.1:99999/cb",
        "http://127.0.0.1@evil.cl/cb",
        "https://127.0.0.1:1/cb",
    ] {
        w.visitor().get_raw(&ask(BASE, &[("redirect_uri", bad)])).await.expect(400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a04_a05_a06_a07_a21_open_errors_go_back_with_the_issuer() {
    let w = world().await;
    w.register(base()).await;
    let deep = format!("{}{}", "{\"a\":".repeat(60) + "1", "}".repeat(60));
    for (more, error) in [
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "profile"), "invalid_scope"),
        (("response_mode", "fragment"), "invalid_request"),
        (("prompt", "none"), "login_required"),
        (("claims", deep.as_str()), "invalid_request"),
        (("claims", "[]"), "invalid_request"),
    ] {
        let sent = w.visitor().get_raw(&ask(BASE, &[more])).await.expect(302);
        let location = sent.location().unwrap();
        assert_eq!(query(location, "error").as_deref(), Some(error), "{more:?}");
        assert_eq!(query(location, "iss").as_deref(), Some(w.base.as_str()));
        assert_eq!(query(location, "state").as_deref(), Some("abcdefgh"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a09_an_answer_by_form_carries_the_code_and_works_without_scripts() {
    let w = world().await;
    w.register(base()).await;
    let state = "a b&c\"<";
    let url = ask(BASE, &[("response_mode", "form_post"), ("state", state)]);
    let page = w.log_in(&mut w.visitor(), &url, "44444444-4", "testing").await.expect(200);
    let fields = page.form(RETURN).unwrap();
    let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    assert_eq!(field("state").as_deref(), Some(state));
    assert_eq!(field("iss").as_deref(), Some(w.base.as_str()));
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains("form-action 'self' https://tramites.ejemplo.cl")
    );
    assert_eq!(page.header("cache-control"), Some("no-store"));
    token(&w, &code_fields(&field("code").unwrap())).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_l05_a_session_answers_once_the_person_has_agreed() {
    for w in worlds().await {
        w.register(base()).await;
        w.register(NewClient { id: Some("otra".into()), name: "Otra".into(), ..base() }).await;
        let mut c = w.visitor();
        tokens(&w, &mut c, &[]).await;
        // Silent again for the same application and data, never for another or for more.
        c.get_raw(&ask(BASE, &[("prompt", "none")])).await.expect(302);
        for url in
            [ask("otra", &[("prompt", "none")]), ask(BASE, &[("prompt", "none"), ("scope", "openid email")])]
        {
            let sent = c.get_raw(&url).await.expect(302);
            assert_eq!(query(sent.location().unwrap(), "error").as_deref(), Some("consent_required"));
        }
        let url = ask("otra", &[]);
        let page = c.get_raw(&url).await.expect(200);
        assert!(page.says("¿Quiere entregar estos datos?") && page.says("44.444.444-4") && page.says("Otra"));
        for (answer, wanted) in [("no", "error"), ("si", "code")] {
            let mut fields = page.form(&url).unwrap();
            fields.retain(|(n, _)| n == "csrf");
            fields.push(("consentir".into(), answer.into()));
            let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let sent = c.clone().send(Method::POST, &url, Some(FORM), form(&pairs)).await.expect(303);
            assert!(query(sent.location().unwrap(), wanted).is_some(), "{answer}");
        }
        c.get_raw(&url).await.expect(302);
        assert!(c.get_raw(&ask("otra", &[("prompt", "consent")])).await.expect(200).says("¿Quiere entregar"));
        // A stranger's form agrees to nothing.
        let forged = form(&[("csrf", "00"), ("consentir", "si")]);
        let page = c.send(Method::POST, &ask("otra", &[("prompt", "consent")]), Some(FORM), forged).await;
        page.expect(403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_on_the_persons_own_machine_is_never_answered_without_a_word() {
    let w = world().await;
    let mut own = base();
    own.settings.auth = Auth::Public;
    own.redirect_uris = vec!["http://127.0.0.1/cb".to_owned()];
    own.settings.sector = Some("escritorio".into());
    w.register(own).await;
    let mut c = w.visitor();
    let url = ask(BASE, &[("redirect_uri", "http://127.0.0.1:49152/cb")]);
    w.code(&mut c, &url).await;
    assert!(c.get_raw(&url).await.expect(200).says("¿Quiere entregar"), "any program here may name it");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_setting_takes_away_what_a_profile_promises() {
    let w = world().await;
    let public = |profile| {
        let settings = Settings { auth: Auth::Public, ..Settings::of(profile) };
        NewClient { settings, scopes: vec!["openid".into()], ..base() }
    };
    let without_pkce =
        NewClient { settings: Settings { pkce: Pkce::Optional, ..public(Profile::Base).settings }, ..base() };
    for new in [public(Profile::Compat), public(Profile::Alto), without_pkce] {
        let identity = w.identity.clone();
        let refused = w.db.write(move |tx| identity.register_client(tx, &new)).await.unwrap_err();
        assert_eq!(refused.code(), "perfil_invalido");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_login_says_that_an_application_may_come_back_for_ninety_days() {
    let w = world().await;
    w.register(base()).await;
    let url = ask(BASE, &[("scope", "openid offline_access")]);
    assert!(w.visitor().get_raw(&url).await.expect(200).says("90 días"));
    assert!(!w.visitor().get_raw(&ask(BASE, &[])).await.expect(200).says("90 días"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_a13_a_level_that_is_essential_and_not_reached_is_an_error_and_acr_says_what_happened() {
    let w = world().await;
    w.register(base()).await;
    let high = "urn:copihue:loa:alto";
    let tokens = tokens(&w, &mut w.visitor(), &[("acr_values", high)]).await;
    assert_eq!(part(tokens["id_token"].as_str().unwrap(), 1)["acr"], "urn:copihue:loa:bajo");
    let essential = format!(r#"{{"id_token":{{"acr":{{"essential":true,"values":["{high}"]}}}}}}"#);
    let url = ask(BASE, &[("claims", &essential)]);
    let mut c = w.visitor();
    let sent = w.log_in(&mut c, &url, "44444444-4", "testing").await.expect(303);
    let location = sent.location().unwrap();
    assert_eq!(query(location, "error").as_deref(), Some("unmet_authentication_requirements"));
    let silent = c.get_raw(&ask(BASE, &[("claims", &essential), ("prompt", "none")])).await.expect(302);
    assert_eq!(query(silent.location().unwrap(), "error").as_deref(), Some("interaction_required"));
    let strict = NewClient { settings: Settings { acr_min: Acr::High, ..base().settings }, ..base() };
    w.register(strict).await;
    let sent = w.log_in(&mut w.visitor(), &ask(BASE, &[]), "44444444-4", "testing").await.expect(303);
    assert_eq!(
        query(sent.location().unwrap(), "error").as_deref(),
        Some("unmet_authentication_requirements")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a16_scripts_of_other_origins_reach_the_token_and_never_the_form() {
    let w = world().await;
    w.register(base()).await;
    for path in ["/oauth2/token", "/oauth2/userinfo", "/oauth2/revoke"] {
        let reply = w.visitor().send(Method::OPTIONS, path, None, Vec::new()).await.expect(204);
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert!(reply.header("access-control-allow-credentials").is_none());
    }
    let page = w.visitor().get_raw(&ask(BASE, &[])).await.expect(200);
    assert!(page.header("access-control-allow-origin").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn f02_an_open_session_ends_when_it_lies_idle_and_at_its_limit() {
    let w = world().await;
    w.register(base()).await;
    let mut c = w.visitor();
    tokens(&w, &mut c, &[]).await;
    for _ in 0..10 {
        w.clock.advance_millis(29 * 60_000);
        c.get_raw(&ask(BASE, &[])).await.expect(302);
    }
    let mut idle = c.clone();
    w.clock.advance_millis(30 * 60_000);
    idle.get_raw(&ask(BASE, &[])).await.expect(200);
    let mut busy = w.visitor();
    tokens(&w, &mut busy, &[("prompt", "login")]).await;
    for _ in 0..24 {
        w.clock.advance_millis(29 * 60_000);
        busy.get_raw(&ask(BASE, &[])).await.expect(302);
    }
    w.clock.advance_millis(25 * 60_000);
    busy.get_raw(&ask(BASE, &[])).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a11_a_login_that_lies_too_far_back_is_made_anew() {
    let w = world().await;
    w.register(base()).await;
    for more in [("prompt", "login"), ("max_age", "1")] {
        let mut c = w.visitor();
        let first = tokens(&w, &mut c, &[]).await;
        w.clock.advance_millis(5_000);
        let url = ask(BASE, &[more]);
        assert!(c.get_raw(&url).await.expect(200).says("Clave"), "{more:?}");
        let again = tokens(&w, &mut c, &[more]).await;
        let at =
            |tokens: &serde_json::Value| part(tokens["id_token"].as_str().unwrap(), 1)["auth_time"].clone();
        assert_eq!(at(&again).as_i64().unwrap(), at(&first).as_i64().unwrap() + 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a11_who_was_shown_the_login_can_not_send_consent_in_its_place() {
    let w = world().await;
    w.register(base()).await;
    let mut c = w.visitor();
    tokens(&w, &mut c, &[]).await;
    for more in [("prompt", "login"), ("max_age", "0")] {
        w.clock.advance_millis(5_000);
        let url = ask(BASE, &[more]);
        let page = c.get_raw(&url).await.expect(200);
        let csrf = page.form(&url).unwrap().into_iter().find(|(name, _)| name == "csrf").unwrap().1;
        for answer in [("consentir", "si"), ("representar", "yo")] {
            let sent = form(&[("csrf", &csrf), answer]);
            let page = c.clone().send(Method::POST, &url, Some(FORM), sent).await.expect(403);
            assert!(page.says("Clave"), "{more:?} {answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l07_what_was_not_granted_is_not_sent_however_it_is_asked() {
    let w = world().await;
    w.register(base()).await;
    let claims = r#"{"userinfo":{"email":{"essential":true},"run":null},"id_token":{"email":null}}"#;
    let tokens = tokens(&w, &mut w.visitor(), &[("scope", "openid profile"), ("claims", claims)]).await;
    let user = userinfo(&w, tokens["access_token"].as_str().unwrap()).await.expect(200).json();
    assert!(user.get("email").is_none() && user.get("run").is_none() && user["name"].is_string());
    assert!(part(tokens["id_token"].as_str().unwrap(), 1).get("email").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn h12_logins_that_only_begin_leave_nothing_in_the_database() {
    let w = world().await;
    w.register(base()).await;
    for _ in 0..50 {
        w.visitor().get_raw(&ask(BASE, &[])).await.expect(200);
        w.visitor().get_raw(&authorize(&[])).await.expect(200);
    }
    let rows = w.db.read(|conn| {
        let sessions = conn.query(copihue_db::sql!("SELECT sid FROM identity_session"), &[])?.len();
        let grants = conn.query(copihue_db::sql!("SELECT selector FROM identity_grant"), &[])?.len();
        let devices = conn.query(copihue_db::sql!("SELECT label FROM identity_device"), &[])?.len();
        Ok(sessions + grants + devices)
    });
    assert_eq!(rows.await.unwrap(), 0);
}

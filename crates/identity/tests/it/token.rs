//! Attacks B: codes, tokens, the application's own proof.

use copihue_identity::*;
use http::Method;

use crate::world::*;

async fn error(w: &World, fields: &[(&str, &str)]) -> String {
    w.token(fields).await.expect(400).json()["error"].as_str().unwrap().to_owned()
}

fn with<'a>(code: &'a str, change: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = redeem_fields(code).to_vec();
    for (name, value) in change {
        fields.retain(|(n, _)| n != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    fields
}

#[tokio::test(flavor = "multi_thread")]
async fn b01_a_code_is_redeemed_once_and_a_second_try_ends_its_tokens() {
    for w in worlds().await {
        let code = w.code(&mut w.visitor(), &authorize(&[])).await;
        let tries = (0..50).map(|_| w.redeem(&code));
        let answers = futures_util::future::join_all(tries).await;
        let won: Vec<_> = answers.iter().filter(|a| a.status == 200).collect();
        assert!(won.len() <= 1);
        assert!(answers.iter().filter(|a| a.status != 200).all(|a| a.json()["error"] == "invalid_grant"));
        if let Some(won) = won.first() {
            w.userinfo(won.json()["access_token"].as_str().unwrap()).await.expect(401);
        }
        let code = w.code(&mut w.visitor(), &authorize(&[("prompt", "login")])).await;
        let tokens = w.redeem(&code).await.expect(200).json();
        w.clock.advance_millis(30_000);
        assert_eq!(error(&w, &redeem_fields(&code)).await, "invalid_grant");
        w.userinfo(tokens["access_token"].as_str().unwrap()).await.expect(401);
        assert_eq!(
            error(&w, &refresh_fields(tokens["refresh_token"].as_str().unwrap())).await,
            "invalid_grant"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b02_a_code_lives_five_minutes() {
    let w = world().await;
    let code = w.code(&mut w.visitor(), &authorize(&[])).await;
    w.clock.advance_millis(299_999);
    let late = w.code(&mut w.visitor(), &authorize(&[])).await;
    w.redeem(&code).await.expect(200);
    w.clock.advance_millis(300_000);
    assert_eq!(error(&w, &redeem_fields(&late)).await, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn b03_a_code_of_one_application_is_burned_by_another() {
    let w = world().await;
    let other = w.register(NewClient { id: None, secret: None, ..app() }).await;
    let secret = String::from_utf8(other.secret.expose().to_vec()).unwrap();
    let code = w.code(&mut w.visitor(), &authorize(&[])).await;
    let stolen = with(&code, &[("client_id", &other.id), ("client_secret", &secret)]);
    assert_eq!(error(&w, &stolen).await, "invalid_grant");
    assert_eq!(error(&w, &redeem_fields(&code)).await, "invalid_grant", "burned for its owner too");
}

#[tokio::test(flavor = "multi_thread")]
async fn b04_the_verifier_must_answer_the_challenge_and_may_not_come_without_one() {
    for w in worlds().await {
        let verifier = "v".repeat(64);
        let challenge = copihue_identity::model::pkce::challenge(&verifier);
        let url = authorize(&[("code_challenge", &challenge), ("code_challenge_method", "S256")]);
        let code = w.code(&mut w.visitor(), &url).await;
        w.token(&with(&code, &[("code_verifier", &verifier)])).await.expect(200);
        for wrong in [Some("w".repeat(64)), None] {
            let code = w.code(&mut w.visitor(), &url).await;
            let wrong = wrong.unwrap_or_default();
            assert_eq!(error(&w, &with(&code, &[("code_verifier", &wrong)])).await, "invalid_grant");
        }
        let code = w.code(&mut w.visitor(), &authorize(&[])).await;
        let downgraded = with(&code, &[("code_verifier", &verifier)]);
        assert_eq!(error(&w, &downgraded).await, "invalid_grant");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b05_the_redirect_uri_is_compared_as_leniently_as_real_clients_need() {
    let w = world().await;
    let twice = RETURN.replace(':', "%3A").replace('/', "%2F");
    let query = format!("{RETURN}?route=1");
    for uri in [RETURN, twice.as_str(), query.as_str()] {
        let code = w.code(&mut w.visitor(), &authorize(&[])).await;
        w.token(&with(&code, &[("redirect_uri", uri)])).await.expect(200);
    }
    for uri in ["https://evil.cl/", "", "https://tramites.ejemplo.cl/claveunica/callback"] {
        let code = w.code(&mut w.visitor(), &authorize(&[])).await;
        assert_eq!(error(&w, &with(&code, &[("redirect_uri", uri)])).await, "invalid_client", "{uri}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b06_other_grants_are_not_supported() {
    let w = world().await;
    for grant in [
        "password",
        "client_credentials",
        "implicit",
        "urn:openid:params:grant-type:ciba",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ] {
        let fields = with("c", &[("grant_type", grant)]);
        assert_eq!(error(&w, &fields).await, "unsupported_grant_type");
    }
    assert_eq!(error(&w, &with("c", &[("grant_type", "")])).await, "invalid_request");
    assert_eq!(error(&w, &with("", &[("code", "")])).await, "invalid_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn b07_the_secret_comes_in_the_body_or_in_the_header_and_never_in_both() {
    let owned = world().await;
    let w = &owned;
    let body = |code: &str, more: &[(&str, &str)]| {
        let mut fields = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", RETURN)];
        fields.extend_from_slice(more);
        form(&fields)
    };
    let post = |authorization: String, body| async move {
        w.visitor()
            .header("authorization", &authorization)
            .send(Method::POST, "/openid/token", Some(FORM), body)
            .await
    };
    let code = w.code(&mut w.visitor(), &authorize(&[])).await;
    post(basic(APP, SECRET), body(&code, &[])).await.expect(200);
    let code = w.code(&mut w.visitor(), &authorize(&[])).await;
    for (authorization, more) in [
        (basic(APP, SECRET), vec![("client_secret", SECRET)]),
        (basic(APP, SECRET), vec![("client_id", "other")]),
        (basic(APP, "wrong"), vec![]),
        (basic("nobody", SECRET), vec![]),
        ("Basic !!!".to_owned(), vec![]),
        ("Bearer x".to_owned(), vec![]),
        ("Bearer x".to_owned(), vec![("client_id", APP), ("client_secret", "")]),
    ] {
        let refused = post(authorization, body(&code, &more)).await.expect(400);
        assert_eq!(refused.json()["error"], "invalid_client", "{more:?}");
    }
    let in_query = format!("/openid/token?client_id={APP}&client_secret={SECRET}");
    w.visitor().send(Method::POST, &in_query, Some(FORM), body(&code, &[])).await.expect(400);
    post(basic(APP, SECRET), body(&code, &[("client_id", APP)])).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn b07_a_record_may_ask_for_401_after_basic() {
    let w = world().await;
    w.register(NewClient { settings: Settings { basic_401: true, ..Settings::default() }, ..app() }).await;
    let code = w.code(&mut w.visitor(), &authorize(&[])).await;
    let body =
        form(&[("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", "https://evil.cl/")]);
    let mut c = w.visitor().header("authorization", &basic(APP, SECRET));
    let refused = c.send(Method::POST, "/openid/token", Some(FORM), body).await.expect(401);
    assert!(refused.header("www-authenticate").unwrap().starts_with("Basic"));
}

#[tokio::test(flavor = "multi_thread")]
async fn b10_b11_refresh_rotates_repeats_for_ten_seconds_and_ends_the_family_after() {
    for w in worlds().await {
        let code = w.code(&mut w.visitor(), &authorize(&[])).await;
        let first = w.redeem(&code).await.expect(200).json();
        let old = first["refresh_token"].as_str().unwrap().to_owned();
        w.clock.advance_millis(60_000);
        let second = w.token(&refresh_fields(&old)).await.expect(200).json();
        assert_ne!(second["refresh_token"], first["refresh_token"]);
        assert!(second.get("id_token").is_none());
        w.userinfo(second["access_token"].as_str().unwrap()).await.expect(200);
        w.clock.advance_millis(9_000);
        let same = w.token(&refresh_fields(&old)).await.expect(200).json();
        assert_eq!(same, second, "two at once get the same tokens");
        w.clock.advance_millis(2_000);
        assert_eq!(error(&w, &refresh_fields(&old)).await, "invalid_grant");
        let newest = second["refresh_token"].as_str().unwrap();
        assert_eq!(error(&w, &refresh_fields(newest)).await, "invalid_grant", "the whole family is dead");
        w.userinfo(second["access_token"].as_str().unwrap()).await.expect(401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_b13_a_refresh_never_widens_and_dies_at_its_limits() {
    let w = world().await;
    let code = w.code(&mut w.visitor(), &authorize(&[])).await;
    let tokens = w.redeem(&code).await.expect(200).json();
    let token = tokens["refresh_token"].as_str().unwrap().to_owned();
    let mut wider = refresh_fields(&token).to_vec();
    wider.push(("scope", "openid run email"));
    assert_eq!(error(&w, &wider).await, "invalid_scope");
    w.clock.advance_millis(3_600_000);
    w.userinfo(tokens["access_token"].as_str().unwrap()).await.expect(401);
    assert_eq!(error(&w, &refresh_fields(&token)).await, "invalid_grant");

    let code = w.code(&mut w.visitor(), &authorize(&[])).await;
    let mut token = w.redeem(&code).await.json()["refresh_token"].as_str().unwrap().to_owned();
    for _ in 0..13 {
        w.clock.advance_millis(3_300_000);
        token = w.token(&refresh_fields(&token)).await.expect(200).json()["refresh_token"]
            .as_str()
            .unwrap()
            .to_owned();
    }
    w.clock.advance_millis(300_001);
    assert_eq!(error(&w, &refresh_fields(&token)).await, "invalid_grant", "twelve hours after the login");
}

#[tokio::test(flavor = "multi_thread")]
async fn b17_b18_userinfo_takes_the_token_from_the_header_only() {
    let w = world().await;
    let code = w.code(&mut w.visitor(), &authorize(&[])).await;
    let tokens = w.redeem(&code).await.expect(200).json();
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    let access = text("access_token");
    let refused = w.visitor().get_raw(&format!("/openid/userinfo?access_token={access}")).await.expect(401);
    assert!(refused.body.is_empty());
    assert!(refused.header("www-authenticate").unwrap().starts_with("error=\"invalid_token\""));
    for bad in
        [text("refresh_token"), text("id_token"), code, access.to_uppercase(), "0".repeat(32), String::new()]
    {
        w.userinfo(&bad).await.expect(401);
    }
    let mut c = w.visitor().header("authorization", &format!("bearer {access}"));
    c.get_raw("/openid/userinfo").await.expect(200);
    c.send(Method::POST, "/openid/userinfo", Some("application/json"), b"{}".to_vec()).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn h14_the_database_holds_no_secret_in_clear() {
    for w in worlds().await {
        let mut c = w.visitor();
        let code = w.code(&mut c, &authorize(&[("code_challenge_method", "")])).await;
        let tokens = w.redeem(&code).await.expect(200).json();
        let texts = w.db.read(|conn| {
            let mut all = String::new();
            for row in conn.query(copihue_db::sql!("SELECT secret FROM identity_credential"), &[])? {
                all.push_str(&row.get::<String>("secret")?);
            }
            for row in conn.query(copihue_db::sql!("SELECT token_hash FROM identity_session"), &[])? {
                all.push_str(&hex::encode(row.get::<Vec<u8>>("token_hash")?));
            }
            for row in
                conn.query(copihue_db::sql!("SELECT run_sealed, email_sealed FROM identity_person"), &[])?
            {
                all.push_str(&String::from_utf8_lossy(&row.get::<Vec<u8>>("run_sealed")?));
                all.push_str(&String::from_utf8_lossy(&row.get::<Vec<u8>>("email_sealed")?));
            }
            Ok(all)
        });
        let texts = texts.await.unwrap();
        assert!(texts.contains("$argon2id$v=19$m=64,t=1,p=1$"));
        let secrets =
            ["testing", "44444444", "maria@ejemplo.cl", tokens["access_token"].as_str().unwrap(), &code];
        assert!(secrets.iter().all(|s| !texts.contains(s)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_email_comes_with_its_scope_and_two_surnames_where_asked() {
    let w = world().await;
    let mut new = app();
    new.scopes.push("email".into());
    new.settings.two_surnames = true;
    new.settings.iss = true;
    w.register(new).await;
    let url = authorize(&[("scope", "openid run name email")]);
    let done = w.log_in(&mut w.visitor(), &url, "55555555-5", "testing").await.expect(303);
    let location = done.location().unwrap();
    assert_eq!(query(location, "iss"), Some(format!("{}/openid", w.base)));
    let tokens = w.redeem(&query(location, "code").unwrap()).await.expect(200).json();
    let user = w.userinfo(tokens["access_token"].as_str().unwrap()).await.expect(200).json();
    assert_eq!(user["name"]["apellidos"], serde_json::json!(["Soto", ""]));
    assert_eq!(user["email"], "maria@ejemplo.cl");
}

#[tokio::test(flavor = "multi_thread")]
async fn m05_what_was_ended_after_a_backup_stays_dead_when_it_is_restored() {
    for w in worlds().await {
        let mut c = w.visitor();
        let first = w.redeem(&w.code(&mut c, &authorize(&[])).await).await.expect(200).json();
        let unused = w.code(&mut w.visitor(), &authorize(&[])).await;
        // As `copihue db restore` does at its end.
        let now = copihue_core::Clock::now(&*w.clock);
        assert!(w.db.write(move |tx| end_what_was_given(tx, now)).await.unwrap() >= 4);
        w.userinfo(first["access_token"].as_str().unwrap()).await.expect(401);
        assert!(
            w.token(&refresh_fields(first["refresh_token"].as_str().unwrap())).await.status.is_client_error()
        );
        assert!(w.redeem(&unused).await.status.is_client_error());
        assert!(
            c.get_raw(&authorize(&[("prompt", "none")])).await.location().unwrap().contains("login_required")
        );
        w.redeem(&w.code(&mut w.visitor(), &authorize(&[])).await).await.expect(200);
    }
}

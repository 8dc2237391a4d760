//! Attacks C and E: the profile `alto` (FAPI 2.0).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use copihue_identity::*;
use copihue_web::testing::Reply;
use http::Method;
use serde_json::{Value, json};

use crate::open_world::*;
use crate::world::*;

/// A world with the application of this key.
async fn with(key: &Key) -> World {
    let w = world().await;
    w.register(alto(key)).await;
    w
}

async fn push(w: &World, key: &Key, more: &[(&str, &str)], proof: Option<&str>) -> Reply {
    let all = [key.assertion(w, ALTO), request(ALTO, more)].concat();
    post(w, "/oauth2/par", &all, proof).await
}

async fn pushed(w: &World, key: &Key, more: &[(&str, &str)]) -> String {
    let answer = push(w, key, more, None).await.expect(201).json();
    assert_eq!(answer["expires_in"], 60);
    let name = answer["request_uri"].as_str().unwrap();
    assert!(name.starts_with("urn:ietf:params:oauth:request_uri:"));
    let encoded = String::from_utf8(form(&[("client_id", ALTO), ("request_uri", name)])).unwrap();
    format!("/oauth2/authorize?{encoded}")
}

async fn code(w: &World, key: &Key, more: &[(&str, &str)]) -> String {
    let url = pushed(w, key, more).await;
    w.code(&mut w.visitor(), &url).await
}

fn code_grant(w: &World, key: &Key, code: &str) -> Vec<(String, String)> {
    let verifier = verifier();
    let grant = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier.as_str())];
    [key.assertion(w, ALTO), fields(&grant)].concat()
}

async fn redeem(w: &World, key: &Key, code: &str, nonce: &str) -> Reply {
    let proof = key.proof(w, "POST", "/oauth2/token", nonce, None);
    post(w, "/oauth2/token", &code_grant(w, key, code), Some(&proof)).await
}

async fn show(w: &World, scheme: &str, token: &str, proof: Option<&str>) -> Reply {
    let mut c = w.visitor().header("authorization", &format!("{scheme} {token}"));
    if let Some(proof) = proof {
        c = c.header("dpop", proof);
    }
    c.get_raw("/oauth2/userinfo").await
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_01_e09_the_whole_high_flow_binds_every_token_to_the_key() {
    for w in worlds().await {
        let key = Key::new();
        w.register(alto(&key)).await;
        let nonce = nonce(&w, &key).await;
        let code = code(&w, &key, &[]).await;
        let tokens = redeem(&w, &key, &code, &nonce).await.expect(200).json();
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&"DPoP".into(), &300.into()));
        let access = tokens["access_token"].as_str().unwrap();
        let proof = key.proof(&w, "GET", "/oauth2/userinfo", &nonce, Some(access));
        let user = show(&w, "DPoP", access, Some(&proof)).await.expect(200).json();
        assert_eq!(user["run"], "44444444-4");
        // Refresh keeps the same token: it is bound to the key instead.
        w.clock.advance_millis(60_000);
        let refresh = tokens["refresh_token"].as_str().unwrap();
        let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let proof = key.proof(&w, "POST", "/oauth2/token", &nonce, None);
        let all = [key.assertion(&w, ALTO), fields(&grant)].concat();
        let next = post(&w, "/oauth2/token", &all, Some(&proof)).await.expect(200).json();
        assert_eq!(next["refresh_token"], tokens["refresh_token"]);
        assert_ne!(next["access_token"], tokens["access_token"]);
        let thief = Key::new().proof(&w, "POST", "/oauth2/token", &nonce, None);
        let all = [key.assertion(&w, ALTO), fields(&grant)].concat();
        let refused = post(&w, "/oauth2/token", &all, Some(&thief)).await.expect(400);
        assert_eq!(refused.json()["error"], "invalid_dpop_proof");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn e01_e02_requests_are_left_with_us_first_whole_and_proved() {
    let key = Key::new();
    let w = with(&key).await;
    let page = w.visitor().get_raw(&ask(ALTO, &[])).await.expect(400);
    assert!(page.location().is_none() && page.says("request_uri"));
    w.visitor().get_raw("/oauth2/par").await.expect(405);
    for more in [
        [("request_uri", "urn:ietf:params:oauth:request_uri:x")],
        [("code_challenge", "")],
        [("code_challenge_method", "plain")],
        [("redirect_uri", "https://evil.cl/")],
        [("response_type", "token")],
    ] {
        let refused = push(&w, &key, &more, None).await.expect(400);
        assert_eq!(refused.json()["error"], "invalid_request", "{more:?}");
    }
    post(&w, "/oauth2/par", &request(ALTO, &[]), None).await.expect(401);
    let big = fields(&[("x", &"a".repeat(70_000))]);
    post(&w, "/oauth2/par", &big, None).await.expect(413);
}

#[tokio::test(flavor = "multi_thread")]
async fn e03_a_request_left_with_us_counts_once_for_its_owner_and_for_a_minute() {
    for w in worlds().await {
        let key = Key::new();
        w.register(alto(&key)).await;
        w.register(NewClient { id: Some("ajena".into()), ..alto(&key) }).await;
        let url = pushed(&w, &key, &[]).await;
        w.visitor().get_raw(&url.replace(ALTO, "ajena")).await.expect(400);
        let mut c = w.visitor();
        let page = c.get_raw(&url).await.expect(200);
        c.get_raw(&url).await.expect(200);
        // Whoever takes their time with the password still comes through; a new browser does not.
        w.clock.advance_millis(120_000);
        w.visitor().get_raw(&url).await.expect(400);
        send(&mut c, &page, &url, "44444444-4", "testing").await.expect(303);
        c.get_raw(&url).await.expect(400);
        let late = pushed(&w, &key, &[]).await;
        w.clock.advance_millis(60_000);
        w.visitor().get_raw(&late).await.expect(400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b02_e08_a_high_code_lives_a_minute_and_may_be_bound_to_a_key_from_the_start() {
    let key = Key::new();
    let w = with(&key).await;
    let nonce = nonce(&w, &key).await;
    let bare = code(&w, &key, &[]).await;
    let refused = post(&w, "/oauth2/token", &code_grant(&w, &key, &bare), None).await.expect(400);
    assert_eq!(refused.json()["error"], "invalid_dpop_proof", "no bearer here");
    let late = code(&w, &key, &[]).await;
    w.clock.advance_millis(60_000);
    assert_eq!(redeem(&w, &key, &late, &nonce).await.expect(400).json()["error"], "invalid_grant");
    // By its thumbprint, or by a proof when the request is left with us.
    let thumbprint = copihue_identity::model::jose::Jwk::parse(&key.jwk()).unwrap().thumbprint;
    let bound = code(&w, &key, &[("dpop_jkt", &thumbprint)]).await;
    let other = Key::new().proof(&w, "POST", "/oauth2/token", &nonce, None);
    let refused = post(&w, "/oauth2/token", &code_grant(&w, &key, &bound), Some(&other)).await.expect(400);
    assert_eq!(refused.json()["error"], "invalid_dpop_proof");
    redeem(&w, &key, &bound, &nonce).await.expect(200);
    let proof = Key::new().proof(&w, "POST", "/oauth2/par", &nonce, None);
    let refused = push(&w, &key, &[("dpop_jkt", &thumbprint)], Some(&proof)).await.expect(400);
    assert_eq!(refused.json()["error"], "invalid_dpop_proof");
}

/// A request with the header and the claims of its proof spoiled.
async fn spoiled(
    w: &World,
    key: &Key,
    access: &str,
    nonce: &str,
    spoil: impl FnOnce(&mut Value, &mut Value),
) -> Reply {
    let (mut header, mut claims) = key.proof_parts(w, "GET", "/oauth2/userinfo");
    claims["nonce"] = nonce.into();
    claims["ath"] = URL_SAFE_NO_PAD.encode(copihue_core::json::sha256(access.as_bytes())).into();
    spoil(&mut header, &mut claims);
    show(w, "DPoP", access, Some(&key.sign(&header, &claims))).await
}

type Spoil = (&'static str, fn(&mut Value, &mut Value));

const SPOILED: [Spoil; 15] = [
    ("typ", |h, _| h["typ"] = "JWT".into()),
    ("no alg", |h, _| h["alg"] = Value::Null),
    ("none", |h, _| h["alg"] = "none".into()),
    ("RS256", |h, _| h["alg"] = "RS256".into()),
    ("no jwk", |h, _| h["jwk"] = Value::Null),
    ("private jwk", |h, _| h["jwk"]["d"] = "AAAA".into()),
    ("another jwk", |h, _| h["jwk"] = Key::new().jwk()),
    ("no jti", |_, c| c["jti"] = Value::Null),
    ("no htm", |_, c| c["htm"] = Value::Null),
    ("htm", |_, c| c["htm"] = "POST".into()),
    ("no htu", |_, c| c["htu"] = Value::Null),
    ("htu", |_, c| c["htu"] = "https://otra.ejemplo.cl/oauth2/userinfo".into()),
    ("no iat", |_, c| c["iat"] = Value::Null),
    ("no ath", |_, c| c["ath"] = Value::Null),
    ("ath", |_, c| c["ath"] = "AAAA".into()),
];

#[tokio::test(flavor = "multi_thread")]
async fn e05_e06_e07_e10_a_proof_that_proves_something_else_is_refused() {
    let key = Key::new();
    let w = with(&key).await;
    let nonce = nonce(&w, &key).await;
    let code = code(&w, &key, &[]).await;
    let tokens = redeem(&w, &key, &code, &nonce).await.expect(200).json();
    let access = tokens["access_token"].as_str().unwrap();
    for (what, spoil) in SPOILED {
        let refused = spoiled(&w, &key, access, &nonce, spoil).await;
        assert_eq!(refused.status, 401, "{what}");
        assert!(refused.header("www-authenticate").unwrap().starts_with("DPoP error="), "{what}");
    }
    let now = seconds(&w);
    for (off, status) in [(10, 200), (-10, 200), (3_600, 401), (-3_600, 401)] {
        spoiled(&w, &key, access, &nonce, |_, c| c["iat"] = (now + off).into()).await.expect(status);
    }
    let upper = w.base.replace("http", "HTTP") + "/oauth2/userinfo?x=1#y";
    spoiled(&w, &key, access, &nonce, |_, c| c["htu"] = upper.into()).await.expect(200);
    for proof in ["", "a.b.c"] {
        show(&w, "DPoP", access, Some(proof)).await.expect(401);
    }
    show(&w, "DPoP", access, None).await.expect(401);
    show(&w, "Bearer", access, None).await.expect(401);
    let proof = key.proof(&w, "GET", "/oauth2/userinfo", &nonce, Some(access));
    show(&w, "dpop", access, Some(&proof)).await.expect(200);
    show(&w, "DPoP", access, Some(&proof)).await.expect(401);
    let thief = Key::new().proof(&w, "GET", "/oauth2/userinfo", &nonce, Some(access));
    show(&w, "DPoP", access, Some(&thief)).await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn e09_an_old_nonce_is_answered_with_a_new_one() {
    let key = Key::new();
    let w = with(&key).await;
    let old = nonce(&w, &key).await;
    w.clock.advance_millis(5 * 60_000);
    let code = code(&w, &key, &[]).await;
    let reply = redeem(&w, &key, &code, &old).await.expect(400);
    assert_eq!(reply.json()["error"], "use_dpop_nonce");
    let fresh = reply.header("dpop-nonce").unwrap().to_owned();
    redeem(&w, &key, &code, &fresh).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn c01_c02_c03_c04_m03_an_assertion_is_ours_fresh_and_used_once() {
    for w in worlds().await {
        let key = Key::new();
        w.register(alto(&key)).await;
        let try_with = async |header: Value, claims: Value, by: &Key| {
            let all = [asserted(by.sign(&header, &claims)), request(ALTO, &[])].concat();
            post(&w, "/oauth2/par", &all, None).await.status.as_u16()
        };
        let (plain, now) = (json!({"alg": "ES256"}), seconds(&w));
        let change = |name: &str, value: Value| {
            let mut claims = key.assertion_claims(&w, ALTO);
            claims[name] = value;
            claims
        };
        for (name, value) in [
            ("sub", Value::Null),
            ("iss", "otra".into()),
            ("exp", (now - 300).into()),
            ("exp", (now + 365 * 86_400).into()),
            ("iat", (now + 61).into()),
            ("nbf", (now + 61).into()),
            ("aud", format!("{}/oauth2/token", w.base).into()),
            ("aud", format!("{}/oauth2/par", w.base).into()),
            ("aud", json!([w.base])),
            ("jti", Value::Null),
        ] {
            assert_eq!(
                try_with(plain.clone(), change(name, value.clone()), &key).await,
                401,
                "{name}={value}"
            );
        }
        for ahead in ["iat", "nbf"] {
            assert_eq!(try_with(plain.clone(), change(ahead, (now + 8).into()), &key).await, 201);
        }
        for header in [
            json!({"alg": "none"}),
            json!({"alg": "HS256"}),
            json!({"alg": "RS256"}),
            json!({"alg": "ES256", "kid": "unknown"}),
            json!({"alg": "ES256", "jwk": key.jwk()}),
            json!({"alg": "ES256", "jku": "https://evil.cl/jwks"}),
            json!({"alg": "ES256", "crit": ["x"], "x": 1}),
        ] {
            assert_eq!(try_with(header.clone(), key.assertion_claims(&w, ALTO), &key).await, 401, "{header}");
        }
        assert_eq!(try_with(plain.clone(), key.assertion_claims(&w, ALTO), &Key::new()).await, 401);
        let once = key.assertion_claims(&w, ALTO);
        assert_eq!(try_with(plain.clone(), once.clone(), &key).await, 201);
        assert_eq!(try_with(plain, once, &key).await, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn e04_only_what_was_signed_counts() {
    let key = Key::new();
    let w = with(&key).await;
    let mut new = alto(&key);
    new.settings.signed_requests = true;
    w.register(new).await;
    let now = seconds(&w);
    let claims = |more: &[(&str, Value)]| {
        let mut claims = json!({"iss": ALTO, "aud": w.base, "nbf": now, "exp": now + 300});
        for (name, value) in request(ALTO, &[]) {
            claims[name] = value.into();
        }
        more.iter().for_each(|(name, value)| claims[*name] = value.clone());
        claims
    };
    let typ = json!({"alg": "ES256", "typ": "oauth-authz-req+jwt"});
    let sent = async |object: String, outside: &[(&str, &str)]| {
        let all = [key.assertion(&w, ALTO), fields(&[("request", &object)]), fields(outside)].concat();
        post(&w, "/oauth2/par", &all, None).await
    };
    sent(key.sign(&typ, &claims(&[])), &[("client_id", ALTO)]).await.expect(201);
    sent(key.sign(&typ, &claims(&[("nbf", (now + 8).into())])), &[]).await.expect(201);
    for (name, value) in [
        ("exp", Value::Null),
        ("nbf", Value::Null),
        ("exp", (now + 2 * 3_600).into()),
        ("nbf", (now - 2 * 3_600).into()),
        ("aud", "https://otra.ejemplo.cl".into()),
        ("client_id", "otra".into()),
        ("iss", "otra".into()),
        ("request_uri", "urn:x".into()),
    ] {
        let refused = sent(key.sign(&typ, &claims(&[(name, value.clone())])), &[]).await.expect(400);
        assert_eq!(refused.json()["error"], "invalid_request_object", "{name}={value}");
    }
    for object in [
        key.sign(&json!({"alg": "none"}), &claims(&[])),
        key.sign(&json!({"alg": "RS256"}), &claims(&[])),
        Key::new().sign(&typ, &claims(&[])),
        "eyJ".to_owned(),
    ] {
        assert_eq!(sent(object, &[]).await.expect(400).json()["error"], "invalid_request_object");
    }
    let differs = sent(key.sign(&typ, &claims(&[])), &[("scope", "openid email")]).await.expect(400);
    assert_eq!(differs.json()["error"], "invalid_request_object");
    let unsigned = push(&w, &key, &[], None).await.expect(400);
    assert_eq!(unsigned.json()["error"], "invalid_request_object");
    // In the address too, for who need not leave the request with us.
    let mut open = base();
    open.settings.jwks = Some(key.set());
    w.register(open).await;
    let mut signed = claims(&[("iss", BASE.into()), ("client_id", BASE.into())]);
    signed["state"] = "signed".into();
    let object = key.sign(&typ, &signed);
    let url = format!("/oauth2/authorize?client_id={BASE}&request={object}");
    let done = w.log_in(&mut w.visitor(), &url, "44444444-4", "testing").await.expect(303);
    assert_eq!(query(done.location().unwrap(), "state").as_deref(), Some("signed"));
    let mut c = w.visitor();
    c.send(Method::GET, &format!("/oauth2/authorize?client_id={BASE}&request=eyJ"), None, Vec::new())
        .await
        .expect(400);
}

#[tokio::test(flavor = "multi_thread")]
async fn c04_c06_keys_that_can_not_be_used_are_not_registered() {
    let w = world().await;
    let key = Key::new();
    let mut private = key.jwk();
    private["d"] = "AAAA".into();
    let short = json!({"kty": "RSA", "e": "AQAB", "n": "A".repeat(171)});
    for jwks in
        [None, Some(json!({"keys": []})), Some(json!({"keys": [private]})), Some(json!({"keys": [short]}))]
    {
        let mut new = alto(&key);
        new.settings.jwks = jwks;
        let identity = w.identity.clone();
        let done = w.db.write(move |tx| identity.register_client(tx, &new)).await;
        assert_eq!(done.unwrap_err().code(), "llaves_invalidas");
    }
}

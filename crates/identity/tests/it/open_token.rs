//! Attacks B, D and F against the profile `base`: tokens, their questions and their end.

use copihue_core::Actor;
use copihue_identity::*;

use crate::open_world::*;
use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn b01_b02_b04_b05_an_open_code_lives_a_minute_counts_once_and_needs_its_verifier() {
    let w = world().await;
    w.register(base()).await;
    let fresh = async || w.code(&mut w.visitor(), &ask(BASE, &[])).await;
    let change = |code: &str, name: &str, value: &str| {
        let mut fields = code_fields(code);
        fields.retain(|(n, _)| n != name);
        if !value.is_empty() {
            fields.push((name.to_owned(), value.to_owned()));
        }
        fields
    };
    for (name, value) in
        [("code_verifier", ""), ("code_verifier", "x"), ("redirect_uri", "https://tramites.ejemplo.cl/")]
    {
        let code = fresh().await;
        assert_eq!(error(&w, &change(&code, name, value)).await, "invalid_grant", "{name}={value}");
    }
    token(&w, &change(&fresh().await, "redirect_uri", "")).await.expect(200);
    let late = fresh().await;
    w.clock.advance_millis(60_000);
    assert_eq!(error(&w, &code_fields(&late)).await, "invalid_grant");
    let code = fresh().await;
    let tokens = token(&w, &code_fields(&code)).await.expect(200).json();
    assert_eq!(error(&w, &code_fields(&code)).await, "invalid_grant");
    userinfo(&w, tokens["access_token"].as_str().unwrap()).await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn b07_b09_an_open_application_that_fails_to_prove_itself_gets_401() {
    let w = world().await;
    w.register(base()).await;
    let code = w.code(&mut w.visitor(), &ask(BASE, &[])).await;
    let mut answers = Vec::new();
    for (name, value) in [("client_secret", "wrong"), ("client_secret", ""), ("client_id", "nobody")] {
        let mut fields = code_fields(&code);
        fields.iter_mut().filter(|(n, _)| n == name).for_each(|f| f.1 = value.to_owned());
        let reply = token(&w, &fields).await.expect(401);
        assert_eq!(reply.json()["error"], "invalid_client");
        assert!(reply.header("www-authenticate").unwrap().starts_with("Basic"));
        answers.push(reply.text());
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "whatever is wrong, the same answer");
    assert_eq!(error(&w, &secret(&[("grant_type", "password")])).await, "unsupported_grant_type");
    assert_eq!(error(&w, &secret(&[("grant_type", "client_credentials")])).await, "unauthorized_client");
}

#[tokio::test(flavor = "multi_thread")]
async fn b10_a_stolen_refresh_token_of_a_public_program_ends_the_family() {
    for w in worlds().await {
        w.register(NewClient { settings: Settings { auth: Auth::Public, ..base().settings }, ..base() })
            .await;
        let code = w.code(&mut w.visitor(), &ask(BASE, &[])).await;
        let bare = |mut fields: Vec<(String, String)>| {
            fields.retain(|(n, _)| n != "client_secret");
            fields
        };
        let first = token(&w, &bare(code_fields(&code))).await.expect(200).json();
        let old = first["refresh_token"].as_str().unwrap().to_owned();
        w.clock.advance_millis(20_000);
        let second = token(&w, &bare(renew(&old))).await.expect(200).json();
        w.clock.advance_millis(11_000);
        assert_eq!(error(&w, &bare(renew(&old))).await, "invalid_grant");
        userinfo(&w, second["access_token"].as_str().unwrap()).await.expect(401);
        let newest = second["refresh_token"].as_str().unwrap();
        assert_eq!(error(&w, &bare(renew(newest))).await, "invalid_grant");
        let person = w.identity.person_by_run("44444444-4".parse().unwrap()).await.unwrap().unwrap();
        let told = w.identity.events(person.id, 9).await.unwrap();
        assert!(told.iter().any(|e| e.kind == copihue_identity::model::event::EventKind::TokenReuse));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_b13_what_was_given_ends_with_the_session_unless_it_reaches_further() {
    for w in worlds().await {
        w.register(base()).await;
        let mut c = w.visitor();
        let far = tokens(&w, &mut c, &[("scope", "openid offline_access")]).await;
        let again = c.get_raw(&ask(BASE, &[("scope", "openid")])).await.expect(302);
        let code = query(again.location().unwrap(), "code").unwrap();
        let near = token(&w, &code_fields(&code)).await.expect(200).json();
        let url = format!("/oauth2/logout?id_token_hint={}", near["id_token"].as_str().unwrap());
        c.get_raw(&url).await.expect(200);
        assert_eq!(error(&w, &renew(near["refresh_token"].as_str().unwrap())).await, "invalid_grant");
        userinfo(&w, near["access_token"].as_str().unwrap()).await.expect(401);
        let far = far["refresh_token"].as_str().unwrap().to_owned();
        let far =
            token(&w, &renew(&far)).await.expect(200).json()["refresh_token"].as_str().unwrap().to_owned();
        w.clock.advance_millis(13 * 86_400_000);
        let far =
            token(&w, &renew(&far)).await.expect(200).json()["refresh_token"].as_str().unwrap().to_owned();
        w.clock.advance_millis(14 * 86_400_000);
        assert_eq!(error(&w, &renew(&far)).await, "invalid_grant", "fourteen days without use");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_b16_d04_introspection_passes_the_same_gate_and_is_for_the_owner_and_the_api() {
    for w in worlds().await {
        let api = "https://api.ejemplo.cl";
        let mut new = base();
        new.settings.audience = Some(api.into());
        w.register(new).await;
        let resource = |id: &str, name: Option<&str>| NewClient {
            id: Some(id.into()),
            settings: Settings { resource: name.map(str::to_owned), ..base().settings },
            ..base()
        };
        w.register(resource("api", Some(api))).await;
        w.register(resource("ajena", None)).await;
        let tokens = tokens(&w, &mut w.visitor(), &[]).await;
        let access = tokens["access_token"].as_str().unwrap().to_owned();
        let introspect = async |id: &str, token: &str| {
            let mut all = secret(&[("token", token)]);
            all[0].1 = id.to_owned();
            post(&w, "/oauth2/introspect", &all, None).await
        };
        for id in [BASE, "api"] {
            let said = introspect(id, &access).await.expect(200).json();
            assert_eq!((&said["active"], &said["client_id"]), (&true.into(), &BASE.into()));
            assert_eq!((&said["aud"], &said["scope"]), (&api.into(), &"openid profile run".into()));
            assert!(!said.to_string().contains("44444444"), "nothing that tells who it is");
        }
        assert_eq!(introspect(BASE, tokens["refresh_token"].as_str().unwrap()).await.json()["active"], true);
        for (id, token) in [("ajena", access.as_str()), (BASE, "nothing"), (BASE, &"A".repeat(36))] {
            assert_eq!(introspect(id, token).await.expect(200).json(), serde_json::json!({"active": false}));
        }
        introspect("nobody", &access).await.expect(401);
        let person = w.identity.person_by_run("44444444-4".parse().unwrap()).await.unwrap().unwrap();
        w.identity.set_standing(&Actor::job("prueba"), person.id, Standing::Suspend, "Prueba").await.unwrap();
        assert_eq!(introspect(BASE, &access).await.json(), serde_json::json!({"active": false}));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b15_an_application_revokes_its_own_tokens_only() {
    for w in worlds().await {
        w.register(base()).await;
        w.register(NewClient { id: Some("ajena".into()), ..base() }).await;
        let tokens = tokens(&w, &mut w.visitor(), &[]).await;
        let access = tokens["access_token"].as_str().unwrap();
        let mut foreign = secret(&[("token", access)]);
        foreign[0].1 = "ajena".into();
        post(&w, "/oauth2/revoke", &foreign, None).await.expect(200);
        userinfo(&w, access).await.expect(200);
        let own = secret(&[("token", tokens["refresh_token"].as_str().unwrap())]);
        post(&w, "/oauth2/revoke", &own, None).await.expect(200);
        userinfo(&w, access).await.expect(401);
        post(&w, "/oauth2/revoke", &secret(&[]), None).await.expect(400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b17_b18_d01_open_userinfo_takes_a_living_access_token_from_the_header_only() {
    let w = world().await;
    w.register(base()).await;
    let tokens = tokens(&w, &mut w.visitor(), &[]).await;
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    let access = text("access_token");
    w.visitor().get_raw(&format!("/oauth2/userinfo?access_token={access}")).await.expect(401);
    for bad in [text("refresh_token"), text("id_token"), "a.b.c".to_owned(), access[..35].to_owned()] {
        let refused = userinfo(&w, &bad).await.expect(401);
        assert!(refused.header("www-authenticate").unwrap().starts_with("Bearer error=\"invalid_token\""));
    }
    // The short form of the national contract opens nothing here.
    w.userinfo(&access).await.expect(401);
    w.clock.advance_millis(600_000);
    userinfo(&w, &access).await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn d01_d02_d05_signed_access_tokens_say_nothing_of_the_person_and_die_like_the_others() {
    for w in worlds().await {
        let mut new = base();
        new.settings.access = AccessForm::Jwt;
        new.settings.audience = Some("https://api.ejemplo.cl".into());
        w.register(new).await;
        let first = tokens(&w, &mut w.visitor(), &[]).await;
        let access = first["access_token"].as_str().unwrap().to_owned();
        let (header, claims) = (part(&access, 0), part(&access, 1));
        assert_eq!((&header["typ"], &header["alg"]), (&"at+jwt".into(), &"ES256".into()));
        assert_eq!((&claims["aud"], &claims["client_id"]), (&"https://api.ejemplo.cl".into(), &BASE.into()));
        assert!(!claims.to_string().contains("44444444") && !claims.to_string().contains("Carmen"));
        userinfo(&w, &access).await.expect(200);
        let mut tampered = access.clone().into_bytes();
        let last = tampered.len() - 10;
        tampered[last] = if tampered[last] == b'A' { b'B' } else { b'A' };
        userinfo(&w, std::str::from_utf8(&tampered).unwrap()).await.expect(401);
        // An id_token is no access token, whoever signed it.
        userinfo(&w, first["id_token"].as_str().unwrap()).await.expect(401);
        w.clock.advance_millis(20_000);
        let second = token(&w, &renew(first["refresh_token"].as_str().unwrap())).await.expect(200).json();
        w.clock.advance_millis(11_000);
        userinfo(&w, &access).await.expect(401);
        let access = second["access_token"].as_str().unwrap();
        userinfo(&w, access).await.expect(200);
        post(&w, "/oauth2/revoke", &secret(&[("token", access)]), None).await.expect(200);
        userinfo(&w, access).await.expect(401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_02_an_application_asks_in_its_own_name_only_if_it_may() {
    let w = world().await;
    let mut new = base();
    new.settings.machine = true;
    new.scopes.push("padron:leer".into());
    w.register(new.clone()).await;
    let grant = [("grant_type", "client_credentials"), ("scope", "padron:leer")];
    let reply = token(&w, &secret(&grant)).await.expect(200).json();
    assert!(reply.get("refresh_token").is_none() && reply.get("id_token").is_none());
    let access = reply["access_token"].as_str().unwrap();
    let claims = part(access, 1);
    assert_eq!((&claims["sub"], &claims["scope"]), (&BASE.into(), &"padron:leer".into()));
    userinfo(&w, access).await.expect(401);
    let introspect =
        async || post(&w, "/oauth2/introspect", &secret(&[("token", access)]), None).await.json();
    assert_eq!(introspect().await["active"], true);
    let wider = [("grant_type", "client_credentials"), ("scope", "padron:escribir")];
    assert_eq!(error(&w, &secret(&wider)).await, "invalid_scope");
    w.clock.advance_millis(600_000);
    assert_eq!(introspect().await["active"], false);
    w.register(NewClient { state: ClientState::Suspended, ..new }).await;
    assert_eq!(error(&w, &secret(&grant)).await, "unauthorized_client");
}

#[tokio::test(flavor = "multi_thread")]
async fn d03_keys_take_turns_and_old_tokens_stay_good() {
    for w in worlds().await {
        w.register(base()).await;
        let keys = async || {
            let set = w.visitor().get_raw("/oauth2/jwks").await.json();
            set["keys"]
                .as_array()
                .unwrap()
                .iter()
                .map(|k| k["kid"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let kid = |tokens: &serde_json::Value| part(tokens["id_token"].as_str().unwrap(), 0)["kid"].clone();
        let first = tokens(&w, &mut w.visitor(), &[]).await;
        assert_eq!(keys().await.len(), 2, "one of each kind");
        w.identity.rotate_keys().await.unwrap();
        assert_eq!(keys().await.len(), 4, "the next ones are published before they sign");
        w.clock.advance_millis(91 * 86_400_000);
        w.identity.rotate_keys().await.unwrap();
        let second = tokens(&w, &mut w.visitor(), &[]).await;
        assert_ne!(kid(&first), kid(&second));
        let published = keys().await;
        for tokens in [&first, &second] {
            assert!(published.iter().any(|k| *k == kid(tokens)));
        }
        w.clock.advance_millis(4 * 86_400_000);
        w.identity.rotate_keys().await.unwrap();
        assert!(!keys().await.iter().any(|k| *k == kid(&first)), "forgotten after three days");
        let mut unique = keys().await;
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), keys().await.len());
    }
}

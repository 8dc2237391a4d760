//! Attacks A: the authorization endpoint.

use copihue_identity::*;
use http::Method;

use crate::world::*;

fn challenge() -> String {
    "a".repeat(43)
}

#[tokio::test(flavor = "multi_thread")]
async fn a01_a_redirect_uri_that_is_not_registered_gets_a_page_and_no_redirect() {
    let w = world().await;
    for bad in [
        "https://tramites.ejemplo.cl/claveunica/callback",
        "https://tramites.ejemplo.cl/claveunica/callback/extra",
        "https://tramites.ejemplo.cl/claveunica/Callback/",
        "https://TRAMITES.ejemplo.cl/claveunica/callback/",
        "http://tramites.ejemplo.cl/claveunica/callback/",
        "https://tramites.ejemplo.cl:444/claveunica/callback/",
        "https://tramites.ejemplo.cl/claveunica/callback/%2e%2e/",
        "https://tramites.ejemplo.cl@evil.cl/claveunica/callback/",
        "https://x.tramites.ejemplo.cl/claveunica/callback/",
        "https://tramites.ejemplo.cl/claveunica/callback/#f",
        "https://evil.cl/",
        "javascript:alert(1)",
    ] {
        let page = w.visitor().get_raw(&authorize(&[("redirect_uri", bad)])).await.expect(400);
        assert!(page.location().is_none() && page.says("mismatching redirection URI"), "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a03_an_unknown_client_or_no_redirect_uri_gets_a_page() {
    let w = world().await;
    for (more, says) in [
        (("client_id", "nobody"), "client identifier"),
        (("client_id", ""), "client identifier"),
        (("redirect_uri", ""), "redirection URI"),
    ] {
        let page = w.visitor().get_raw(&authorize(&[more])).await.expect(400);
        assert!(page.location().is_none() && page.says(says));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a04_a05_a07_a10_errors_go_back_with_the_contracts_words() {
    let w = world().await;
    let long = "a".repeat(129);
    for (more, error) in [
        (vec![("response_type", "token")], "unsupported_response_type"),
        (vec![("response_type", "id_token token")], "unsupported_response_type"),
        (vec![("response_type", "code id_token")], "unsupported_response_type"),
        (vec![("response_type", "")], "invalid_request"),
        (vec![("scope", "run name")], "invalid_scope"),
        (vec![("scope", "")], "invalid_scope"),
        (vec![("request", "eyJ")], "request_not_supported"),
        (vec![("code_challenge", &challenge()), ("code_challenge_method", "plain")], "invalid_request"),
        (vec![("code_challenge", &challenge())], "invalid_request"),
        (vec![("code_challenge", "short"), ("code_challenge_method", "S256")], "invalid_request"),
        (vec![("code_challenge", &long), ("code_challenge_method", "S256")], "invalid_request"),
        (vec![("prompt", "none")], "login_required"),
        (vec![("prompt", "none login")], "invalid_request"),
        (vec![("max_age", "-1")], "invalid_request"),
    ] {
        let sent = w.visitor().get_raw(&authorize(&more)).await.expect(302);
        let location = sent.location().unwrap();
        assert!(location.starts_with(RETURN));
        assert_eq!(query(location, "error").as_deref(), Some(error), "{more:?}");
        assert_eq!(query(location, "state").as_deref(), Some("abcdefgh"));
        assert!(query(location, "error_description").is_some());
    }
    // Unknown scopes are ignored, and one that the application may not have is not given.
    w.visitor().get_raw(&authorize(&[("scope", "name openid phone run email")])).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a08_a_parameter_that_comes_twice_is_an_error() {
    let w = world().await;
    w.visitor().get_raw(&format!("{}&client_id={APP}", authorize(&[]))).await.expect(400);
    w.visitor().get_raw(&format!("{}&redirect_uri={RETURN}", authorize(&[]))).await.expect(400);
    let twice = w.visitor().get_raw(&format!("{}&state=other", authorize(&[]))).await.expect(302);
    assert_eq!(query(twice.location().unwrap(), "error").as_deref(), Some("invalid_request"));
    assert!(query(twice.location().unwrap(), "state").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a09_state_is_echoed_byte_for_byte_up_to_four_kilobytes() {
    let w = world().await;
    let full = "x".repeat(4096);
    for raw in ["abcdefgh", "a%2Bb%20c%C3%B1", "a+b", "%7B%22r%22%3A1%7D", "eyJ.abc-_~==", full.as_str()] {
        let url = authorize(&[("state", "")]) + "&state=" + raw;
        let done = w.log_in(&mut w.visitor(), &url, "44444444-4", "testing").await.expect(303);
        assert!(done.location().unwrap().ends_with(&format!("&state={raw}")), "{}", done.location().unwrap());
    }
    let over =
        w.visitor().get_raw(&(authorize(&[("state", "")]) + "&state=" + &"x".repeat(4097))).await.expect(302);
    assert_eq!(query(over.location().unwrap(), "error").as_deref(), Some("invalid_request"));
    assert!(!over.location().unwrap().contains("state="), "never truncated");
    let none =
        w.log_in(&mut w.visitor(), &authorize(&[("state", "")]), "44444444-4", "testing").await.expect(303);
    assert!(!none.location().unwrap().contains("state"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a09_a_request_by_post_shows_the_same_form() {
    let w = world().await;
    let url = authorize(&[]);
    let body = url.split_once('?').unwrap().1.as_bytes().to_vec();
    let mut c = w.visitor();
    let page = c.send(Method::POST, "/openid/authorize", Some(FORM), body).await.expect(200);
    let action = format!("/openid/authorize?{}", url.split_once('?').unwrap().1);
    send(&mut c, &page, &action, "44444444-4", "testing").await.expect(303);
    let big = vec![b'a'; 65 * 1024];
    c.send(Method::POST, "/openid/authorize", Some(FORM), big).await.expect(413);
}

#[tokio::test(flavor = "multi_thread")]
async fn a14_a15_the_form_answers_303_and_its_page_can_not_be_framed_kept_or_told() {
    let w = world().await;
    let mut c = w.visitor();
    let page = c.get_raw(&authorize(&[])).await.expect(200);
    let csp = page.header("content-security-policy").unwrap();
    assert!(csp.contains("frame-ancestors 'none'") && csp.contains("default-src 'none'"));
    assert!(csp.contains("form-action 'self' https://tramites.ejemplo.cl;"), "{csp}");
    assert!(!csp.contains("unsafe"));
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(page.header("access-control-allow-origin").is_none());
    assert!(!page.text().contains("src=\"http"), "nothing of a third party");
    let done = send(&mut c, &page, &authorize(&[]), "44444444-4", "testing").await;
    assert_eq!(done.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a17_a_form_of_another_browser_or_request_is_refused() {
    let w = world().await;
    let (mut mine, mut theirs) = (w.visitor(), w.visitor());
    let url = authorize(&[]);
    let (page, _) = (mine.get_raw(&url).await, theirs.get_raw(&url).await);
    let refused = send(&mut theirs, &page, &url, "44444444-4", "testing").await.expect(403);
    assert!(refused.location().is_none() && refused.says("La página venció"));
    assert!(refused.text().contains("44444444-4"), "the RUN stays");
    // The token belongs to one request: it can't be carried to another application's.
    let csrf = page.form(&url).unwrap().into_iter().find(|(n, _)| n == "csrf").unwrap().1;
    let other = authorize(&[("state", "other")]);
    let body = form(&[("csrf", &csrf), ("run", "44444444-4"), ("password", "testing")]);
    mine.send(Method::POST, &other, Some(FORM), body.clone()).await.expect(403);
    let mut cross = mine.clone().header("sec-fetch-site", "cross-site");
    cross.send(Method::POST, &url, Some(FORM), body.clone()).await.expect(403);
    mine.send(Method::POST, &url, Some(FORM), body).await.expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a18_a_session_fixed_before_the_login_is_worth_nothing() {
    let w = world().await;
    let mut c = w.visitor();
    w.code(&mut c, &authorize(&[])).await;
    let first = c.cookie("sso").unwrap().to_owned();
    w.log_in(&mut c, &authorize(&[("prompt", "login")]), "44444444-4", "testing").await.expect(303);
    assert_ne!(c.cookie("sso").unwrap(), first);
    let mut old = w.visitor();
    old.set_cookie("sso", Some(&first));
    old.get_raw(&authorize(&[])).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a20_two_tabs_keep_their_own_requests() {
    let w = world().await;
    let mut c = w.visitor();
    let (one, two) =
        (authorize(&[("state", "one"), ("nonce", "n1")]), authorize(&[("state", "two"), ("nonce", "n2")]));
    let (first, second) = (c.get_raw(&one).await, c.get_raw(&two).await);
    for (page, url, state, nonce) in [(&second, &two, "two", "n2"), (&first, &one, "one", "n1")] {
        // The form cookie goes with a login; the other tab shows the form once more, with the RUN kept.
        let mut done = send(&mut c, page, url, "44444444-4", "testing").await;
        if done.status == 403 {
            done = send(&mut c, &done, url, "44444444-4", "testing").await;
        }
        let location = done.expect(303).location().unwrap().to_owned();
        assert_eq!(query(&location, "state").as_deref(), Some(state));
        let tokens = w.redeem(&query(&location, "code").unwrap()).await.json();
        assert_eq!(part(tokens["id_token"].as_str().unwrap(), 1)["nonce"], nonce);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a21_names_and_parameters_are_encoded_on_the_page() {
    let w = world().await;
    let url = authorize(&[("state", "\"><script>alert(1)</script>"), ("login_hint", "<img src=x>")]);
    let page = w.visitor().get_raw(&url).await.expect(200);
    assert!(!page.text().contains("<script>alert") && !page.text().contains("<b>de</b>"));
    assert!(!page.text().contains("<img src=x>"));
    assert!(page.says("Patentes <b>de</b> Ejemplo"));
}

#[tokio::test(flavor = "multi_thread")]
async fn aut_05_aut_06_an_application_not_enabled_or_revoked_shows_a_page() {
    for w in worlds().await {
        w.register(NewClient { state: ClientState::Approved, ..app() }).await;
        let page = w.visitor().get_raw(&authorize(&[])).await.expect(403);
        assert!(page.location().is_none() && page.says("La institución no está habilitada en Copihue"));
        w.register(app()).await;
        let code = w.code(&mut w.visitor(), &authorize(&[])).await;
        let tokens = w.redeem(&code).await.expect(200).json();
        w.register(NewClient { state: ClientState::Revoked, ..app() }).await;
        w.visitor().get_raw(&authorize(&[])).await.expect(403);
        w.userinfo(tokens["access_token"].as_str().unwrap()).await.expect(401);
        let refresh = tokens["refresh_token"].as_str().unwrap();
        let refused = w
            .token(&[
                ("client_id", APP),
                ("client_secret", SECRET),
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh),
            ])
            .await;
        assert_eq!(refused.expect(400).json()["error"], "invalid_grant");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_a_query_in_the_redirect_uri_is_kept() {
    let w = world().await;
    let uri = format!("{RETURN}?route=inicio/paso");
    let code = w.code(&mut w.visitor(), &authorize(&[("redirect_uri", &uri)])).await;
    // The token request comes without the query, as real clients send it.
    w.redeem(&code).await.expect(200);
    let done =
        w.log_in(&mut w.visitor(), &authorize(&[("redirect_uri", &uri)]), "44444444-4", "testing").await;
    assert!(done.location().unwrap().starts_with(&format!("{uri}&code=")));
}

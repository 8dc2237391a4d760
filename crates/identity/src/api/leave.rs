//! `GET` and `POST /oauth2/logout` (OpenID Connect RP-Initiated Logout).

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use copihue_web::{Cx, Failure};
use http::{HeaderMap, StatusCode, Uri};

use super::{body, browser, no_store, redirect};
use crate::Identity;
use crate::cookies::{Name, Token};
use crate::model::params::{Params, encode};
use crate::pages::leave as page;

pub(crate) async fn get(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Failure> {
    let params = Params::parse(uri.query().unwrap_or_default());
    leave(&identity, &cx, &headers, &params).await
}

pub(crate) async fn post(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Failure> {
    let bytes = body(request).await?;
    let params = Params::parse(std::str::from_utf8(&bytes).unwrap_or_default());
    leave(&identity, &cx, &headers, &params).await
}

/// What the confirmation carries on.
const CARRIED: [&str; 4] = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"];

async fn leave(
    identity: &Identity,
    cx: &Cx,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Response, Failure> {
    let text = |name: &str| params.text(name).ok().flatten();
    let browser = browser(identity, cx, headers);
    let read = identity
        .leaving(text("id_token_hint"), text("client_id"), text("post_logout_redirect_uri"), &browser)
        .await?;
    let leaving = match read {
        Ok(leaving) => leaving,
        Err(bad) => return Ok(page::problem(cx, bad)),
    };
    let carried: Vec<(&str, &str)> = CARRIED.iter().filter_map(|name| Some((*name, text(name)?))).collect();
    let bound = carried.iter().map(|(n, v)| format!("{n}={}", encode(v))).collect::<Vec<_>>().join("&");
    let cookie = identity.jar().get(headers, Name::Form, "").unwrap_or_default();
    let agreed = text("confirmar").is_some_and(|csrf| identity.form_token_fits(&cookie, &bound, csrf));
    if !leaving.proved && !agreed {
        let cookie = Some(cookie).filter(|text| Token::parse(text).is_some());
        let cookie =
            cookie.unwrap_or_else(|| Token::new(copihue_core::Bucket::new(0), &*identity.0.random).text());
        let csrf = identity.form_token(&cookie, &bound);
        let mut response = page::confirm(cx, leaving.client.as_ref(), &carried, &csrf);
        no_store(&mut response);
        crate::pages::login::allow_form_target(
            &mut response,
            leaving.to.as_deref().and_then(crate::model::redirect::origin).as_deref(),
        );
        identity.jar().set(response.headers_mut(), Name::Form, "", &cookie, None);
        return Ok(response);
    }
    identity.end_browser_session(&browser).await?;
    let mut response = match &leaving.to {
        Some(to) => redirect(StatusCode::SEE_OTHER, &with_state(to, text("state")))?,
        None => page::done(cx),
    };
    no_store(&mut response);
    identity.jar().clear(response.headers_mut(), Name::Sso, "");
    Ok(response)
}

fn with_state(to: &str, state: Option<&str>) -> String {
    match state {
        None => to.to_owned(),
        Some(state) => {
            let separator = if to.contains('?') { '&' } else { '?' };
            format!("{to}{separator}state={}", encode(state))
        }
    }
}

//! The provider's two contracts: the national one (§2.1), each address with and without a closing slash and never a redirect between the
//! two; and the open one (§2.2, §2.3) under `/oauth2`.

mod authorize;
mod call;
mod leave;
mod logout;
mod meta;
mod token;
mod userinfo;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use copihue_core::{Error, Kind};
use copihue_web::{Access, Cx, Failure, RouteSet, Routes, Verb};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::Identity;
use crate::app::Browser;
use crate::cookies::Name;
use crate::model::authorize::{Answer, Mode};
use crate::model::event::device_label;

/// Largest body of an OAuth endpoint (§6).
const MAX_BODY: usize = 64 * 1024;

/// Where the national contract's requests begin.
pub(crate) const AUTHORIZE: [&str; 2] = ["/openid/authorize", "/openid/authorize/"];
/// Where the open one's do.
pub(crate) const OPEN_AUTHORIZE: &str = "/oauth2/authorize";

pub(crate) fn routes(identity: Identity) -> RouteSet {
    let mut routes = Routes::new(identity).service("identity");
    for path in AUTHORIZE {
        routes =
            routes.get(path, Access::Public, authorize::get).post(path, Access::Contract, authorize::post);
    }
    for path in ["/openid/token", "/openid/token/"] {
        routes = routes.post(path, Access::Contract, token::post).route(
            Verb::Options,
            path,
            Access::Contract,
            meta::preflight,
        );
    }
    for path in ["/openid/userinfo", "/openid/userinfo/"] {
        routes = routes
            .get(path, Access::Contract, userinfo::answer)
            .post(path, Access::Contract, userinfo::answer)
            .route(Verb::Options, path, Access::Contract, meta::preflight);
    }
    for path in ["/openid/.well-known/openid-configuration", "/openid/.well-known/openid-configuration/"] {
        routes = routes.get(path, Access::Contract, meta::discovery);
    }
    for path in ["/openid/jwks", "/openid/jwks/"] {
        routes = routes.get(path, Access::Contract, meta::jwks);
    }
    for path in ["/api/v1/accounts/app/logout", "/api/v1/accounts/app/logout/"] {
        routes = routes.get(path, Access::Contract, logout::get);
    }
    open(routes).finish()
}

/// OAuth 2.1, OpenID Connect, FAPI 2.0.
fn open(mut routes: Routes<Identity>) -> Routes<Identity> {
    routes = routes
        .get(OPEN_AUTHORIZE, Access::Public, authorize::get)
        .post(OPEN_AUTHORIZE, Access::Contract, authorize::post)
        .get("/oauth2/logout", Access::Public, leave::get)
        .post("/oauth2/logout", Access::Contract, leave::post)
        .get("/oauth2/userinfo", Access::Contract, userinfo::answer)
        .post("/oauth2/userinfo", Access::Contract, userinfo::answer)
        .post("/oauth2/token", Access::Contract, token::post)
        .post("/oauth2/par", Access::Contract, token::push)
        .post("/oauth2/introspect", Access::Contract, token::introspect)
        .post("/oauth2/revoke", Access::Contract, token::revoke)
        .post("/oauth2/device_authorization", Access::Contract, token::device)
        .get("/oauth2/jwks", Access::Contract, meta::open_jwks)
        .get("/.well-known/openid-configuration", Access::Contract, meta::open_discovery)
        .get("/.well-known/oauth-authorization-server", Access::Contract, meta::open_discovery);
    for path in ["/oauth2/token", "/oauth2/userinfo", "/oauth2/revoke", "/oauth2/par"] {
        routes = routes.route(Verb::Options, path, Access::Contract, meta::preflight);
    }
    routes
}

/// A body read whole, up to the limit; 413 beyond it.
async fn body(body: Body) -> Result<Bytes, Response> {
    let too_large = |_| StatusCode::PAYLOAD_TOO_LARGE.into_response();
    axum::body::to_bytes(body, MAX_BODY).await.map_err(too_large)
}

/// What is known of the browser.
pub(crate) fn browser(identity: &Identity, cx: &Cx, headers: &HeaderMap) -> Browser {
    let jar = identity.jar();
    let user_agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    Browser {
        device: jar.get(headers, Name::Device, ""),
        session: jar.get(headers, Name::Sso, ""),
        label: device_label(user_agent),
        trace: cx.trace().to_owned(),
        peer: Some(cx.peer()),
    }
}

/// Login pages and answers with secrets are kept by nobody.
fn no_store(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
}

/// An answer to an application: by redirect, or in a form that the browser sends.
fn answer(identity: &Identity, cx: &Cx, answer: &Answer, status: StatusCode) -> Result<Response, Failure> {
    tracing::debug!(trace = cx.trace(), ?status, "an application is answered");
    match answer.target.mode {
        Mode::Query => Ok(redirect(status, &answer.location())?),
        Mode::FormPost => {
            let mut response = crate::pages::consent::form_post(cx, answer);
            no_store(&mut response);
            let origin = answer.target.redirect_uri.origin();
            crate::pages::login::allow_form_target(&mut response, origin.as_deref());
            identity.jar().clear(response.headers_mut(), Name::Form, "");
            Ok(response)
        }
    }
}

/// A redirect to another host, exactly as made.
fn redirect(status: StatusCode, location: &str) -> Result<Response, Error> {
    let value = HeaderValue::from_str(location)
        .map_err(|_| Error::new(Kind::Invalid, "uri_invalida", "La dirección de retorno no es válida."))?;
    let mut response = status.into_response();
    response.headers_mut().insert(header::LOCATION, value);
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    no_store(&mut response);
    Ok(response)
}

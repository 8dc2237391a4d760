//! `GET /api/v1/accounts/app/logout`: ends the provider's session, then 302 or 204.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use copihue_web::{Cx, Failure};
use http::{HeaderMap, StatusCode, Uri};

use super::{browser, no_store, redirect};
use crate::Identity;
use crate::cookies::Name;
use crate::model::params::Params;

/// Also called without cookie by servers, in hidden frames and by scripts: 204, never an error. A 204 keeps the page's script alive
/// that goes on to its own page a second later.
pub(crate) async fn get(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Failure> {
    identity.end_browser_session(&browser(&identity, &cx, &headers)).await?;
    let params = Params::parse(uri.query().unwrap_or_default());
    let wanted = params.text("redirect").ok().flatten().filter(|_| !identity.0.config.logout_always_204);
    let target = match wanted {
        Some(wanted) => identity.after_logout(wanted).await?,
        None => None,
    };
    let mut response = match target {
        Some(target) => redirect(StatusCode::FOUND, &target)?,
        None => StatusCode::NO_CONTENT.into_response(),
    };
    no_store(&mut response);
    identity.jar().clear(response.headers_mut(), Name::Sso, "");
    Ok(response)
}

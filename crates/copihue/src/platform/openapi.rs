//! The machine API's description, from the code of the services that serve it.

use copihue_core::Result;
use copihue_procedures::api::ApiDoc;
use copihue_web::{Access, RouteSet, Routes};
use utoipa::OpenApi;
use utoipa::openapi::InfoBuilder;

/// The document as JSON, as committed in `docs/openapi.json`.
///
/// # Errors
/// When it can't be written as JSON: a defect.
pub(crate) fn document() -> Result<String> {
    let mut api = ApiDoc::openapi();
    api.merge(copihue_portal::ApiDoc::openapi());
    api.merge(copihue_signing::ApiDoc::openapi());
    api.info = InfoBuilder::new()
        .title("Copihue")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Machine API. Errors are application/problem+json with a stable `code` and a `detail` in Spanish."))
        .build();
    Ok(api.to_pretty_json()?)
}

/// Serves it at `/api/openapi.json`.
pub(super) fn routes() -> RouteSet {
    Routes::new(()).service("api").get("/api/openapi.json", Access::Contract, show).finish()
}

async fn show() -> std::result::Result<([(&'static str, &'static str); 1], String), copihue_web::Failure> {
    Ok(([("content-type", "application/json")], document()?))
}

//! What an authority publishes: its certificates and what it revoked, for other people's programs.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use copihue_core::Error;
use copihue_web::Failure;
use http::header;

use super::Pages;
use crate::pki::Certificate;

pub(super) async fn file(State(pages): State<Pages>, Path(name): Path<String>) -> Result<Response, Failure> {
    let signing = &pages.signing;
    if name == "raiz.pem" {
        let root = signing.root().ok_or_else(Error::not_found)?;
        return Ok(([(header::CONTENT_TYPE, "application/x-pem-file")], root.to_pem()).into_response());
    }
    let root = signing.root().ok_or_else(Error::not_found)?;
    if name == format!("{}.crl", root.key_id()) {
        return Ok(
            ([(header::CONTENT_TYPE, "application/pkix-crl")], signing.root_crl().await?).into_response()
        );
    }
    let issuing = signing.issuing().ok_or_else(Error::not_found)?;
    let id = issuing.key_id();
    if name == format!("{id}.crl") {
        return Ok(([(header::CONTENT_TYPE, "application/pkix-crl")], signing.crl().await?).into_response());
    }
    if name == format!("{id}.cer") {
        let der = Certificate::der(&issuing).to_vec();
        return Ok(([(header::CONTENT_TYPE, "application/pkix-cert")], der).into_response());
    }
    Err(Error::not_found().into())
}

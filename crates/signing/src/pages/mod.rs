//! The public verification page: anybody, without a login, by code or by file.

mod code;
mod desk;
mod file;
mod home;
mod limit;
mod nav;
mod published;
mod registration;

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use copihue_web::{Access, RouteSet, Routes};
use http::{HeaderValue, StatusCode, header};
use limit::MissLimit;

use crate::Signing;

/// Largest file that is checked here, with what comes beside it.
const MAX_FILE: u64 = 20_000_000;

/// FirmaGob's contract; some clients end it with a slash. The contract has a size limit of its own, with an answer of its
/// own.
const TICKETS: &str = "/firma/v2/files/tickets";
const TICKETS_SLASH: &str = "/firma/v2/files/tickets/";

/// What the pages share.
#[derive(Clone)]
pub(crate) struct Pages {
    signing: Signing,
    misses: Arc<MissLimit>,
}

impl Signing {
    /// The verification pages, and the published certificates and lists of revoked ones.
    #[must_use]
    pub fn routes(&self) -> RouteSet {
        let pages = Pages { signing: self.clone(), misses: Arc::default() };
        Routes::new(pages)
            .service("signing")
            .get("/verificar", Access::Public, home::page)
            .get("/verificar/comparar.js", Access::Public, home::script)
            .get("/verificar/archivo", Access::Public, home::again)
            .post_files("/verificar/archivo", Access::Public, MAX_FILE, file::check)
            .get("/verificar/huella/{sha256}", Access::Public, file::by_hash)
            .get("/verificar/{code}", Access::Public, code::page)
            .get("/verificar/{code}/registro-de-evidencia", Access::Public, code::evidence)
            .get("/v/{code}", Access::Public, code::redirect)
            .get("/validador/{code}", Access::Public, code::redirect)
            .get("/pki/{file}", Access::Contract, published::file)
            .finish()
    }

    /// Contracts for machines.
    #[must_use]
    pub fn contracts(&self) -> RouteSet {
        Routes::new(self.clone())
            .service("signing")
            .post_files(TICKETS, Access::Contract, u64::MAX, crate::api::tickets::post)
            .post_files(TICKETS_SLASH, Access::Contract, u64::MAX, crate::api::tickets::post)
            .post_files("/api/sign/v1/validate", Access::Contract, MAX_FILE, crate::api::validate::post)
            .post("/tsa", Access::Contract, crate::api::timestamp::answer)
            .post("/pki/ocsp", Access::Contract, crate::api::ocsp::post)
            .get("/pki/ocsp/{*path}", Access::Contract, crate::api::ocsp::get)
            .finish()
    }
}

/// Search engines don't keep what these pages say (specs signing §9).
fn unlisted(mut response: Response) -> Response {
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    response
}

fn found_at(path: &str) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    if let Ok(value) = HeaderValue::from_str(path) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    unlisted(response)
}

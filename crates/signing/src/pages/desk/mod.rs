//! `/gestion/firma`: what waits for an official's signature, one code for all of it, and what they asked others to sign.

mod batch;
mod file;
mod list;
mod paper;
mod place;
mod results;
mod send;
mod sent;
mod upload;
mod words;

use copihue_core::{Error, Id, Result};
use copihue_web::{Access, RouteSet, Routes};

use crate::app::Desk;
use paper::Deed;

pub(crate) use super::nav::nav;

/// Where everything here begins.
const HERE: &str = "/gestion/firma";
/// What one post may bring: ten files at most.
const MAX_FILES: u64 = 100_000_000;
/// The largest file.
const MAX_FILE: u64 = 20_000_000;

impl Desk {
    /// The pages of the signing desk.
    #[must_use]
    pub fn routes(&self) -> RouteSet {
        let all = Routes::new(self.clone())
            .service("signing")
            .get(HERE, Access::Official, list::page)
            .get("/gestion/firma/subir", Access::Official, upload::page)
            .post_files("/gestion/firma/subir", Access::Official, MAX_FILES, upload::post)
            .get("/gestion/firma/enviar", Access::Official, send::page)
            .post_files("/gestion/firma/enviar", Access::Official, MAX_FILES, send::post)
            .get("/gestion/firma/enviados", Access::Official, sent::page);
        batches(papers(all)).finish()
    }
}

fn papers(routes: Routes<Desk>) -> Routes<Desk> {
    routes
        .get("/gestion/firma/documentos/{id}", Access::Official, paper::page)
        .get("/gestion/firma/documentos/{id}/archivo", Access::Official, file::show)
        .get("/gestion/firma/documentos/{id}/descargar", Access::Official, file::download)
        .get("/gestion/firma/documentos/{id}/rechazar", Access::Official, paper::ask_refusal)
        .post("/gestion/firma/documentos/{id}/rechazar", Access::Official, paper::refuse)
        .post(
            "/gestion/firma/documentos/{id}/deshacer-rechazo",
            Access::Official,
            paper::handler(Deed::TakeBack),
        )
        .post("/gestion/firma/documentos/{id}/retirar", Access::Official, paper::handler(Deed::Withdraw))
        .post("/gestion/firma/documentos/{id}/reenviar", Access::Official, paper::handler(Deed::SendAgain))
        .post("/gestion/firma/documentos/{id}/recordar", Access::Official, paper::handler(Deed::Remind))
}

fn batches(routes: Routes<Desk>) -> Routes<Desk> {
    routes
        .post("/gestion/firma/lotes", Access::Official, batch::prepare)
        .get("/gestion/firma/lotes/{id}", Access::Official, batch::page)
        .get("/gestion/firma/lotes/{id}/estampa", Access::Official, place::page)
        .post("/gestion/firma/lotes/{id}/estampa", Access::Official, place::post)
        .post("/gestion/firma/lotes/{id}/firmar", Access::Official, batch::sign)
        .post("/gestion/firma/lotes/{id}/cancelar", Access::Official, batch::cancel)
        .post("/gestion/firma/lotes/{id}/reintentar", Access::Official, batch::resume)
}

/// The id of an address; anything else isn't there.
fn id_of(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::not_found())
}

fn paper_at(id: Id) -> String {
    format!("{HERE}/documentos/{id}")
}

fn batch_at(id: Id) -> String {
    format!("{HERE}/lotes/{id}")
}

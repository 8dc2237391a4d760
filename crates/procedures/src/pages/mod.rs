//! The person's steps and the official's desk. Everything works without a script.

mod desk;
mod fields;
mod official;
mod panel;
mod person;
mod posted;
mod show;
mod step;
mod template;

use copihue_core::{Error, Id};
use copihue_web::{Access, RouteSet, Routes};

use crate::TEMPLATES;
use crate::api;
use crate::app::Procedures;

/// The largest post with files.
const MAX_UPLOAD: u64 = 22 * 1024 * 1024;

impl Procedures {
    /// Pages and machine API.
    #[must_use]
    pub fn routes(&self) -> RouteSet {
        let writer = Access::Role(TEMPLATES);
        Routes::new(self.clone())
            .service("procedures")
            .get("/tramites/{id}/comenzar", Access::Person, person::before)
            .post("/tramites/{id}/comenzar", Access::Person, person::start)
            .get("/mi/tramites", Access::Person, person::list)
            .get("/mi/tramites/{case}", Access::Person, person::show)
            .post("/mi/tramites/{case}/seguir", Access::Person, person::go_on)
            .post("/mi/tramites/{case}/pagar", Access::Person, person::pay)
            .get("/mi/tramites/{case}/correccion", Access::Person, step::correction)
            .post_files("/mi/tramites/{case}/correccion", Access::Person, MAX_UPLOAD, step::correct)
            .get("/mi/tramites/{case}/paso/{token}/revisar", Access::Person, step::check)
            .post("/mi/tramites/{case}/paso/{token}/revisar", Access::Person, step::finish)
            .get("/mi/tramites/{case}/paso/{token}/{page}", Access::Person, step::page)
            .post_files("/mi/tramites/{case}/paso/{token}/{page}", Access::Person, MAX_UPLOAD, step::send)
            .get("/gestion", Access::Official, desk::desk)
            .get("/gestion/casos/{iuie}", Access::Official, official::show)
            .post("/gestion/casos/{iuie}/tomar", Access::Official, official::claim)
            .post("/gestion/casos/{iuie}/corregir", Access::Official, official::ask_correction)
            .post("/gestion/casos/{iuie}/consultar", Access::Official, official::ask_again)
            .post("/gestion/casos/{iuie}/desistir", Access::Official, official::withdraw)
            .post_files("/gestion/casos/{iuie}/resolver", Access::Official, MAX_UPLOAD, official::resolve)
            .get("/gestion/plantillas", writer, template::list::list)
            .get("/gestion/plantillas/{procedure}/{document}", writer, template::list::show)
            .post("/gestion/plantillas/{procedure}/{document}", writer, template::list::begin)
            .get("/gestion/plantillas/{procedure}/{document}/emitir", writer, template::bulk::form)
            .post("/gestion/plantillas/{procedure}/{document}/emitir", writer, template::bulk::order)
            .get("/gestion/lotes", writer, template::bulk::list)
            .get("/gestion/lotes/{id}", writer, template::bulk::show)
            .post("/gestion/lotes/{id}", writer, template::bulk::act)
            .get("/gestion/lotes/{id}/{row}", writer, template::bulk::document)
            .get("/gestion/plantillas/{procedure}/{document}/{version}", writer, template::version::show)
            .post("/gestion/plantillas/{procedure}/{document}/{version}", writer, template::version::act)
            .get(
                "/gestion/plantillas/{procedure}/{document}/{version}/vista.pdf",
                writer,
                template::version::pdf,
            )
            .get(
                "/gestion/plantillas/{procedure}/{document}/{version}/pagina/{page}",
                writer,
                template::version::picture,
            )
            .get(
                "/gestion/plantillas/{procedure}/{document}/{version}/ejemplo",
                writer,
                template::sample::show,
            )
            .post(
                "/gestion/plantillas/{procedure}/{document}/{version}/ejemplo",
                writer,
                template::sample::write,
            )
            .get(
                "/gestion/plantillas/{procedure}/{document}/{version}/bloques/{block}",
                writer,
                template::block::show,
            )
            .post(
                "/gestion/plantillas/{procedure}/{document}/{version}/bloques/{block}",
                writer,
                template::block::write,
            )
            .get("/api/procedures", Access::Public, api::procedures)
            .get("/api/procedures/{id}", Access::Public, api::procedure)
            .get("/api/cases/{case}", Access::Person, api::case)
            .finish()
    }
}

/// The id of an address; anything else isn't there.
fn id_of(text: &str) -> Result<Id, Error> {
    text.parse().map_err(|_| Error::not_found())
}

/// Path of a case of the person.
fn case_path(case: impl std::fmt::Display) -> String {
    format!("/mi/tramites/{case}")
}

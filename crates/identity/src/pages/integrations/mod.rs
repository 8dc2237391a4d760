//! `/gestion/integraciones`: an institution connects its applications; `/gestion/revision-integraciones`: the operator reviews them (§3.8).

mod act;
mod change;
mod form;
mod list;
mod parts;
mod report;
mod review;
mod secret;
mod show;

use copihue_core::{Error, Id};
use copihue_web::{Access, Routes};

use crate::{INTEGRATOR, Identity, REVIEWER};

/// The institution's desk.
const HERE: &str = "/gestion/integraciones";
/// The operator's.
const REVIEW: &str = "/gestion/revision-integraciones";

pub(super) fn routes(routes: Routes<Identity>) -> Routes<Identity> {
    const OURS: Access = Access::Role(INTEGRATOR);
    const THEIRS: Access = Access::Role(REVIEWER);
    routes
        .get("/gestion/integraciones", OURS, list::page)
        .get("/gestion/integraciones/nueva", OURS, form::new)
        .post("/gestion/integraciones/nueva", OURS, form::create)
        .get("/gestion/integraciones/{id}", OURS, show::page)
        .get("/gestion/integraciones/{id}/solicitud", OURS, form::edit)
        .post("/gestion/integraciones/{id}/solicitud", OURS, form::rewrite)
        .post("/gestion/integraciones/{id}/paso", OURS, act::step)
        .post("/gestion/integraciones/{id}/borrar", OURS, act::discard)
        .post("/gestion/integraciones/{id}/declarar", OURS, act::declare)
        .post("/gestion/integraciones/{id}/comprobar", OURS, act::forget)
        .post("/gestion/integraciones/{id}/secreto", OURS, secret::act)
        .get("/gestion/integraciones/{id}/cambio", OURS, change::page)
        .post("/gestion/integraciones/{id}/cambio", OURS, change::ask)
        .post("/gestion/integraciones/{id}/retirar", OURS, change::take_back)
        .get("/gestion/integraciones/{id}/aviso", OURS, report::page)
        .post("/gestion/integraciones/{id}/aviso", OURS, report::tell)
        .get("/gestion/revision-integraciones", THEIRS, review::list)
        .get("/gestion/revision-integraciones/{id}", THEIRS, review::page)
        .post("/gestion/revision-integraciones/{id}/paso", THEIRS, review::step)
        .post("/gestion/revision-integraciones/{id}/cambio", THEIRS, review::decide)
        .post("/gestion/revision-integraciones/{id}/aviso", THEIRS, report::close)
}

fn id_of(text: &str) -> Result<Id, Error> {
    text.parse().map_err(|_| Error::not_found())
}

/// The page of an integration, at the institution's desk.
fn own_page(id: Id) -> String {
    format!("{HERE}/{id}")
}

//! The pages: login, our own pages' way to it and back, the person's history.

mod history;
pub(crate) mod login;
mod relying;

use copihue_web::{Access, RouteSet, Routes};

use crate::Identity;

pub(crate) fn routes(identity: Identity) -> RouteSet {
    Routes::new(identity)
        .service("identity")
        .get("/ingresar", Access::Public, relying::leave)
        .get("/ingresar/retorno", Access::Public, relying::back)
        .post("/salir", Access::Public, relying::log_out)
        .get("/salir/listo", Access::Public, relying::logged_out)
        .get("/mi/ingresos", Access::Person, history::page)
        .get("/mi/ingresos/exportar", Access::Person, history::export)
        .finish()
}

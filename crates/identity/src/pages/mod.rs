//! The pages: login, our own pages' way to it and back, the person's history.

mod applications;
pub(crate) mod consent;
mod device;
mod dispute;
mod history;
pub(crate) mod leave;
pub(crate) mod login;
mod relying;
mod security;

use copihue_web::{Access, RouteSet, Routes};

use crate::Identity;

pub(crate) fn routes(identity: Identity) -> RouteSet {
    Routes::new(identity)
        .service("identity")
        .get("/ingresar", Access::Public, relying::leave)
        .get("/ingresar/retorno", Access::Public, relying::back)
        .get("/salir/listo", Access::Public, relying::logged_out)
        .get("/vincular", Access::Person, device::page)
        .post("/vincular", Access::Person, device::decide)
        .get("/mi/aplicaciones", Access::Person, applications::page)
        .post("/mi/aplicaciones", Access::Person, applications::withdraw)
        .get("/mi/seguridad", Access::Person, security::page)
        .post("/mi/seguridad/agregar", Access::Person, security::add)
        .post("/mi/seguridad/confirmar", Access::Person, security::confirm)
        .post("/mi/seguridad/quitar", Access::Person, security::remove)
        .post("/mi/seguridad/sesiones", Access::Person, security::end)
        .get("/mi/ingresos/no-fui-yo", Access::Person, dispute::page)
        .post("/mi/ingresos/no-fui-yo", Access::Person, dispute::dispute)
        .get("/ingresar/bloqueada", Access::Public, dispute::locked)
        .get("/mi/ingresos", Access::Person, history::page)
        .get("/mi/ingresos/exportar", Access::Person, history::export)
        .post("/salir", Access::Public, relying::log_out)
        .finish()
}

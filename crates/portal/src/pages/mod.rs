//! What people see: the home page, the catalogue, a procedure, their own folder.

mod activity;
mod catalogue;
mod event;
mod home;
mod information;
mod mine;
mod procedure;
mod verify;
mod words;

use copihue_web::{Access, RouteSet, Routes};

use crate::{Portal, api};

pub(crate) use event::own;

/// The portal's routes.
pub(crate) fn routes(portal: Portal) -> RouteSet {
    Routes::new(portal)
        .service("portal")
        .get("/", Access::Public, home::show)
        .get("/tramites", Access::Public, catalogue::show)
        .get("/tramites/{id}", Access::Public, procedure::show)
        .get("/mi", Access::Person, mine::show)
        .get("/mi/actividad", Access::Person, activity::show)
        .get("/mi/actividad/{name}/{*path}", Access::Person, event::show)
        .get("/mi/comprobantes/{name}/{*path}", Access::Person, event::download)
        .get("/api/receipts/{name}/{*path}", Access::Person, api::receipt)
        .get("/verificar/registro", Access::Public, verify::show)
        .get("/verificar/registro/revisor.js", Access::Public, verify::script)
        .get("/verificar/registro/sin-conexion.html", Access::Public, verify::offline)
        .get("/verificar/{code}/comprobante", Access::Public, verify::of_document)
        .get("/accesibilidad", Access::Public, information::accessibility)
        .get("/privacidad", Access::Public, information::privacy)
        .get("/contacto", Access::Public, information::contact)
        .finish()
}

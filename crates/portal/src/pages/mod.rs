//! What people see: the home page, the catalogue, a procedure, their own folder.

mod catalogue;
mod home;
mod information;
mod mine;
mod procedure;

use copihue_web::{Access, RouteSet, Routes};

use crate::Portal;

/// The portal's routes.
pub(crate) fn routes(portal: Portal) -> RouteSet {
    Routes::new(portal)
        .service("portal")
        .get("/", Access::Public, home::show)
        .get("/tramites", Access::Public, catalogue::show)
        .get("/tramites/{id}", Access::Public, procedure::show)
        .get("/mi", Access::Person, mine::show)
        .get("/accesibilidad", Access::Public, information::accessibility)
        .get("/privacidad", Access::Public, information::privacy)
        .get("/contacto", Access::Public, information::contact)
        .finish()
}

//! What people see: the registers, what they hold with its history and proof, and the custodian's desk.

mod desk;
mod form;
mod list;
mod proposal;
mod record;
mod register;
mod show;

use copihue_core::{Actor, Error};
use copihue_ledger::Register;
use copihue_web::{Access, Cx, RouteSet, Routes};

use crate::{KEEPER, Registers};

pub(crate) fn routes(registers: Registers) -> RouteSet {
    let keeper = Access::Role(KEEPER);
    Routes::new(registers)
        .service("registers")
        .get("/registros", Access::Public, list::show)
        .get("/registros/{register}", Access::Public, register::show)
        .get("/registros/{register}/{key}", Access::Public, record::show)
        .get("/registros/{register}/{key}/prueba", Access::Public, record::proof)
        .get("/gestion/registros", keeper, desk::show)
        .get("/gestion/registros/{register}/proponer", keeper, form::show)
        .post("/gestion/registros/{register}/proponer", keeper, form::send)
        .get("/gestion/registros/propuestas/{id}", keeper, proposal::show)
        .post("/gestion/registros/propuestas/{id}", keeper, proposal::decide)
        .get("/gestion/registros/propuestas/{id}/constancia", keeper, proposal::receipt)
        .finish()
}

/// The register of an address; anything else isn't there.
fn named(name: &str) -> Result<Register, Error> {
    Register::named(name).ok_or_else(Error::not_found)
}

/// Who looks at a public page, when they keep the registers by any of their posts.
fn keeper(registers: &Registers, cx: &Cx) -> Option<Actor> {
    let actor = cx.actor()?;
    let wearing = |hat: &copihue_core::Hat| Actor { hat: Some(hat.clone()), ..actor.clone() };
    cx.hats().iter().map(wearing).find(|actor| registers.keeper(actor).is_ok())
}

//! The pages: login, our own pages' way to it and back, the person's history.

pub(crate) mod acting;
mod activate;
mod applications;
mod cases;
pub(crate) mod consent;
mod contact;
mod desk;
mod device;
mod dispute;
mod history;
mod integrations;
pub(crate) mod leave;
pub(crate) mod login;
mod mandates;
mod officer;
mod panel;
pub(crate) mod passkey;
mod prove;
mod recovery;
mod relying;
mod script;
mod security;
mod tester;
mod work;

use copihue_web::{Access, RouteSet, Routes};

use crate::app::CANCEL;
use crate::{ADMINISTRATOR, Identity, OFFICER, SUPPORT};

pub(crate) fn routes(identity: Identity) -> RouteSet {
    integrations::routes(Routes::new(identity).service("identity"))
        .get("/desarrollo/probador", Access::Public, tester::page)
        .post("/desarrollo/probador", Access::Public, tester::authorize)
        .post("/desarrollo/probador/canje", Access::Public, tester::token)
        .get("/ingresar", Access::Public, relying::leave)
        .get("/ingresar/llave.js", Access::Contract, passkey::script)
        .get("/ingresar/trabajo.js", Access::Contract, work::script)
        .get("/gestion/cuentas", Access::Role(OFFICER), officer::page)
        .post("/gestion/cuentas", Access::Role(OFFICER), officer::start)
        .post("/gestion/cuentas/aprobar", Access::Role(OFFICER), officer::approve)
        .get("/ingresar/activar", Access::Public, activate::page)
        .post("/ingresar/activar", Access::Public, activate::activate)
        .get("/ingresar/activar/listo", Access::Public, activate::done)
        .get("/ingresar/recuperar", Access::Public, recovery::page)
        .post("/ingresar/recuperar", Access::Public, recovery::begin)
        .post("/ingresar/recuperar/clave", Access::Public, recovery::finish)
        .get("/ingresar/recuperar/listo", Access::Public, recovery::done)
        .get("/ingresar/retorno", Access::Public, relying::back)
        .get("/salir/listo", Access::Public, relying::logged_out)
        .get("/vincular", Access::Person, device::page)
        .post("/vincular", Access::Person, device::decide)
        .get("/mi/aplicaciones", Access::Person, applications::page)
        .post("/mi/aplicaciones", Access::Person, applications::withdraw)
        .get("/mi/representaciones", Access::Person, mandates::page)
        .post("/mi/representaciones", Access::Person, mandates::decide)
        .get("/mi/representaciones/terminar", Access::Person, mandates::end)
        .get("/mi/representaciones/ofrecer", Access::Person, mandates::form)
        .post("/mi/representaciones/ofrecer", Access::Person, mandates::offer)
        .get("/mi/seguridad", Access::Person, security::page)
        .get("/mi/seguridad/cambiar", Access::Person, prove::page)
        .post("/mi/seguridad/cambiar", Access::Person, prove::change)
        .post("/mi/seguridad/clave", Access::Person, recovery::change)
        .post("/mi/seguridad/correo", Access::Person, contact::wish)
        .post("/mi/seguridad/correo/codigo", Access::Person, contact::confirm)
        .post("/mi/seguridad/correo/anular", Access::Person, contact::cancel)
        .get(CANCEL, Access::Public, contact::link)
        .post(CANCEL, Access::Public, contact::cancel_by_link)
        .get("/ingresar/correo/anulado", Access::Public, contact::cancelled)
        .post("/mi/seguridad/codigos", Access::Person, security::confirm)
        .post("/mi/seguridad/llave", Access::Person, passkey::keep)
        .post("/mi/seguridad/sesiones", Access::Person, security::end)
        .get("/mi/ingresos/no-fui-yo", Access::Person, dispute::page)
        .post("/mi/ingresos/no-fui-yo", Access::Person, dispute::dispute)
        .get("/ingresar/bloqueada", Access::Public, dispute::locked)
        .get("/mi/ingresos", Access::Person, history::page)
        .get("/mi/ingresos/exportar", Access::Person, history::export)
        .get("/gestion/identidad", Access::Role(ADMINISTRATOR), desk::ask)
        .post("/gestion/identidad", Access::Role(ADMINISTRATOR), desk::show)
        .post("/gestion/identidad/estado", Access::Role(ADMINISTRATOR), desk::stand)
        .get("/gestion/identidad/panel", Access::Role(ADMINISTRATOR), panel::page)
        .post("/gestion/identidad/panel", Access::Role(ADMINISTRATOR), panel::close)
        .get("/gestion/identidad/soporte", Access::Role(SUPPORT), desk::support)
        .post("/gestion/identidad/soporte", Access::Role(SUPPORT), desk::stop)
        .get("/gestion/identidad/soporte/casos", Access::Role(SUPPORT), cases::list)
        .get("/gestion/identidad/soporte/caso", Access::Role(SUPPORT), cases::one)
        .post("/gestion/identidad/soporte/caso", Access::Role(SUPPORT), cases::act)
        .post("/salir", Access::Public, relying::log_out)
        .finish()
}

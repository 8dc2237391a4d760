//! `/gestion/firma/…` of the registration authority: what a holder has, what the ministro de fe decides.

mod application;
mod applications;
mod bounds;
mod codes;
mod desk;
mod holder;
mod holders;
mod log;
mod mine;
mod parts;
mod permissions;
mod petition;
mod platform;
mod request;
mod roster;
mod settings;
mod sheet;
mod stop;

use copihue_core::{Error, Id};
use copihue_web::{Access, RouteSet, Routes};

use self::application::ApplicationSheet;
use self::desk::{RequestDeed, RequestSheet};
use self::holder::{HolderDeed, HolderSheet, ResetSheet, UnblockSheet};
use self::petition::PetitionSheet;
use self::platform::AdmissionSheet;
use self::request::{OwnRequestDeed, OwnRequestSheet};
use self::sheet::{deed, page};
pub(super) use crate::app::registration::{APPLICATIONS, DESK, HOLDERS, MINE, PETITIONS, PLATFORM};
use crate::{ADMINISTRATOR, OPERATOR, Registration};

impl Registration {
    /// The pages of holders and of the ministro de fe.
    #[must_use]
    pub fn routes(&self) -> RouteSet {
        const OFFICIAL: Access = Access::Official;
        const OURS: Access = Access::Role(OPERATOR);
        const THEIRS: Access = Access::Role(ADMINISTRATOR);
        Routes::new(self.clone())
            .service("signing")
            .get("/gestion/firma/mi-certificado", OFFICIAL, mine::page)
            .post("/gestion/firma/mi-certificado/pedir", OFFICIAL, mine::ask)
            .post("/gestion/firma/mi-certificado/retirar-peticion", OFFICIAL, mine::withdraw)
            .get("/gestion/firma/mi-certificado/solicitar", OFFICIAL, request::form)
            .post("/gestion/firma/mi-certificado/solicitar", OFFICIAL, request::begin)
            .get("/gestion/firma/mi-certificado/solicitudes/{id}", OFFICIAL, page::<OwnRequestSheet>)
            .post(
                "/gestion/firma/mi-certificado/solicitudes/{id}/enviar",
                OFFICIAL,
                deed::<OwnRequestSheet>(OwnRequestDeed::Send),
            )
            .post(
                "/gestion/firma/mi-certificado/solicitudes/{id}/cancelar",
                OFFICIAL,
                deed::<OwnRequestSheet>(OwnRequestDeed::Cancel),
            )
            .get("/gestion/firma/mi-certificado/firmas", OFFICIAL, log::page)
            .get("/gestion/firma/mi-certificado/detener", OFFICIAL, stop::ask)
            .post("/gestion/firma/mi-certificado/detener", OFFICIAL, stop::stop)
            .get("/gestion/firma/mi-certificado/reanudar", OFFICIAL, stop::ask_resume)
            .post("/gestion/firma/mi-certificado/reanudar", OFFICIAL, stop::resume)
            .get("/gestion/firma/solicitudes", OFFICIAL, desk::list)
            .get("/gestion/firma/solicitudes/{id}", OFFICIAL, page::<RequestSheet>)
            .post(
                "/gestion/firma/solicitudes/{id}/aprobar",
                OFFICIAL,
                deed::<RequestSheet>(RequestDeed::Approve),
            )
            .post(
                "/gestion/firma/solicitudes/{id}/rechazar",
                OFFICIAL,
                deed::<RequestSheet>(RequestDeed::Reject),
            )
            .post(
                "/gestion/firma/solicitudes/{id}/cancelar",
                OFFICIAL,
                deed::<RequestSheet>(RequestDeed::Cancel),
            )
            .post(
                "/gestion/firma/solicitudes/{id}/revocar",
                OFFICIAL,
                deed::<RequestSheet>(RequestDeed::Revoke),
            )
            .get("/gestion/firma/mi-certificado/codigo", OFFICIAL, codes::page)
            .post("/gestion/firma/mi-certificado/codigo/ver", OFFICIAL, codes::show)
            .post("/gestion/firma/mi-certificado/codigo/probar", OFFICIAL, codes::try_one)
            .post(
                "/gestion/firma/mi-certificado/solicitudes/{id}/revocar",
                OFFICIAL,
                deed::<OwnRequestSheet>(OwnRequestDeed::Revoke),
            )
            .get("/gestion/firma/peticiones/{id}", OURS, page::<PetitionSheet>)
            .post("/gestion/firma/peticiones/{id}/rechazar", OURS, deed::<PetitionSheet>(()))
            .get("/gestion/firma/titulares", OURS, holders::list)
            .get("/gestion/firma/titulares/nuevo", OURS, holders::form)
            .post("/gestion/firma/titulares/nuevo", OURS, holders::create)
            .get("/gestion/firma/titulares/lista", OURS, roster::form)
            .post_files("/gestion/firma/titulares/lista", OURS, roster::MAX_BYTES, roster::load)
            .get("/gestion/firma/titulares/por-vencer", OURS, holders::ending)
            .get("/gestion/firma/titulares/{id}", OURS, page::<HolderSheet>)
            .get("/gestion/firma/titulares/{id}/cambiar", OURS, holders::edit)
            .post("/gestion/firma/titulares/{id}/cambiar", OURS, holders::change)
            .post("/gestion/firma/titulares/{id}/bloquear", OURS, deed::<HolderSheet>(HolderDeed::Block))
            .get("/gestion/firma/titulares/{id}/desbloquear", OURS, page::<UnblockSheet>)
            .post("/gestion/firma/titulares/{id}/desbloquear", OURS, deed::<UnblockSheet>(()))
            .get("/gestion/firma/titulares/{id}/reponer", OURS, page::<ResetSheet>)
            .post("/gestion/firma/titulares/{id}/reponer", OURS, deed::<ResetSheet>(()))
            .post("/gestion/firma/titulares/{id}/cese", OURS, deed::<HolderSheet>(HolderDeed::Leave))
            .get("/gestion/firma/mi-certificado/aplicaciones", OFFICIAL, permissions::list)
            .get("/gestion/firma/mi-certificado/aplicaciones/{key}", OFFICIAL, permissions::ask)
            .post("/gestion/firma/mi-certificado/aplicaciones/{key}", OFFICIAL, permissions::enable)
            .post("/gestion/firma/mi-certificado/aplicaciones/{key}/retirar", OFFICIAL, permissions::withdraw)
            .get("/gestion/firma/aplicaciones", OURS, applications::list)
            .get("/gestion/firma/aplicaciones/nueva", OURS, applications::form)
            .post("/gestion/firma/aplicaciones/nueva", OURS, applications::create)
            .get("/gestion/firma/aplicaciones/{id}", OURS, page::<ApplicationSheet>)
            .post("/gestion/firma/aplicaciones/{id}/produccion", OURS, deed::<ApplicationSheet>(()))
            .post("/gestion/firma/aplicaciones/{id}/{environment}/secreto", OURS, application::secret)
            .post(
                "/gestion/firma/aplicaciones/{id}/{environment}/terminar-cambio",
                OURS,
                application::end_change,
            )
            .get("/gestion/firma/aplicaciones/{id}/{environment}/limites", OURS, application::edit_bounds)
            .post("/gestion/firma/aplicaciones/{id}/{environment}/limites", OURS, application::set_bounds)
            .get("/gestion/firma/plataforma", THEIRS, platform::list)
            .get("/gestion/firma/plataforma/{id}", THEIRS, page::<AdmissionSheet>)
            .post("/gestion/firma/plataforma/{id}/paso", THEIRS, deed::<AdmissionSheet>(()))
            .post("/gestion/firma/plataforma/instituciones/{code}/habilitada", THEIRS, platform::enabled)
            .get("/gestion/firma/ajustes", OFFICIAL, settings::page)
            .post("/gestion/firma/ajustes", OFFICIAL, settings::save)
            .finish()
    }
}

fn id_of(text: &str) -> Result<Id, Error> {
    text.parse().map_err(|_| Error::not_found())
}

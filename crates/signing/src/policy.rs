//! The roles and the rows of the decision table that signing adds to the directory's.

use copihue_directory::model::policy::OFFICIAL;
use copihue_directory::{Action, RoleDef, Rule, Scope};

/// Who creates holders, and revokes their certificates: one of the directory's own roles.
pub const OPERATOR: &str = "operador_firma";
/// Who certifies the holders of their body (Ley 19.799; DS 181 art. 40): the same.
pub const CERTIFIER: &str = "ministro_fe";
/// Who admits applications of every body, and stops them.
pub const ADMINISTRATOR: &str = "administrador_firma";

/// The head of a service: the directory's, too.
pub(crate) const HEAD: &str = "jefe_superior";

/// The roles of this crate.
pub const ROLES: &[RoleDef] =
    &[RoleDef::office(ADMINISTRATOR, "Administración de la plataforma de firma", "signing").personal()];

/// A request for a certificate, and the certificate that came of it.
pub(crate) const REQUEST: &str = "solicitud_firma";
/// A holder.
pub(crate) const HOLDER: &str = "titular_firma";

/// An application that signs by contract.
pub(crate) const APPLICATION: &str = "aplicacion_firma";

/// The rows of this crate.
pub const RULES: &[Rule] = &[
    Rule::new("firma_lee_propia", OFFICIAL, Action::Read, REQUEST, Scope::Own),
    Rule::new("firma_pide", OFFICIAL, Action::Create, REQUEST, Scope::Own),
    Rule::new("firma_cambia_propia", OFFICIAL, Action::Change, REQUEST, Scope::Own),
    Rule::new("firma_operador_lee", OPERATOR, Action::Read, REQUEST, Scope::Institution),
    Rule::new("firma_operador_cambia", OPERATOR, Action::Change, REQUEST, Scope::Institution),
    Rule::new("firma_ministro_lee", CERTIFIER, Action::Read, REQUEST, Scope::Institution),
    Rule::new("firma_ministro_decide", CERTIFIER, Action::Decide, REQUEST, Scope::Institution),
    // Who is told that a ministro de fe certified themself looks at what they are told of.
    Rule::new("firma_jefatura_lee", HEAD, Action::Read, REQUEST, Scope::Institution),
    Rule::new("firma_administra_lee_solicitudes", ADMINISTRATOR, Action::Read, REQUEST, Scope::Network),
    Rule::new("firma_lee_titulares", OPERATOR, Action::Read, HOLDER, Scope::Institution),
    Rule::new("firma_crea_titulares", OPERATOR, Action::Create, HOLDER, Scope::Institution),
    Rule::new("firma_cambia_titulares", OPERATOR, Action::Change, HOLDER, Scope::Institution),
    Rule::new("firma_lee_aplicaciones", OPERATOR, Action::Read, APPLICATION, Scope::Institution),
    Rule::new("firma_registra_aplicaciones", OPERATOR, Action::Create, APPLICATION, Scope::Institution),
    Rule::new("firma_cambia_aplicaciones", OPERATOR, Action::Change, APPLICATION, Scope::Institution),
    Rule::new("firma_administra_lee", ADMINISTRATOR, Action::Read, APPLICATION, Scope::Network),
    Rule::new("firma_administra_decide", ADMINISTRATOR, Action::Decide, APPLICATION, Scope::Network),
    Rule::new("firma_ministro_titulares", CERTIFIER, Action::Read, HOLDER, Scope::Institution),
    Rule::new("firma_ministro_ajustes", CERTIFIER, Action::Decide, HOLDER, Scope::Institution),
];

//! Where the pages of the registration authority are: they stand under these addresses, and its mails lead to them.

/// The holder's own page.
pub(crate) const MINE: &str = "/gestion/firma/mi-certificado";
/// Where the ministro de fe decides.
pub(crate) const DESK: &str = "/gestion/firma/solicitudes";
/// The operator's holders.
pub(crate) const HOLDERS: &str = "/gestion/firma/titulares";
/// Who asks the operator to be made a holder.
pub(crate) const PETITIONS: &str = "/gestion/firma/peticiones";
/// The institution's applications.
pub(crate) const APPLICATIONS: &str = "/gestion/firma/aplicaciones";
/// Where the administrator admits them.
pub(crate) const PLATFORM: &str = "/gestion/firma/plataforma";

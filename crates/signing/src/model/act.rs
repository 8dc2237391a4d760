//! What the registration authority does: each leaves a row, and evidence in the transparency log.

use copihue_core::{Id, Timestamp};

codes! {
    /// What was done.
    ActKind {
        /// The operator created the holder.
        HolderCreated = "titular_creado",
        /// The operator wrote anew what is kept of the holder.
        HolderChanged = "titular_cambiado",
        /// The operator blocked them.
        HolderBlocked = "titular_bloqueado",
        /// The operator let them go on.
        HolderUnblocked = "titular_desbloqueado",
        /// They left: everything revoked and blocked at once.
        HolderLeft = "titular_cesado",
        /// The holder sent a request.
        RequestSent = "solicitud_enviada",
        /// It was taken back.
        RequestCancelled = "solicitud_cancelada",
        /// The ministro de fe approved it.
        RequestApproved = "solicitud_aprobada",
        /// The ministro de fe approved their own.
        RequestSelfApproved = "solicitud_autocertificada",
        /// The ministro de fe refused it.
        RequestRejected = "solicitud_rechazada",
        /// The certificate was issued.
        Issued = "certificado_emitido",
        /// The certificate was revoked.
        Revoked = "certificado_revocado",
        /// A warning went out that it ends soon.
        Warned = "aviso_de_vencimiento",
        /// The QR code was shown.
        OtpShown = "codigo_qr_mostrado",
        /// The first good code came: the second factor counts.
        OtpConfirmed = "segundo_factor_activado",
        /// The operator took it away.
        OtpReset = "segundo_factor_repuesto",
        /// The holder stopped every signature of theirs.
        Stopped = "firma_detenida",
        /// The holder let them go on, with a code.
        Resumed = "firma_reanudada",
        /// The holder let an application sign unattended.
        Permitted = "aplicacion_habilitada",
        /// The holder withdrew that.
        Withdrawn = "aplicacion_retirada",
        /// The institution registered an application.
        ApplicationAsked = "aplicacion_solicitada",
        /// The institution asked for production.
        ProductionAsked = "aplicacion_pide_produccion",
        /// The administrator admitted it.
        ApplicationAdmitted = "aplicacion_admitida",
        /// The administrator let it into production.
        ApplicationPromoted = "aplicacion_en_produccion",
        /// The administrator stopped it.
        ApplicationSuspended = "aplicacion_suspendida",
        /// The administrator let it go on.
        ApplicationResumed = "aplicacion_reanudada",
        /// The administrator ended it.
        ApplicationRevoked = "aplicacion_revocada",
        /// The institution made a secret.
        ApplicationSecret = "secreto_creado",
        /// The institution ended a change of secrets: the older one is worth nothing.
        SecretChanged = "cambio_de_secreto_terminado",
        /// The institution changed its bounds.
        ApplicationBounds = "limites_cambiados",
        /// An official asked to be made a holder.
        Petition = "pide_ser_titular",
        /// The operator refused that, with a reason.
        PetitionRefused = "peticion_rechazada",
        /// The official took that back.
        PetitionWithdrawn = "peticion_retirada",
        /// The administrator enabled the body.
        BodyEnabled = "institucion_habilitada",
        /// The body decided about people with a fee contract.
        Settings = "ajustes_de_la_institucion",
    }
}

impl ActKind {
    /// Whether its note is written for people, and not a number of ours.
    #[must_use]
    pub const fn note_is_for_people(self) -> bool {
        !matches!(self, Self::Issued | Self::ApplicationSecret | Self::SecretChanged)
    }
}

/// An act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegistrationAct {
    /// Its id, in the institution's bucket.
    pub id: Id,
    /// The institution's code.
    pub institution: String,
    /// What was done.
    pub kind: ActKind,
    /// Whom it concerns.
    pub official: Option<Id>,
    /// About which request.
    pub request: Option<Id>,
    /// The official who did it; `None`: the platform.
    pub doer: Option<Id>,
    /// Reason, application or other detail, for people to read.
    pub note: Option<String>,
    /// When.
    pub at: Timestamp,
}

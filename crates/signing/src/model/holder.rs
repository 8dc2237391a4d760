//! Who may hold a certificate, and for what.

use copihue_core::{Error, Id, Result, Run, Timestamp};
use copihue_directory::{Bond, InstitutionKind};

use super::cert_request::MAX_MONTHS;
use super::token::Purpose;

codes! {
    /// What kind of user of the contract a holder is.
    HolderKind {
        /// An official.
        Official = "funcionario",
        /// An authority.
        Authority = "autoridad",
    }
}

codes! {
    /// Whether a body lets people with a fee contract sign for it (SIG-06).
    FeeStaff {
        /// It decided so.
        Allowed = "permitido",
        /// It did not.
        Refused = "no_permitido",
    }
}

/// What the registration authority keeps of a holder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    /// The institution's code.
    pub institution: String,
    /// Their id in the directory.
    pub official: Id,
    /// RUN.
    pub run: Run,
    /// Names; until the first login, the directory's.
    pub name: String,
    /// The post held.
    pub post: String,
    /// Where they are written to.
    pub email: Option<String>,
    /// Kind of user.
    pub kind: HolderKind,
    /// The longest life they may ask for, in months.
    pub months: u16,
    /// What they may ask certificates for.
    pub purposes: Purposes,
    /// The person, once they logged in: their own events are theirs to see.
    pub person: Option<Id>,
    /// Since when the operator blocks them.
    pub blocked_at: Option<Timestamp>,
    /// Since when they stopped every signature of theirs.
    pub stopped_at: Option<Timestamp>,
}

/// A set of purposes that is not empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purposes {
    /// Only with a code.
    Attended,
    /// Only processes that sign by themselves.
    Unattended,
    /// Both.
    Both,
}

impl Purposes {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Attended, Self::Unattended, Self::Both];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Attended => "general",
            Self::Unattended => "desatendido",
            Self::Both => "ambos",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }

    /// Whether one of them is this one.
    #[must_use]
    pub fn has(self, purpose: Purpose) -> bool {
        match self {
            Self::Both => true,
            Self::Attended => purpose == Purpose::Attended,
            Self::Unattended => purpose == Purpose::Unattended,
        }
    }
}

/// What is known of somebody who asks for a certificate.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// What kind of body it is.
    pub body: InstitutionKind,
    /// Their bond with it.
    pub bond: Bond,
    /// What the body decided about fee contracts.
    pub fee_staff: FeeStaff,
    /// The holder, as the operator created them.
    pub holder: &'a Holder,
    /// What they ask for.
    pub purpose: Purpose,
    /// For how long.
    pub months: u16,
}

/// Whether this bond and this body admit holders at all (SIG-06).
///
/// # Errors
/// `institucion_privada`, `honorarios_sin_autorizacion`.
pub fn check_eligible(body: InstitutionKind, bond: Bond, fee_staff: FeeStaff) -> Result<()> {
    if body == InstitutionKind::Private {
        let text = "Solo los órganos públicos tienen titulares: esta institución es de derecho privado.";
        return Err(Error::conflict("institucion_privada", text));
    }
    if bond == Bond::Fee && fee_staff == FeeStaff::Refused {
        let text = "La institución no ha decidido que las personas a honorarios puedan firmar.";
        return Err(Error::conflict("honorarios_sin_autorizacion", text));
    }
    Ok(())
}

/// Whether they may ask for it.
///
/// # Errors
/// As [`check_eligible`], and `titular_bloqueado`, `proposito_no_permitido`, `vigencia_no_permitida`.
pub fn check_asking(asking: &Asking<'_>) -> Result<()> {
    check_eligible(asking.body, asking.bond, asking.fee_staff)?;
    if asking.holder.blocked_at.is_some() {
        let text =
            "El operador bloqueó los certificados del titular. Hable con el operador de la institución.";
        return Err(Error::conflict("titular_bloqueado", text));
    }
    if !asking.holder.purposes.has(asking.purpose) {
        let text = "El operador no habilitó este tipo de certificado para el titular.";
        return Err(Error::invalid("proposito_no_permitido", text).field("proposito", text));
    }
    let most = asking.holder.months.min(MAX_MONTHS);
    if asking.months == 0 || asking.months > most {
        let text = format!("El operador permite una vigencia de hasta {most} meses. Elija otra.");
        return Err(Error::invalid("vigencia_no_permitida", text.clone()).field("vigencia", text));
    }
    Ok(())
}

/// Only permanent staff certify for their body (DS 181 art. 40; SIG-03).
///
/// # Errors
/// `ministro_sin_planta`.
pub fn check_certifier(bond: Bond) -> Result<()> {
    if bond == Bond::Permanent {
        return Ok(());
    }
    let text = "Para certificar como ministro de fe debe ser funcionario de planta de la institución.";
    Err(Error::conflict("ministro_sin_planta", text))
}

#[cfg(test)]
mod tests {
    use copihue_core::{Bucket, SeededRandom};

    use super::*;

    fn holder() -> Holder {
        let id = Id::new(Timestamp::from_millis(1), Bucket::new(1), &SeededRandom::new(1));
        Holder {
            institution: "PE-MUN-00345".into(),
            official: id,
            run: "11.111.111-1".parse().unwrap(),
            name: "María Ñancupil".into(),
            post: "Directora".into(),
            email: None,
            kind: HolderKind::Official,
            months: 24,
            purposes: Purposes::Attended,
            person: None,
            blocked_at: None,
            stopped_at: None,
        }
    }

    fn refused(change: impl FnOnce(&mut Asking<'_>)) -> Option<&'static str> {
        let holder = holder();
        let mut asking = Asking {
            body: InstitutionKind::Municipality,
            bond: Bond::Yearly,
            fee_staff: FeeStaff::Refused,
            holder: &holder,
            purpose: Purpose::Attended,
            months: 24,
        };
        change(&mut asking);
        check_asking(&asking).err().map(|e| e.code())
    }

    #[test]
    fn sig_06_only_public_bodies_and_fee_staff_only_where_the_body_decided_so() {
        assert_eq!(refused(|_| ()), None);
        assert_eq!(refused(|a| a.body = InstitutionKind::Private), Some("institucion_privada"));
        assert_eq!(refused(|a| a.bond = Bond::Fee), Some("honorarios_sin_autorizacion"));
        let allowed = |a: &mut Asking<'_>| (a.bond, a.fee_staff) = (Bond::Fee, FeeStaff::Allowed);
        assert_eq!(refused(allowed), None);
    }

    #[test]
    fn sig_03_a_holder_asks_for_what_the_operator_allowed() {
        assert_eq!(refused(|a| a.purpose = Purpose::Unattended), Some("proposito_no_permitido"));
        assert_eq!(refused(|a| a.months = 25), Some("vigencia_no_permitida"));
        assert_eq!(refused(|a| a.months = 0), Some("vigencia_no_permitida"));
        let blocked = Holder { blocked_at: Some(Timestamp::from_millis(1)), ..holder() };
        let asking = Asking {
            body: InstitutionKind::Service,
            bond: Bond::Permanent,
            fee_staff: FeeStaff::Refused,
            holder: &blocked,
            purpose: Purpose::Attended,
            months: 12,
        };
        assert_eq!(check_asking(&asking).unwrap_err().code(), "titular_bloqueado");
    }

    #[test]
    fn sig_03_only_permanent_staff_certify() {
        assert!(check_certifier(Bond::Permanent).is_ok());
        for bond in [Bond::Yearly, Bond::Fee, Bond::Other] {
            assert_eq!(check_certifier(bond).unwrap_err().code(), "ministro_sin_planta");
        }
    }
}

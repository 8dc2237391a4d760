//! Public bodies.

use copihue_core::calendar::Zone;
use copihue_core::territory::CommuneCode;
use copihue_core::{Error, Result, Run};

use super::period::Period;

codes! {
    /// Who heads the body: decides which appeals are open against its acts (procedures §7.4).
    Authority {
        /// The President of the Republic.
        President = "president",
        /// A minister.
        Minister = "minister",
        /// A mayor: reposición only, no jerárquico.
        Mayor = "mayor",
        /// The head of a decentralised service.
        HeadDecentralised = "head_decentralised",
        /// Any other head, who has a superior.
        Other = "other",
    }
}

codes! {
    /// What kind of body it is.
    InstitutionKind {
        /// Ministerio.
        Ministry = "ministerio",
        /// Subsecretaría.
        Undersecretariat = "subsecretaria",
        /// Servicio público.
        Service = "servicio",
        /// Municipalidad.
        Municipality = "municipalidad",
        /// Gobierno regional.
        RegionalGovernment = "gobierno_regional",
        /// A private body that holds data or acts for the State.
        Private = "privado",
        /// Any other.
        Other = "otro",
    }
}

codes! {
    /// The group that fixes when the body must have adopted each phase (catalog §4.1).
    Group {
        /// First.
        A = "A",
        /// Second.
        B = "B",
        /// Third.
        C = "C",
    }
}

codes! {
    /// `borrador → activa ⇄ suspendida → cerrada`.
    InstitutionState {
        /// Being prepared: nobody acts for it.
        Draft = "borrador",
        /// Acts.
        Active = "activa",
        /// Reads, but starts nothing.
        Suspended = "suspendida",
        /// Ended; keeps its reads.
        Closed = "cerrada",
    }
}

impl InstitutionState {
    /// Whether a body in this state may pass to another.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft, Self::Active)
                | (Self::Active, Self::Suspended)
                | (Self::Suspended, Self::Active)
                | (Self::Active | Self::Suspended, Self::Closed)
        )
    }
}

codes! {
    /// Where a body may sit within its own family of bodies.
    Family {
        /// Heads a family: cut from the tree above it.
        Principal = "principal",
        /// Belongs to the family of its parent.
        Member = "miembro",
    }
}

/// A public body, as it is during a period.
#[derive(Clone, PartialEq, Debug)]
pub struct Institution {
    /// Letter code such as `PE-MUN-00345`; never used again for another.
    pub code: String,
    /// `entidadCodificadorId`, where known.
    pub gescode_id: Option<i64>,
    /// Tax number.
    pub rut: Option<Run>,
    /// Exact name.
    pub name: String,
    /// Short name.
    pub sigla: String,
    /// Kind of body.
    pub kind: InstitutionKind,
    /// Adoption group; none for bodies outside of the law's groups.
    pub group: Option<Group>,
    /// The seat's commune: gives its regional holidays.
    pub commune: Option<CommuneCode>,
    /// The zone in which its days begin.
    pub zone: Zone,
    /// Code of the body above.
    pub parent: Option<String>,
    /// Whether it heads a family.
    pub family: Family,
    /// Domains that bound redirect addresses and contacts.
    pub domains: Vec<String>,
    /// Who heads it.
    pub authority: Authority,
    /// State.
    pub state: InstitutionState,
    /// When it is so: a rename or a closing begins another row.
    pub period: Period,
}

/// Checks a letter code: `PE-` two to eight letters `-` five digits.
///
/// # Errors
/// `codigo_invalido` for any other shape.
pub fn check_code(code: &str) -> Result<()> {
    let mut parts = code.split('-');
    let shape = (parts.next(), parts.next(), parts.next(), parts.next());
    let (Some("PE"), Some(letters), Some(digits), None) = shape else { return Err(bad_code()) };
    let letters_ok = (2..=8).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_uppercase());
    let digits_ok = digits.len() == 5 && digits.bytes().all(|b| b.is_ascii_digit());
    if letters_ok && digits_ok { Ok(()) } else { Err(bad_code()) }
}

fn bad_code() -> Error {
    Error::invalid("codigo_invalido", "El código de la institución no es válido.")
        .field("code", "Ingrese un código como PE-MUN-00345.")
}

/// Checks a registered domain: letters, digits and hyphens in at least two labels, lower case.
///
/// # Errors
/// `dominio_no_registrado` for anything else.
pub fn check_domain(domain: &str) -> Result<()> {
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if domain.contains('.') && domain.len() <= 253 && domain.split('.').all(label) {
        return Ok(());
    }
    Err(Error::invalid("dominio_no_registrado", "El dominio no es válido.")
        .field("domains", "Ingrese un dominio como ejemplo.cl."))
}

impl Institution {
    /// Whether a host name lies in one of the body's domains (`tramites.ejemplo.cl`, never `ejemplo.cl.evil.cl`).
    #[must_use]
    pub fn owns_host(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.domains.iter().any(|d| host == *d || host.strip_suffix(d).is_some_and(|h| h.ends_with('.')))
    }
}

//! Roles: rows that services register. A role in the database that nobody registers stops the start.

use copihue_core::Acr;

/// How far a role or a rule reaches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Scope {
    /// What the actor owns.
    Own,
    /// The actor's unit and those below it.
    Unit,
    /// The actor's body.
    Institution,
    /// The body that heads the family and all below it.
    Family,
    /// Every body: metadata only.
    Network,
}

/// Whether an act must name the holder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NeedsAct {
    /// It must.
    Yes,
    /// It need not.
    No,
}

/// A role, as a service registers it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RoleDef {
    /// Code, never renamed: `ministro_fe`.
    pub code: &'static str,
    /// Name in Spanish.
    pub name: &'static str,
    /// The crate that registers it.
    pub service: &'static str,
    /// How far it reaches at most.
    pub scope: Scope,
    /// How many may hold it in one body (or unit) at a time, per quality.
    pub max: Option<u8>,
    /// Whether an act must name the holder.
    pub act: NeedsAct,
    /// Months after which it expires by itself (DIR-03).
    pub max_months: Option<u8>,
    /// The level of login that its use asks for.
    pub min_acr: Acr,
    /// Roles that the same person may not hold at the same time in the same body.
    pub incompatible: &'static [&'static str],
    /// Whether a substitute takes it over (§4: never the registry office's work).
    pub substitutable: Substitutable,
}

/// Whether a role passes to the substitute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Substitutable {
    /// It passes.
    Yes,
    /// It stays with the holder.
    No,
}

impl RoleDef {
    /// A role by act: one holder and no expiry of its own.
    #[must_use]
    pub const fn authority(code: &'static str, name: &'static str, service: &'static str) -> Self {
        Self {
            code,
            name,
            service,
            scope: Scope::Institution,
            max: Some(1),
            act: NeedsAct::Yes,
            max_months: None,
            min_acr: Acr::Low,
            incompatible: &[],
            substitutable: Substitutable::Yes,
        }
    }

    /// An office role: any number of holders, without an act, expiring after 12 months.
    #[must_use]
    pub const fn office(code: &'static str, name: &'static str, service: &'static str) -> Self {
        Self {
            code,
            name,
            service,
            scope: Scope::Unit,
            max: None,
            act: NeedsAct::No,
            max_months: Some(12),
            min_acr: Acr::Low,
            incompatible: &[],
            substitutable: Substitutable::Yes,
        }
    }

    /// The same for at most `max` holders at a time.
    #[must_use]
    pub const fn at_most(mut self, max: u8) -> Self {
        self.max = Some(max);
        self
    }

    /// The same for any number of holders at a time.
    #[must_use]
    pub const fn unlimited(mut self) -> Self {
        self.max = None;
        self
    }

    /// The same, never together with `codes`.
    #[must_use]
    pub const fn incompatible(mut self, codes: &'static [&'static str]) -> Self {
        self.incompatible = codes;
        self
    }

    /// The same, staying with the holder when somebody stands in.
    #[must_use]
    pub const fn personal(mut self) -> Self {
        self.substitutable = Substitutable::No;
        self
    }
}

/// The directory's own roles (§3). Services add theirs.
pub const ROLES: &[RoleDef] = &[
    RoleDef::authority("jefe_superior", "Jefatura superior", "directory"),
    RoleDef::authority("delegado_jefatura", "Delegado de la jefatura", "directory").unlimited(),
    RoleDef::authority("superadmin", "Administrador de la Secretaría de Gobierno Digital", "directory")
        .unlimited(),
    RoleDef::authority("admin_principal", "Administrador principal", "directory").at_most(3),
    RoleDef::office("admin", "Administrador", "directory"),
    RoleDef::office("oficina_partes", "Oficina de partes", "directory").personal(),
    RoleDef::authority("ministro_fe", "Ministro de fe", "directory").unlimited(),
    RoleDef::authority("operador_firma", "Operador de firma electrónica", "directory").unlimited(),
    RoleDef::authority("ctd", "Coordinador de transformación digital", "directory"),
    RoleDef::authority("responsable_seguridad", "Responsable de seguridad", "directory"),
    RoleDef::authority("responsable_activos", "Responsable de activos", "directory"),
    RoleDef::authority("encargado", "Encargado", "directory").unlimited(),
    RoleDef::authority("delegado_datos", "Delegado de protección de datos", "directory").unlimited(),
    RoleDef::office("enrolador", "Enrolador", "directory"),
    RoleDef::office("auditor", "Auditor", "directory").incompatible(&[
        "admin",
        "admin_principal",
        "operador_firma",
    ]),
];

//! The public registers that have a log of their own.

/// A public register: a list that only grows, kept in the log `register/<name>` with the whole record in each entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "the registers of the platform, by their names")]
pub enum Register {
    Regions,
    Provinces,
    Communes,
    Institutions,
    Holidays,
    Procedures,
}

impl Register {
    /// Every register.
    pub const ALL: [Self; 6] = [
        Self::Regions,
        Self::Provinces,
        Self::Communes,
        Self::Institutions,
        Self::Holidays,
        Self::Procedures,
    ];

    /// The register's name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Regions => "regions",
            Self::Provinces => "provinces",
            Self::Communes => "communes",
            Self::Institutions => "institutions",
            Self::Holidays => "holidays",
            Self::Procedures => "procedures",
        }
    }

    /// The register of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|register| register.name() == name)
    }

    /// The name of its log: `register/<name>`.
    #[must_use]
    pub const fn log(self) -> &'static str {
        match self {
            Self::Regions => "register/regions",
            Self::Provinces => "register/provinces",
            Self::Communes => "register/communes",
            Self::Institutions => "register/institutions",
            Self::Holidays => "register/holidays",
            Self::Procedures => "register/procedures",
        }
    }

    /// As stored.
    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64
    }
}

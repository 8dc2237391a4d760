//! The controlled lists of the metadata guide (§4.3). Codes are numbers; labels never travel alone.

use copihue_core::{Error, Result};

/// L1: the type of a document, 1–42.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DocumentKind(u8);

const L1: [&str; 42] = [
    "Acta",
    "Acuerdo",
    "Antecedente",
    "Autorización",
    "Base",
    "Boleta",
    "Carta",
    "Certificado",
    "Circular",
    "Citación",
    "Convenio",
    "Constancia",
    "Contrato",
    "Declaración",
    "Decreto",
    "Denuncia",
    "Dictamen",
    "Estado de situación",
    "Estudio",
    "Expediente administrativo",
    "Ficha",
    "Informe",
    "Instructivo",
    "Mandato",
    "Memorándum",
    "Minuta",
    "Nómina",
    "Nota",
    "Notificación",
    "Oficio",
    "Ordenanza",
    "Prospecto",
    "Querella",
    "Reclamo",
    "Registro",
    "Resolución",
    "Respuesta",
    "Retrocompra",
    "Sentencia",
    "Solicitud",
    "Términos de referencia",
    "Transcripción",
];

impl DocumentKind {
    /// 3 Antecedente, the default.
    pub const RECORD: Self = Self(3);
    /// 4 Autorización.
    pub const AUTHORISATION: Self = Self(4);
    /// 6 Boleta.
    pub const BILL: Self = Self(6);
    /// 8 Certificado.
    pub const CERTIFICATE: Self = Self(8);
    /// 12 Constancia.
    pub const PROOF: Self = Self(12);
    /// 15 Decreto.
    pub const DECREE: Self = Self(15);
    /// 22 Informe.
    pub const REPORT: Self = Self(22);
    /// 29 Notificación.
    pub const NOTICE: Self = Self(29);
    /// 30 Oficio.
    pub const LETTER: Self = Self(30);
    /// 36 Resolución.
    pub const RESOLUTION: Self = Self(36);
    /// 37 Respuesta.
    pub const ANSWER: Self = Self(37);
    /// 40 Solicitud.
    pub const REQUEST: Self = Self(40);

    /// From its code.
    ///
    /// # Errors
    /// `valor_fuera_de_lista`.
    pub fn new(code: i64) -> Result<Self> {
        match u8::try_from(code) {
            Ok(n @ 1..=42) => Ok(Self(n)),
            _ => Err(outside("MGDDE5_1")),
        }
    }

    /// The code, 1–42.
    #[must_use]
    pub const fn code(self) -> i64 {
        self.0 as i64
    }

    /// Its Spanish name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        L1[self.0 as usize - 1]
    }
}

/// A value that its list does not have.
pub(crate) fn outside(element: &str) -> Error {
    Error::invalid("valor_fuera_de_lista", "El valor no pertenece a la lista controlada.")
        .field(format!("/{element}"), "Elija un valor de la lista.")
}

macro_rules! list {
    ($(#[$doc:meta])* $type:ident, $element:literal, { $($(#[$vdoc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $type { $($(#[$vdoc])* $variant = $code),+ }
        impl $type {
            /// The code of the list.
            #[must_use]
            pub const fn code(self) -> i64 { self as i64 }
            /// From the code.
            ///
            /// # Errors
            /// `valor_fuera_de_lista`.
            pub fn from_code(code: i64) -> Result<Self> {
                match code { $($code => Ok(Self::$variant),)+ _ => Err(outside($element)) }
            }
        }
    };
}

list! {
    /// L2: how something was brought in.
    Mechanism, "MGDDE5_3", {
        /// Físico.
        Paper = 1,
        /// Digital.
        Digital = 2,
        /// Digitalización.
        Digitised = 3,
    }
}
list! {
    /// L4: what an institution is to a case or a document.
    InstitutionRelation, "MGDDE61_3", {
        /// Autor institucional.
        Author = 1,
        /// Destinatario.
        Recipient = 2,
        /// Productor o generador.
        Producer = 3,
        /// Custodia.
        Custodian = 4,
    }
}
list! {
    /// L5: what an actor is to a case or a document.
    ActorRelation, "MGDEE52_1", {
        /// Responsable.
        Responsible = 1,
        /// Interesado.
        Party = 2,
        /// Autor o creador.
        Author = 3,
        /// Referido.
        Referred = 4,
        /// Destinatario.
        Recipient = 5,
        /// Ministro de fe.
        Certifier = 6,
    }
}
list! {
    /// L6: what kind of actor it is.
    ActorKind, "MGDEE52_2", {
        /// Ciudadano.
        Citizen = 1,
        /// Extranjero.
        Foreigner = 2,
        /// Institución privada.
        Company = 3,
        /// Funcionario.
        Official = 4,
    }
}
list! {
    /// L7: the level of access. Note the order of the last two.
    AccessLevel, "MGDEE6_1", {
        /// Público: deliverable under Ley 20.285, not open to anonymous readers.
        Public = 1,
        /// Restringido.
        Restricted = 2,
        /// Secreto.
        Secret = 3,
        /// Reservado.
        Reserved = 4,
    }
}
list! {
    /// L8: where a document comes from.
    Origin, "MGDDE5_2", {
        /// Repositorio externo.
        ExternalRepository = 1,
        /// Interoperabilidad.
        Interoperability = 2,
        /// Plataforma ciudadana.
        CitizenPlatform = 3,
        /// Repositorio ciudadano.
        CitizenRepository = 4,
    }
}

/// Whether something holds sensitive or private data (`MGDEE6_4`, `MGDDE7_4`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Sensitivity {
    /// 1, sí.
    Sensitive,
    /// 2, no.
    #[default]
    Ordinary,
}

impl Sensitivity {
    /// 1 or 2.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Sensitive => 1,
            Self::Ordinary => 2,
        }
    }

    /// From 1 or 2.
    ///
    /// # Errors
    /// `valor_fuera_de_lista`.
    pub fn from_code(code: i64) -> Result<Self> {
        match code {
            1 => Ok(Self::Sensitive),
            2 => Ok(Self::Ordinary),
            _ => Err(outside("MGDDE7_4")),
        }
    }
}

//! Who the sample world is made of: two municipalities at the extremes, the bodies that hold data, officials and people.
//!
//! All of it is invented but for the public names of the bodies. The people's RUNs are the public test numbers of the State's login and
//! signature sandboxes, or computed; nobody real is meant.

use copihue_directory::{Authority, InstitutionKind};

/// The password of every sample person.
pub(crate) const PASSWORD: &str = "testing";

/// A public body.
pub(crate) struct Body {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) sigla: &'static str,
    pub(crate) kind: InstitutionKind,
    pub(crate) authority: Authority,
    /// Commune of the seat.
    pub(crate) commune: &'static str,
    /// Number of its RUT.
    pub(crate) rut: u32,
    /// Domain of its sites and mailboxes.
    pub(crate) domain: &'static str,
    /// Code, name.
    pub(crate) units: &'static [(&'static str, &'static str)],
}

/// An official, with a post in a unit and the roles that go with it.
pub(crate) struct Staff {
    pub(crate) institution: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) run: u32,
    pub(crate) names: &'static str,
    pub(crate) surnames: &'static str,
    pub(crate) post: &'static str,
    pub(crate) authority: Authority,
    pub(crate) email: &'static str,
    pub(crate) roles: &'static [&'static str],
}

/// A person.
pub(crate) struct Citizen {
    pub(crate) run: u32,
    pub(crate) names: &'static str,
    pub(crate) surnames: &'static str,
    pub(crate) email: &'static str,
}

pub(crate) const PUENTE_ALTO: &str = "PE-MUN-00301";
pub(crate) const OLLAGUE: &str = "PE-MUN-00015";

const MUNICIPAL_UNITS: &[(&str, &str)] = &[
    ("ALCALDIA", "Alcaldía"),
    ("TRANSITO", "Dirección de Tránsito y Transporte Público"),
    ("SECRETARIA", "Secretaría Municipal"),
    ("DIDECO", "Dirección de Desarrollo Comunitario"),
    ("DOM", "Dirección de Obras Municipales"),
];

pub(crate) const BODIES: &[Body] = &[
    Body {
        code: PUENTE_ALTO,
        name: "Municipalidad de Puente Alto",
        sigla: "MPA",
        kind: InstitutionKind::Municipality,
        authority: Authority::Mayor,
        commune: "13201",
        rut: 69_072_100,
        domain: "puentealto.example",
        units: MUNICIPAL_UNITS,
    },
    Body {
        code: OLLAGUE,
        name: "Municipalidad de Ollagüe",
        sigla: "MOL",
        kind: InstitutionKind::Municipality,
        authority: Authority::Mayor,
        commune: "02202",
        rut: 69_020_600,
        domain: "ollague.example",
        units: MUNICIPAL_UNITS,
    },
    Body {
        code: "PE-SER-00021",
        name: "Servicio de Registro Civil e Identificación",
        sigla: "SRCeI",
        kind: InstitutionKind::Service,
        authority: Authority::HeadDecentralised,
        commune: "13101",
        rut: 61_002_000,
        domain: "registrocivil.example",
        units: &[("VEHICULOS", "Registro de Vehículos Motorizados")],
    },
];

pub(crate) const STAFF: &[Staff] = &[
    Staff {
        institution: PUENTE_ALTO,
        unit: "TRANSITO",
        run: 11_111_111,
        names: "Carolina Paz",
        surnames: "Fuentes Paredes",
        post: "Directora de Tránsito, por orden del alcalde",
        authority: Authority::Mayor,
        email: "cfuentes@puentealto.example",
        roles: &["tramitador", "firmante"],
    },
    Staff {
        institution: PUENTE_ALTO,
        unit: "DIDECO",
        run: 22_222_222,
        names: "Rodrigo Andrés",
        surnames: "Castillo Vega",
        post: "Trabajador social",
        authority: Authority::Other,
        email: "rcastillo@puentealto.example",
        roles: &["tramitador", "soporte_identidad", "integrador_identidad"],
    },
    Staff {
        institution: PUENTE_ALTO,
        unit: "DOM",
        run: 33_333_333,
        names: "Patricia Elena",
        surnames: "Mellado Ríos",
        post: "Inspectora de obras",
        authority: Authority::Other,
        email: "pmellado@puentealto.example",
        roles: &[
            "tramitador",
            "custodio_registros",
            "enrolador",
            "redactor_plantillas",
            copihue_signing::OPERATOR,
        ],
    },
    Staff {
        institution: PUENTE_ALTO,
        unit: "SECRETARIA",
        run: 12_345_678,
        names: "Hernán Eduardo",
        surnames: "Salinas Cortés",
        post: "Secretario municipal, por orden del alcalde",
        authority: Authority::Mayor,
        email: "hsalinas@puentealto.example",
        roles: &[
            "tramitador",
            "firmante",
            "jefatura",
            "custodio_registros",
            "administrador_identidad",
            "enrolador",
            "revisor_integraciones",
            "redactor_plantillas",
            copihue_signing::CERTIFIER,
            copihue_signing::ADMINISTRATOR,
        ],
    },
    Staff {
        institution: OLLAGUE,
        unit: "TRANSITO",
        run: 7_654_321,
        names: "Eliana del Carmen",
        surnames: "Quispe Anza",
        post: "Encargada de Tránsito, por orden de la alcaldesa",
        authority: Authority::Mayor,
        email: "equispe@ollague.example",
        roles: &["tramitador", "firmante", "jefatura"],
    },
];

pub(crate) const CITIZENS: &[Citizen] = &[
    Citizen {
        run: 44_444_444,
        names: "María Carmen De los Ángeles",
        surnames: "Del Río González",
        email: "maria.delrio@correo.example",
    },
    Citizen {
        run: 55_555_555,
        names: "José Ignacio",
        surnames: "Huenchumán Ojeda",
        email: "jose.huenchuman@correo.example",
    },
    Citizen {
        run: 88_888_888,
        names: "Ana María",
        surnames: "Tapia Quispe",
        email: "ana.tapia@correo.example",
    },
    Citizen {
        run: 99_999_999,
        names: "Luis Alberto",
        surnames: "Riquelme Pino",
        email: "luis.riquelme@correo.example",
    },
];

/// The procedures that the demo publishes, and where.
pub(crate) const PROCEDURES: &[(&str, &[&str])] = &[
    (include_str!("../../demo/procedures/permiso-circulacion.json"), &[PUENTE_ALTO, OLLAGUE]),
    (include_str!("../../demo/procedures/certificado-residencia.json"), &[PUENTE_ALTO]),
];

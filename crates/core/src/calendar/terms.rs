//! The legal terms that definitions name by code. Days are business days unless the line says otherwise.

use super::term::Unit::{Business, BusinessHours, Calendar, Hours, Months, Years};
use super::term::{ExtensionRule, TermDef, Urgency, usual};

/// A term of Ley 19.880, in business days.
const fn days(code: &'static str, n: u16, basis: &'static str, label: &'static str) -> TermDef {
    usual(code, n, Business, basis, label)
}

/// A term to file a request or an appeal: urgency doesn't touch it.
const fn filing(mut term: TermDef) -> TermDef {
    term.urgency = Urgency::Exempt;
    term
}

/// A length of time that is no term to act within: nothing shortens or extends it.
const fn fixed(mut term: TermDef) -> TermDef {
    term.urgency = Urgency::Exempt;
    term.extension = ExtensionRule::Never;
    term
}

const fn extended(mut term: TermDef, extension: ExtensionRule) -> TermDef {
    term.extension = extension;
    term
}

const fn between(mut term: TermDef, least: u16, most: u16) -> TermDef {
    term.choice = Some((least, most));
    term
}

/// A term of another rule, in business days: no extension unless that rule has one.
const fn special(code: &'static str, n: u16, basis: &'static str, label: &'static str) -> TermDef {
    extended(days(code, n, basis, label), ExtensionRule::Never)
}

/// Every term of the table.
pub static TERMS: [TermDef; 48] = [
    usual("lbpa24_pase", 24, BusinessHours, "LBPA 24", "Pasar la solicitud a la unidad competente"),
    usual("lbpa24_providencia", 48, BusinessHours, "LBPA 24", "Dictar una providencia de mero trámite"),
    days("lbpa24_informe", 10, "LBPA 24", "Evacuar un informe o dictamen"),
    days("lbpa24_decision", 20, "LBPA 24", "Dictar la decisión definitiva"),
    usual("lbpa27_total", 6, Months, "LBPA 27", "Terminar el procedimiento"),
    days("lbpa31_subsanacion", 5, "LBPA 31", "Completar o corregir la solicitud"),
    days("lbpa32_medida", 15, "LBPA 32", "Iniciar el procedimiento después de una medida provisional"),
    between(days("lbpa35_prueba", 10, "LBPA 35", "Rendir prueba"), 10, 30),
    usual("lbpa37bis_informe", 30, Calendar, "LBPA 37 bis", "Informar sobre un acto de carácter general"),
    between(days("lbpa39_observaciones", 10, "LBPA 39", "Formular observaciones"), 10, 3650),
    days("lbpa41_conexas", 15, "LBPA 41", "Alegar sobre cuestiones conexas"),
    fixed(days("lbpa43_paralizacion", 30, "LBPA 43", "Paralización por causa del interesado")),
    days("lbpa43_apercibimiento", 7, "LBPA 43", "Reactivar el procedimiento antes de su abandono"),
    days("lbpa45_notificar", 5, "LBPA 45", "Notificar el acto"),
    days("lbpa55_alegar", 5, "LBPA 55", "Alegar sobre un recurso de otro interesado"),
    filing(days("lbpa59_recurrir", 5, "LBPA 59", "Presentar un recurso de reposición o jerárquico")),
    days("lbpa59_resolver", 30, "LBPA 59", "Resolver el recurso"),
    fixed(usual("lbpa53_invalidar", 2, Years, "LBPA 53", "Invalidar el acto")),
    filing(usual("lbpa60_revision", 1, Years, "LBPA 60", "Presentar un recurso extraordinario de revisión")),
    usual("lbpa64_copia", 24, BusinessHours, "LBPA 64", "Enviar copia de la denuncia al superior jerárquico"),
    days("lbpa64_resolver", 5, "LBPA 64", "Resolver después de la denuncia de incumplimiento de plazo"),
    // Takes effect on the certificate's date: a length of zero, so there is no deadline to compute.
    fixed(days("lbpa66_certificado", 0, "LBPA 66", "Efectos del certificado de silencio administrativo")),
    special("exc_decidir", 3, "LBPA 18 y 46; DS 4/2020 art. 33", "Decidir la excepción al medio electrónico"),
    special("exc_informar", 3, "DS 4/2020 art. 28", "Informar la excepción al registro"),
    extended(
        special("int63_responder", 15, "Norma técnica de interoperabilidad", "Responder un acuerdo"),
        ExtensionRule::UpTo(5),
    ),
    special("int63_prorroga", 5, "Norma técnica de interoperabilidad", "Prórroga para responder un acuerdo"),
    special("int52_encargado", 3, "Norma técnica de interoperabilidad", "Informar el cambio de encargado"),
    fixed(usual(
        "int32_trazas",
        48,
        Hours,
        "Norma técnica de interoperabilidad",
        "Registrar trazas diferidas",
    )),
    extended(
        special("tra_responder", 20, "Ley 20.285 art. 14", "Responder una solicitud de información"),
        ExtensionRule::UpTo(10),
    ),
    special("tra_prorroga", 10, "Ley 20.285 art. 14", "Prórroga para responder la solicitud de información"),
    filing(special("tra_amparo", 15, "Ley 20.285 art. 24", "Pedir amparo al Consejo para la Transparencia")),
    special("tra_avisar_tercero", 2, "Ley 20.285 art. 20", "Avisar al tercero afectado"),
    special("tra_oponerse", 3, "Ley 20.285 art. 20", "Oponerse a la entrega de información"),
    fixed(usual("tra_ilegalidad", 15, Calendar, "Ley 20.285 art. 28", "Presentar un reclamo de ilegalidad")),
    extended(
        usual("dat_responder", 30, Calendar, "Ley 21.719 art. 11", "Responder sobre datos personales"),
        ExtensionRule::UpTo(30),
    ),
    fixed(usual("dat_prorroga", 30, Calendar, "Ley 21.719 art. 11", "Prórroga sobre datos personales")),
    filing(special(
        "dat_reclamar",
        30,
        "Ley 21.719 art. 11",
        "Reclamar ante la Agencia de Protección de Datos",
    )),
    special("dat_bloqueo", 2, "Ley 21.719 art. 8 ter", "Decidir el bloqueo temporal de datos"),
    special("idp_revision", 6, "Manual de integración de ClaveÚnica", "Revisar una integración"),
    special("idp_certificacion", 6, "Manual de integración de ClaveÚnica", "Certificar una integración"),
    special("idp_uri", 3, "Manual de integración de ClaveÚnica", "Cambiar una dirección de retorno"),
    special("sig_operador", 3, "Mesa de ayuda de FirmaGob", "Registrar un operador"),
    special("sig_ministro_fe", 5, "Mesa de ayuda de FirmaGob", "Registrar un ministro de fe"),
    special("sig_aplicacion", 3, "Mesa de ayuda de FirmaGob", "Registrar una aplicación"),
    fixed(usual("sec_alerta", 3, Hours, "Ley 21.663 art. 9", "Alertar un incidente de ciberseguridad")),
    fixed(usual("sec_actualizacion", 72, Hours, "Ley 21.663 art. 9", "Actualizar la alerta de un incidente")),
    fixed(usual("sec_final", 15, Calendar, "Ley 21.663 art. 9", "Informe final de un incidente")),
    fixed(usual(
        "idp_aviso_detencion",
        48,
        Hours,
        "Res. Ex. 733/2025 §7",
        "Anunciar una detención programada",
    )),
];

/// The term with this code.
#[must_use]
pub fn term(code: &str) -> Option<&'static TermDef> {
    TERMS.iter().find(|term| term.code == code)
}

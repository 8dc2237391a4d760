//! The table of legal terms.

use std::collections::HashSet;

use copihue_core::calendar::{Calendar, EventKind, ExtensionRule, Roll, TERMS, TermDef, Unit, Urgency, term};

use crate::event;

/// Every code of §3.5.
const CODES: &str = "lbpa24_pase lbpa24_providencia lbpa24_informe lbpa24_decision lbpa27_total
    lbpa31_subsanacion lbpa32_medida lbpa35_prueba lbpa37bis_informe lbpa39_observaciones lbpa41_conexas
    lbpa43_paralizacion lbpa43_apercibimiento lbpa45_notificar lbpa55_alegar lbpa59_recurrir lbpa59_resolver
    lbpa53_invalidar lbpa60_revision lbpa64_copia lbpa64_resolver lbpa66_certificado exc_decidir exc_informar
    int63_responder int63_prorroga int52_encargado int32_trazas tra_responder tra_prorroga tra_amparo
    tra_avisar_tercero tra_oponerse tra_ilegalidad dat_responder dat_prorroga dat_reclamar dat_bloqueo
    idp_revision idp_certificacion idp_uri sig_operador sig_ministro_fe sig_aplicacion sec_alerta
    sec_actualizacion sec_final idp_aviso_detencion";

#[test]
fn pro_06_the_table_holds_every_code_once_with_its_basis_and_its_name() {
    let codes: HashSet<&str> = TERMS.iter().map(|t| t.code.as_ref()).collect();
    assert_eq!(codes, CODES.split_whitespace().collect());
    assert_eq!(codes.len(), TERMS.len());
    assert!(TERMS.iter().all(|t| !t.legal_basis.is_empty() && !t.label.is_empty()));
    assert!(term("no_existe").is_none());
}

#[test]
fn pro_06_lengths_carry_their_unit() {
    for (code, length) in [
        ("lbpa24_pase", "24 horas hábiles"),
        ("lbpa27_total", "6 meses"),
        ("lbpa31_subsanacion", "5 días hábiles"),
        ("lbpa37bis_informe", "30 días corridos"),
        ("lbpa53_invalidar", "2 años"),
        ("lbpa60_revision", "1 año"),
        ("int32_trazas", "48 horas"),
        ("dat_reclamar", "30 días hábiles"),
        ("sec_alerta", "3 horas"),
    ] {
        assert_eq!(term(code).unwrap().length(), length, "{code}");
    }
}

#[test]
fn pro_08_terms_to_appeal_are_exempt_from_urgency_and_the_rest_of_the_law_is_not() {
    for code in ["lbpa59_recurrir", "lbpa60_revision", "tra_amparo", "dat_reclamar"] {
        assert_eq!(term(code).unwrap().urgency, Urgency::Exempt, "{code}");
    }
    for code in ["lbpa24_decision", "lbpa31_subsanacion", "lbpa59_resolver", "lbpa27_total"] {
        assert_eq!(term(code).unwrap().urgency, Urgency::Halves, "{code}");
    }
    assert_eq!(term("int63_responder").unwrap().extension, ExtensionRule::UpTo(5));
    assert_eq!(term("lbpa31_subsanacion").unwrap().extension, ExtensionRule::Half);
}

#[test]
fn pro_06_a_choice_of_the_law_is_kept_within_its_limits() {
    let evidence = term("lbpa35_prueba").unwrap();
    assert_eq!(evidence.with_length(30).unwrap().n, 30);
    assert!(evidence.with_length(9).is_err() && evidence.with_length(31).is_err());
    assert!(term("lbpa45_notificar").unwrap().with_length(6).is_err());
    assert!(term("lbpa39_observaciones").unwrap().with_length(60).is_ok());
}

#[test]
fn pro_06_a_special_law_sets_its_own_term() {
    let own = TermDef::new("ley_x", 10, Unit::Calendar, "Ley X art. 3", "Plazo especial").unwrap();
    assert_eq!((own.roll, own.length()), (Roll::None, "10 días corridos".to_owned()));
    assert_eq!(TermDef::new("x", 0, Unit::Business, "Ley X", "Nada").unwrap_err().code(), "n_invalido");
    assert_eq!(TermDef::new("x", 3651, Unit::Business, "Ley X", "Nada").unwrap_err().code(), "n_invalido");
    assert_eq!("quincenas".parse::<Unit>().unwrap_err().code(), "unidad_invalida");
    assert!(Unit::ALL.iter().all(|u| u.as_str().parse() == Ok(*u)));
}

#[test]
fn plz_01_every_term_computes_and_travels_as_json() {
    let calendar = Calendar::shipped();
    for term in &TERMS {
        let answer = calendar.deadline(term, &event(EventKind::Filing, "2026-12-06"));
        // An immediate effect has no deadline.
        assert_eq!(answer.is_ok(), term.n > 0, "{}", term.code);
        let json = serde_json::to_string(term).unwrap();
        assert_eq!(&serde_json::from_str::<TermDef>(&json).unwrap(), term);
    }
}

//! The legal kernel.

use copihue_core::Timestamp;
use copihue_procedures::model::definition::Part;
use copihue_procedures::model::legal::{
    Arrival, Authority, LegalEvent as E, LegalState as S, Office, Petition, Resolution, appeals, apply,
    correction_due, skipped, validate,
};
use jiff::civil::date;

#[test]
fn pro_20_the_ordinary_way_of_a_case() {
    let events = [
        E::Presentar,
        E::Admitir,
        E::Instruir,
        E::Certificar,
        E::Resolver,
        E::TramitarTotalmente,
        E::Notificar,
    ];
    let end = events.into_iter().try_fold(S::Borrador, apply).unwrap();
    assert_eq!(end, S::Notificado);
    let rest = [E::Recurrir, E::ResolverRecurso, E::Notificar, E::VencerRecursos, E::Ejecutoriar, E::Cerrar];
    assert_eq!(rest.into_iter().try_fold(end, apply), Ok(S::Cerrado));
    assert_eq!(apply(S::Borrador, E::IniciarDeOficio), Ok(S::Ingresado));
}

#[test]
fn pro_22_a_correction_goes_back_or_lapses_by_resolution() {
    assert_eq!(apply(S::Ingresado, E::RequerirSubsanacion), Ok(S::EnSubsanacion));
    assert_eq!(apply(S::EnSubsanacion, E::Subsanar), Ok(S::Ingresado));
    assert_eq!(apply(S::EnSubsanacion, E::Desistir), Ok(S::Desistido));
    assert_eq!(apply(S::Desistido, E::Notificar), Ok(S::Notificado));
    let due = correction_due(date(2026, 12, 10)).unwrap();
    assert_eq!(due, date(2026, 12, 17));
}

#[test]
fn pro_34_silence_only_of_an_undecided_case() {
    assert_eq!(apply(S::Admitido, E::SilencioPositivo), Ok(S::SilencioPositivo));
    assert_eq!(apply(S::EnInstruccion, E::SilencioNegativo), Ok(S::SilencioNegativo));
    assert!(apply(S::Resuelto, E::SilencioPositivo).is_err());
    assert!(apply(S::Borrador, E::SilencioPositivo).is_err());
}

#[test]
fn pro_31_no_exit_without_a_decision() {
    for state in [S::Borrador, S::Ingresado, S::Admitido, S::EnInstruccion] {
        for event in [E::Notificar, E::TramitarTotalmente, E::Cerrar, E::VencerRecursos] {
            assert!(apply(state, event).is_err(), "{state:?} {event:?}");
        }
    }
    assert!(apply(S::Ingresado, E::Resolver).is_err());
    for event in [E::Desistir, E::Renunciar, E::Abandonar, E::Imposibilidad] {
        assert!(apply(S::Admitido, event).is_ok());
        assert!(apply(S::Notificado, event).is_err());
    }
    assert_eq!(apply(S::Ingresado, E::Inadmitir), Ok(S::Inadmisible));
    assert_eq!(apply(S::Ingresado, E::Derivar), Ok(S::DerivadoIncompetencia));
}

#[test]
fn pro_33_no_hierarchical_appeal_against_a_mayor() {
    for authority in
        [Authority::Mayor, Authority::Minister, Authority::President, Authority::HeadDecentralised]
    {
        let open = appeals(authority);
        assert_eq!(open.len(), 1);
        assert_eq!((open[0].before, open[0].days), (Office::Same, 5));
    }
    let open = appeals(Authority::Other);
    assert_eq!(open.len(), 2);
    assert_eq!((open[1].before, open[1].days), (Office::Superior, 5));
}

fn resolution() -> Resolution {
    Resolution {
        effect: Part::Rejects,
        norms: "La Ley N° 19.880 y el Decreto Ley N° 3.063.".to_owned(),
        facts: "La revisión técnica venció el 5 de enero.".to_owned(),
        grounds: "El artículo 89 exige revisión técnica vigente.".to_owned(),
        decision: "Se rechaza la solicitud presentada.".to_owned(),
        petitions: vec![Petition { asked: "Permiso".to_owned(), answer: "Se rechaza".to_owned() }],
        appeals: appeals(Authority::Mayor),
        notice_medium: "correo".to_owned(),
        place: "Puente Alto".to_owned(),
        signer: "Juana Soto".to_owned(),
    }
}

#[test]
fn pro_31_a_resolution_without_facts_grounds_or_appeals_is_refused() {
    let open = appeals(Authority::Mayor);
    assert!(validate(&resolution(), &open).is_empty());
    let parts = |r: &Resolution| validate(r, &open);
    assert_eq!(parts(&Resolution { facts: String::new(), ..resolution() }), ["hechos"]);
    assert_eq!(parts(&Resolution { grounds: "  no  ".to_owned(), ..resolution() }), ["fundamentos"]);
    assert_eq!(parts(&Resolution { decision: String::new(), ..resolution() }), ["decision"]);
    assert_eq!(parts(&Resolution { appeals: Vec::new(), ..resolution() }), ["recursos"]);
    assert_eq!(parts(&Resolution { appeals: appeals(Authority::Other), ..resolution() }), ["recursos"]);
    assert_eq!(parts(&Resolution { petitions: Vec::new(), ..resolution() }), ["peticiones"]);
    assert_eq!(
        parts(&Resolution { notice_medium: String::new(), signer: String::new(), ..resolution() }),
        ["notificacion", "firmante"]
    );
}

#[test]
fn pro_25_an_earlier_case_goes_first() {
    let arrival = |iuie: &str, at, taken| Arrival {
        iuie: iuie.to_owned(),
        effective: Timestamp::from_millis(at),
        taken,
    };
    let queue = [arrival("b", 2, false), arrival("a", 1, false), arrival("c", 3, false)];
    assert_eq!(skipped(&queue, "a"), None);
    assert_eq!(skipped(&queue, "c").map(|a| a.iuie.as_str()), Some("a"));
    let queue = [arrival("a", 1, true), arrival("b", 2, false)];
    assert_eq!(skipped(&queue, "b"), None);
}

//! Bodies, units, officials: what may be added.

use copihue_core::Kind;
use copihue_core::calendar::{Calendar, Scope as Place, Zone};
use copihue_directory::model::registration::registration;
use copihue_directory::*;

use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn dir_01_codes_are_never_used_again_and_renames_keep_history() {
    for w in worlds().await {
        let again = w.directory.change(|d, tx| {
            let kind = InstitutionKind::Municipality;
            d.add_institution(tx, &job(), NewInstitution::new(TOWN, "Otra", "OT", kind, day("2027-01-01")))
        });
        assert_eq!(again.await.unwrap_err().code(), "codigo_usado");

        w.directory
            .change(|d, tx| {
                d.rename_institution(tx, &job(), TOWN, "Municipalidad Nueva", day("2026-11-21"))?;
                d.add_alias(tx, &job(), "gescode", "345", TOWN)
            })
            .await
            .unwrap();
        assert_eq!(w.directory.institution(TOWN).unwrap().name, "Municipalidad de Ejemplo");
        let next = copihue_core::Timestamp::parse("2026-11-21T03:00:00Z").unwrap();
        assert_eq!(w.directory.institution_at(TOWN, next).unwrap().name, "Municipalidad Nueva");
        let before = next.plus_millis(-1);
        assert_eq!(w.directory.institution_at("345", before).unwrap().name, "Municipalidad de Ejemplo");
        assert_eq!(w.directory.institutions().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_01_bad_codes_domains_and_names_are_refused() {
    let w = worlds().await.remove(0);
    for (code, domain, name, expected) in [
        ("PE-mun-00345", "ejemplo.cl", "X", "codigo_invalido"),
        ("PE-MUN-345", "ejemplo.cl", "X", "codigo_invalido"),
        ("PE-MUN-00345-1", "ejemplo.cl", "X", "codigo_invalido"),
        ("PE-MUN-99999", "-ejemplo.cl", "X", "dominio_no_registrado"),
        ("PE-MUN-99999", "ejemplo", "X", "dominio_no_registrado"),
        ("PE-MUN-99999", "ejemplo.cl", "\u{0}", "texto_invalido"),
    ] {
        let done = w.directory.change(move |d, tx| {
            let kind = InstitutionKind::Municipality;
            let mut new = NewInstitution::new(code, name, "S", kind, day("2026-01-01"));
            new.domains = vec![domain.into()];
            d.add_institution(tx, &job(), new)
        });
        assert_eq!(done.await.unwrap_err().code(), expected, "{code} {domain}");
    }
    let town = w.directory.institution(TOWN).unwrap();
    assert_eq!(town.zone, Zone::Santiago);
    assert!(town.owns_host("tramites.Ejemplo.cl") && town.owns_host("ejemplo.cl"));
    assert!(!town.owns_host("ejemplo.cl.evil.cl") && !town.owns_host("malejemplo.cl"));
}

#[test]
fn dir_04_a_change_must_be_on_record_in_three_business_days() {
    let calendar = Calendar::shipped();
    let terms = registration(&calendar, day("2026-12-04"), Place::NATIONAL).unwrap();
    assert_eq!(terms.due, day("2026-12-10"));
    assert_eq!(terms.alarm, day("2026-12-11"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_never_hangs_from_itself() {
    for w in worlds().await {
        let top = w.unit(TOWN, "ALCALDIA", None).await;
        let below = w.unit(TOWN, "TRANSITO", Some(top.unit)).await;
        let moved =
            w.directory.change(move |d, tx| d.move_unit(tx, &job(), TOWN, top.unit, Some(below.unit))).await;
        assert_eq!(moved.unwrap_err().code(), "ciclo_de_unidades");
        let foreign = w.directory.change(move |d, tx| d.move_unit(tx, &job(), ISLAND, top.unit, None)).await;
        assert_eq!(foreign.unwrap_err().code(), "referencia_desconocida");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_02_a_company_or_a_shared_mailbox_is_no_official() {
    let w = worlds().await.remove(0);
    let seat = w.unit(TOWN, "TRANSITO", None).await;
    for (number, email, expected) in [
        (76_000_000, "ana@ejemplo.cl", "run_invalido"),
        (12_345_678, "contacto@ejemplo.cl", "correo_invalido"),
        (12_345_678, "ana", "correo_invalido"),
    ] {
        let done = w.directory.change(move |d, tx| {
            let membership = NewMembership {
                institution: TOWN.into(),
                unit: seat.unit,
                post: seat.post,
                bond: Bond::Yearly,
                period: from("2026-01-01"),
            };
            let name_source = NameSource::Imported;
            let new = NewOfficial {
                run: run(number),
                name: "Ana".into(),
                name_source,
                email: Some(email.into()),
                membership,
            };
            d.add_official(tx, &job(), new)
        });
        assert_eq!(done.await.unwrap_err().code(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_02_the_run_of_an_official_is_sealed_at_rest() {
    for w in worlds().await {
        let seat = w.unit(TOWN, "TRANSITO", None).await;
        let ana = w.official(TOWN, 12_345_678, seat).await;
        assert_eq!(w.directory.run_of(ana).await.unwrap(), run(12_345_678));
        let stored = w.db.read(|conn| {
            let rows =
                conn.query(copihue_db::sql!("SELECT run_sealed, email_sealed FROM directory_official"), &[])?;
            rows[0].get::<Vec<u8>>("run_sealed")
        });
        let stored = stored.await.unwrap();
        assert!(!stored.windows(8).any(|w| w == b"12345678"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_nobody_registers_stops_the_start() {
    for w in worlds().await {
        let mut fewer = parts(&w.db, w.clock.clone());
        fewer.roles.retain(|role| role.code != "mesa");
        fewer.rules.retain(|rule| rule.role != "mesa");
        assert_eq!(Directory::open(fewer).await.unwrap_err().kind(), Kind::Internal);
    }
}

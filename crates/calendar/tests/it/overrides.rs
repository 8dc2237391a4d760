use copihue_core::calendar::{Calendar, Scope, overrides_from_toml};
use copihue_db::{params, sql};

use crate::{day, official, open, worlds};

/// One override as TOML.
pub(crate) fn toml(fecha: &str, op: &str, clase: &str) -> String {
    format!(
        "[[override]]\nfecha = \"{fecha}\"\nop = \"{op}\"\nnombre = \"Prueba {fecha}\"\nclase = \"{clase}\"\nley = \"Ley de prueba\"\n"
    )
}

#[tokio::test]
async fn hol_01_the_first_start_writes_the_shipped_overrides_as_the_first_version() {
    for w in worlds() {
        let calendar = w.calendars.current();
        assert_eq!(&**calendar.version(), "2026-11-21.1");
        assert_eq!(calendar.hash(), Calendar::shipped().hash());
        // A second start finds them.
        let again = open(&w.db, &w.clock);
        assert_eq!(&**again.current().version(), "2026-11-21.1");
        let n: i64 = w
            .db
            .read(|c| c.query_one(sql!("SELECT COUNT(*) AS n FROM calendar_override"), &params![])?.get("n"))
            .await
            .unwrap();
        assert_eq!(usize::try_from(n).unwrap(), Calendar::shipped().overrides().len());
    }
}

#[tokio::test]
async fn hol_02_an_override_takes_effect_without_restart_and_is_audited() {
    for w in worlds() {
        assert!(w.calendars.current().is_business_day(day("2026-12-14"), Scope::NATIONAL).unwrap());
        let version = w
            .write(|tx, calendars, actor| {
                let new = overrides_from_toml(&toml("2026-12-14", "add", "unico"))?;
                calendars.add_overrides(tx, actor, &new, "Duelo nacional")
            })
            .await
            .unwrap();
        assert_eq!(version, "2026-11-21.2");
        let calendar = w.calendars.current();
        assert_eq!(**calendar.version(), *version);
        assert!(!calendar.is_business_day(day("2026-12-14"), Scope::NATIONAL).unwrap());
        let calendars = w.calendars.clone();
        let (lines, versions) =
            w.db.read(move |c| Ok((calendars.overrides(c)?, calendars.versions(c, 10)?))).await.unwrap();
        let line = lines.last().unwrap();
        assert_eq!((line.created_by.as_str(), line.reason.as_str()), ("job:prueba", "Duelo nacional"));
        assert_eq!(versions.iter().map(|v| v.n).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(versions[0].hash, calendar.hash());

        let id = line.id;
        w.write(move |tx, calendars, actor| calendars.withdraw_override(tx, actor, id, "Se dejó sin efecto"))
            .await
            .unwrap();
        assert!(w.calendars.current().is_business_day(day("2026-12-14"), Scope::NATIONAL).unwrap());
        let twice = w
            .write(move |tx, calendars, actor| {
                calendars.withdraw_override(tx, actor, id, "Otra vez lo mismo")
            })
            .await;
        assert_eq!(twice.unwrap_err().code(), "no_encontrado");
    }
}

#[tokio::test]
async fn hol_02_a_clash_or_a_malformed_text_leaves_the_calendar_as_it_was() {
    for w in worlds() {
        let before = w.calendars.current();
        for (text, reason, code) in [
            (toml("2017-04-19", "add", "eleccion"), "Otra elección", "feriado_en_conflicto"),
            (toml("2027-02-30", "add", "unico"), "Fecha imposible", "feriado_invalido"),
            ("esto no es TOML".to_owned(), "Un texto cualquiera", "feriado_invalido"),
            (toml("2027-03-02", "add", "unico"), "  ", "motivo_invalido"),
        ] {
            let refused = w
                .write(move |tx, calendars, actor| calendars.import_overrides(tx, actor, &text, reason))
                .await;
            assert_eq!(refused.unwrap_err().code(), code);
        }
        assert_eq!(w.calendars.current().version(), before.version());
        let calendars = w.calendars.clone();
        let lines = w.db.read(move |c| calendars.overrides(c)).await.unwrap();
        assert_eq!(lines.len(), before.overrides().len());
    }
}

#[tokio::test]
async fn hol_02_importing_what_is_there_already_changes_nothing() {
    for w in worlds() {
        let version = w
            .write(|tx, calendars, actor| {
                calendars.import_overrides(tx, actor, Calendar::shipped_overrides(), "De nuevo lo mismo")
            })
            .await
            .unwrap();
        assert_eq!(version, "2026-11-21.1");
    }
}

#[tokio::test]
async fn hol_02_another_process_sees_the_new_version_when_it_looks() {
    for w in worlds() {
        let other = open(&w.db, &w.clock);
        w.clock.advance_millis(24 * 3_600_000);
        w.write(|tx, calendars, _| {
            let new = overrides_from_toml(&toml("2027-03-02", "add", "unico"))?;
            calendars.add_overrides(tx, &official(), &new, "Feriado de prueba")
        })
        .await
        .unwrap();
        assert_eq!(&**other.current().version(), "2026-11-21.1");
        other.refresh().await.unwrap();
        assert_eq!(&**other.current().version(), "2026-11-22.1");
        w.clock.advance_millis(-24 * 3_600_000);
    }
}

#[tokio::test]
async fn hol_02_a_change_that_is_rolled_back_is_never_in_force() {
    for w in worlds() {
        let failed = w
            .write(|tx, calendars, actor| {
                let new = overrides_from_toml(&toml("2027-03-02", "add", "unico"))?;
                calendars.add_overrides(tx, actor, &new, "Feriado de prueba")?;
                Err::<(), _>(copihue_core::Error::internal("something else of the transaction"))
            })
            .await;
        assert!(failed.is_err());
        assert_eq!(&**w.calendars.current().version(), "2026-11-21.1");
    }
}

#[tokio::test]
async fn every_statement_is_understood_by_both_engines() {
    for w in worlds() {
        w.db.read(|c| copihue_db::statements().try_for_each(|sql| c.prepare(sql))).await.unwrap();
    }
}

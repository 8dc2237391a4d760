use std::sync::{Arc, Mutex};

use copihue_calendar::{Act, Decision, EventType, MOVED, Progress, SHORTENED};
use copihue_core::calendar::overrides_from_toml;

use crate::overrides::toml;
use crate::{World, case, day, worlds};

/// Adds an override of one day.
async fn change(w: &World, fecha: &'static str, op: &'static str) {
    w.write(move |tx, calendars, actor| {
        let new = overrides_from_toml(&toml(fecha, op, "unico"))?;
        calendars.add_overrides(tx, actor, &new, "Cambio de prueba")
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn plz_02_a_new_holiday_moves_open_terms_and_tells_of_it() {
    for w in worlds() {
        let id = w.open_term("lbpa31_subsanacion", case(1), "2026-12-10").await;
        let other = w.open_term("lbpa31_subsanacion", case(2), "2026-11-23").await;
        change(&w, "2026-12-14", "add").await;
        let told = Arc::new(Mutex::new(Vec::new()));
        let listener = told.clone();
        let worker = w.worker().subscribe(MOVED, "prueba", move |event| {
            listener.lock().unwrap().push(event.payload);
            async { Ok(()) }
        });
        worker.run_due().await.unwrap();

        let calendars = w.calendars.clone();
        let (moved, same, history) =
            w.db.read(move |c| {
                Ok((calendars.deadline(c, id)?, calendars.deadline(c, other)?, calendars.history(c, id)?))
            })
            .await
            .unwrap();
        let (moved, same) = (moved.unwrap(), same.unwrap());
        assert_eq!(
            (moved.deadline.due, &*moved.deadline.calendar_version),
            (day("2026-12-18"), "2026-11-21.2")
        );
        assert_eq!(
            (same.deadline.due, &*same.deadline.calendar_version),
            (day("2026-11-30"), "2026-11-21.2")
        );
        let last = history.last().unwrap();
        assert_eq!((last.kind, last.act.as_str()), (EventType::Recomputed, "2026-11-21.2"));
        assert_eq!((last.due_before, last.due_after), (Some(day("2026-12-17")), Some(day("2026-12-18"))));
        let told = told.lock().unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!(
            (told[0]["before"].as_str(), told[0]["after"].as_str()),
            (Some("2026-12-17"), Some("2026-12-18"))
        );
    }
}

#[tokio::test]
async fn plz_02_a_change_that_shortens_a_term_waits_for_a_human() {
    for w in worlds() {
        let id = w.open_term("lbpa24_informe", case(1), "2026-12-02").await;
        let kept = w.open_term("lbpa24_informe", case(2), "2026-12-02").await;
        change(&w, "2026-12-08", "remove").await;
        let progress = w.calendars.recompute().await.unwrap();
        assert_eq!(progress, Progress { compared: 2, moved: 0, waiting: 2 });
        let calendars = w.calendars.clone();
        let waiting = w.db.read(move |c| calendars.waiting(c, 10)).await.unwrap();
        assert_eq!(waiting.len(), 2);
        assert!(waiting.iter().all(|r| r.deadline.due == day("2026-12-17")), "as it was told");
        assert!(waiting.iter().all(|r| r.proposed.as_ref().unwrap().due == day("2026-12-16")));
        let urgent = w
            .write(move |tx, calendars, actor| {
                calendars.make_urgent(tx, id, Act { actor, reference: "Res. 1" })
            })
            .await;
        assert_eq!(urgent.unwrap_err().code(), "plazo_espera_decision");

        for (id, decision, due) in
            [(id, Decision::Shorten, "2026-12-16"), (kept, Decision::Keep, "2026-12-17")]
        {
            let decided = w
                .write(move |tx, calendars, actor| {
                    calendars.decide(tx, id, decision, Act { actor, reference: "Res. 2" })
                })
                .await
                .unwrap();
            assert_eq!((decided.deadline.due, decided.proposed), (day(due), None));
        }
        let again = w
            .write(move |tx, calendars, actor| {
                calendars.decide(tx, id, Decision::Keep, Act { actor, reference: "Res. 3" })
            })
            .await;
        assert_eq!(again.unwrap_err().code(), "sin_propuesta");
        assert_eq!(w.calendars.recompute().await.unwrap(), Progress::default());
    }
}

#[tokio::test]
async fn plz_02_more_deadlines_than_one_batch_are_all_compared_once() {
    for w in worlds() {
        for n in 0..250u16 {
            w.open_term("lbpa31_subsanacion", case((n % 250) as u8), "2026-12-10").await;
        }
        change(&w, "2026-12-14", "add").await;
        let progress = w.calendars.recompute().await.unwrap();
        assert_eq!(progress, Progress { compared: 250, moved: 250, waiting: 0 });
        assert_eq!(w.calendars.recompute().await.unwrap(), Progress::default());
    }
}

#[tokio::test]
async fn plz_02_a_deadline_computed_just_before_a_change_is_compared_after_it() {
    for w in worlds() {
        let shortened = w.worker().subscribe(SHORTENED, "prueba", |_| async { Ok(()) });
        let stale = w.calendars.current();
        change(&w, "2026-12-14", "add").await;
        shortened.run_due().await.unwrap();
        let id = w
            .write(move |tx, calendars, actor| {
                let event = copihue_core::calendar::Event {
                    kind: copihue_core::calendar::EventKind::Act,
                    at: crate::at("2026-12-10T15:00:00Z"),
                    zone: copihue_core::calendar::Zone::Santiago,
                    scope: copihue_core::calendar::Scope::NATIONAL,
                };
                let term = copihue_core::calendar::term("lbpa31_subsanacion").unwrap();
                let deadline = stale.deadline(term, &event)?;
                let new = copihue_calendar::NewDeadline {
                    subject_kind: "case",
                    subject: case(1),
                    label: &term.label,
                    deadline: &deadline,
                };
                calendars.open_deadline(tx, &new, Act { actor, reference: "DOCU-1" })
            })
            .await
            .unwrap();
        shortened.run_due().await.unwrap();
        let calendars = w.calendars.clone();
        let found = w.db.read(move |c| calendars.deadline(c, id)).await.unwrap().unwrap();
        assert_eq!(found.deadline.due, day("2026-12-18"));
    }
}

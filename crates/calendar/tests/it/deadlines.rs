use copihue_calendar::{Act, EventType, State};
use copihue_core::calendar::SuspensionCause;

use crate::{at, case, day, worlds};

#[tokio::test]
async fn plz_01_a_deadline_is_stored_with_its_explanation_and_found_by_its_subject() {
    for w in worlds() {
        let id = w.open_term("lbpa31_subsanacion", case(1), "2026-12-02").await;
        w.open_term("lbpa27_total", case(1), "2026-12-02").await;
        w.open_term("lbpa27_total", case(2), "2026-12-02").await;
        let calendars = w.calendars.clone();
        let found = w.db.read(move |c| calendars.of(c, "case", case(1))).await.unwrap();
        assert_eq!(found.len(), 2);
        let first = &found[0];
        assert_eq!((first.id, first.state, first.deadline.due), (id, State::Open, day("2026-12-10")));
        assert_eq!(first.label, "Completar o corregir la solicitud");
        assert_eq!(first.deadline.skipped.len(), 3);
        assert_eq!(&*first.deadline.calendar_version, "2026-11-21.1");
        assert_eq!(id.bucket(), case(1).bucket());
        let calendars = w.calendars.clone();
        assert!(w.db.read(move |c| calendars.of(c, "payment", case(1))).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn plz_04_overdue_deadlines_come_soonest_first_and_lapse_only_once_expired() {
    for w in worlds() {
        let late = w.open_term("lbpa24_informe", case(1), "2026-11-23").await;
        let soon = w.open_term("lbpa31_subsanacion", case(2), "2026-11-23").await;
        w.open_term("lbpa27_total", case(3), "2026-11-23").await;
        let done = w.open_term("lbpa31_subsanacion", case(4), "2026-11-23").await;
        w.write(move |tx, calendars, actor| calendars.meet(tx, done, Act { actor, reference: "DOCU-2" }))
            .await
            .unwrap();
        let calendars = w.calendars.clone();
        let due = w.db.read(move |c| calendars.due_before(c, at("2026-12-10T00:00:00Z"), 10)).await.unwrap();
        assert_eq!(due.iter().map(|d| d.id).collect::<Vec<_>>(), [soon, late]);

        let lapse = move || w_lapse(soon);
        let early = w.write(lapse()).await;
        assert_eq!(early.unwrap_err().code(), "plazo_vigente");
        w.clock.set(at("2026-12-01T03:00:00Z"));
        assert_eq!(w.write(lapse()).await.unwrap().state, State::Lapsed);
        let met = w
            .write(move |tx, calendars, actor| calendars.meet(tx, soon, Act { actor, reference: "DOCU-3" }))
            .await
            .unwrap();
        assert_eq!(met.state, State::Met, "done late is done");
        w.clock.set(at("2026-11-21T15:00:00Z"));
    }
}

/// A write that lapses a deadline.
fn w_lapse(
    id: copihue_core::Id,
) -> impl Fn(
    &mut copihue_db::Tx<'_>,
    &copihue_calendar::Calendars,
    &copihue_core::Actor,
) -> copihue_core::Result<copihue_calendar::Running>
+ Send
+ 'static {
    move |tx, calendars, actor| calendars.lapse(tx, id, Act { actor, reference: "revisión nocturna" })
}

#[tokio::test]
async fn plz_01_suspension_extension_and_urgency_are_kept_in_the_history() {
    for w in worlds() {
        let id = w.open_term("lbpa24_informe", case(1), "2026-12-10").await;
        let act = "Res. 5";
        let suspended = w
            .write(move |tx, calendars, actor| {
                calendars.suspend(
                    tx,
                    id,
                    day("2026-12-14"),
                    SuspensionCause::Act,
                    Act { actor, reference: act },
                )
            })
            .await
            .unwrap();
        assert_eq!((suspended.state, suspended.deadline.due), (State::Suspended, day("2026-12-24")));
        // While it is suspended it never comes due.
        let calendars = w.calendars.clone();
        let due = w.db.read(move |c| calendars.due_before(c, at("2030-01-01T00:00:00Z"), 10)).await.unwrap();
        assert!(due.is_empty());

        let resumed = w
            .write(move |tx, calendars, actor| {
                calendars.resume(tx, id, day("2026-12-16"), Act { actor, reference: "Res. 6" })
            })
            .await
            .unwrap();
        assert_eq!((resumed.state, resumed.deadline.due), (State::Open, day("2026-12-29")));
        let extended = w
            .write(move |tx, calendars, actor| {
                let asked = at("2026-11-21T15:00:00Z");
                calendars.extend(tx, id, 5, asked, Act { actor, reference: "Res. 7" })
            })
            .await
            .unwrap();
        assert_eq!(extended.deadline.due, day("2027-01-06"));
        let urgent = w
            .write(move |tx, calendars, actor| {
                calendars.make_urgent(tx, id, Act { actor, reference: "Res. 8" })
            })
            .await
            .unwrap();
        assert!(urgent.deadline.due < extended.deadline.due);

        let calendars = w.calendars.clone();
        let history = w.db.read(move |c| calendars.history(c, id)).await.unwrap();
        let kinds: Vec<EventType> = history.iter().map(|e| e.kind).collect();
        use EventType::{Created, Extended, Resumed, Suspended, Urgent};
        assert_eq!(kinds, [Created, Suspended, Resumed, Extended, Urgent]);
        assert_eq!(
            (history[2].due_before, history[2].due_after),
            (Some(day("2026-12-24")), Some(day("2026-12-29")))
        );
        assert_eq!((history[2].act.as_str(), history[2].by.as_str()), ("Res. 6", "job:prueba"));
    }
}

#[tokio::test]
async fn plz_01_what_the_state_or_the_rule_forbids_changes_nothing() {
    for w in worlds() {
        let id = w.open_term("lbpa59_recurrir", case(1), "2026-12-10").await;
        let act = "Res. 5";
        let urgent = w
            .write(move |tx, calendars, actor| calendars.make_urgent(tx, id, Act { actor, reference: act }))
            .await;
        assert_eq!(urgent.unwrap_err().code(), "urgencia_no_aplica");
        let resumed = w
            .write(move |tx, calendars, actor| {
                calendars.resume(tx, id, day("2026-12-16"), Act { actor, reference: act })
            })
            .await;
        assert_eq!(resumed.unwrap_err().code(), "plazo_en_otro_estado");
        let outside = w
            .write(move |tx, calendars, actor| {
                calendars.suspend(
                    tx,
                    id,
                    day("2027-06-01"),
                    SuspensionCause::Act,
                    Act { actor, reference: act },
                )
            })
            .await;
        assert_eq!(outside.unwrap_err().code(), "suspension_invalida");
        let unknown = w
            .write(move |tx, calendars, actor| calendars.meet(tx, case(8), Act { actor, reference: act }))
            .await;
        assert_eq!(unknown.unwrap_err().code(), "no_encontrado");
        let calendars = w.calendars.clone();
        let history = w.db.read(move |c| calendars.history(c, id)).await.unwrap();
        assert_eq!(history.len(), 1);
    }
}

use copihue_casefiles::*;

use crate::support::{INSTITUTION, actor, case_of, each_engine, id, official, person};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_14_one_party_cannot_see_the_sensitive_documents_of_another() {
    each_engine(async |w| {
        let case = w.open(case_of(&[1, 2])).await.unwrap();
        w.file(&case, b"solicitud", |e| e.holders = vec![id(1)]).await.unwrap();
        w.file(&case, b"certificado medico", |e| {
            e.title = "Certificado médico".to_owned();
            (e.holders, e.privacy) = (vec![id(2)], Privacy::Sensitive);
        })
        .await
        .unwrap();
        let key = case.iuie.parse().unwrap();
        let mine = w.view(&actor(1), &case).await.unwrap();
        assert!(mine.entries[0].document.is_some());
        assert!(mine.entries[1].document.is_none(), "no title, no hash");
        assert_eq!(mine.entries[1].access.access, Access::Redacted);
        let refused = w.casefiles.document(&actor(1), &key, 2).await.unwrap_err();
        assert_eq!(refused.code(), "documento_de_otra_persona");
        assert_eq!(w.casefiles.document(&actor(2), &key, 2).await.unwrap().bytes, b"certificado medico");
        let register = w.register(&case).await;
        let denied: Vec<_> = register.iter().filter(|l| l.outcome == "denegado").collect();
        assert_eq!((denied.len(), denied[0].person, denied[0].n), (1, Some(id(1)), Some(2)));
        // A's redacted index still leads to the head.
        let (head, skeletons) = w.casefiles.index(&actor(1), &key).await.unwrap();
        assert_eq!(replay(&case.exp(), mine.opened_at, &skeletons).unwrap(), head);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_14_another_persons_case_is_not_there_and_the_attempt_is_logged() {
    each_engine(async |w| {
        let case = w.open(case_of(&[1])).await.unwrap();
        w.file(&case, b"x", |_| {}).await.unwrap();
        assert_eq!(w.view(&actor(9), &case).await.unwrap_err().code(), "no_encontrado");
        let key = case.iuie.parse().unwrap();
        assert_eq!(w.casefiles.document(&actor(9), &key, 1).await.unwrap_err().code(), "no_encontrado");
        let absent = w.casefiles.case(&actor(9), &"EXP-20990101-000001".parse().unwrap()).await.unwrap_err();
        assert_eq!(absent.code(), "no_encontrado");
        let register = w.register(&case).await;
        assert_eq!(register.len(), 2);
        assert!(register.iter().all(|l| l.outcome == "denegado" && l.person == Some(id(9))));
        assert_eq!(w.office.acts.lock().unwrap().iter().filter(|k| **k == "access.denied").count(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_29_only_officials_tied_to_the_procedure_read_it() {
    each_engine(async |w| {
        let case = w.open(case_of(&[1])).await.unwrap();
        w.file(&case, b"sensible", |e| (e.holders, e.privacy) = (vec![id(1)], Privacy::Sensitive))
            .await
            .unwrap();
        let key: CaseKey = case.iuie.parse().unwrap();
        assert!(w.view(&official(5, "FINANZAS", &[]), &case).await.is_err());
        let of = case.clone();
        w.change(move |c, tx| {
            c.assign(tx, &of, &Assignee::Unit("FINANZAS".to_owned()), &Author::System("copihue"))
        })
        .await
        .unwrap();
        for unit in ["TRANSITO", "FINANZAS"] {
            assert!(w.casefiles.document(&official(5, unit, &[]), &key, 1).await.is_ok());
        }
        let mut elsewhere = official(6, "TRANSITO", &[]);
        if let Some(hat) = &mut elsewhere.hat {
            hat.institution = "PE-MUN-00014".to_owned();
        }
        assert!(w.view(&elsewhere, &case).await.is_err());
        // A superior sees that it exists, and no bytes without a reason.
        let auditor = official(7, "CONTROL", &["auditor"]);
        assert!(w.view(&auditor, &case).await.is_ok());
        assert!(w.casefiles.document(&auditor, &key, 1).await.is_err());
        // Whoever has a role that the procedure names processes it; the RUN is theirs to see, and not the auditor's.
        let head = official(9, "ALCALDIA", &["jefatura"]);
        let view = w.view(&head, &case).await.unwrap();
        assert_eq!(
            (view.relation, &view.parties[0].run),
            (Relation::Processes, &Some(person(1).run.to_string()))
        );
        assert!(w.casefiles.processes(&head, &key).await.is_ok());
        let view = w.view(&auditor, &case).await.unwrap();
        assert_eq!((view.relation, &view.parties[0].run), (Relation::Oversees, &None));
        assert!(w.casefiles.processes(&auditor, &key).await.is_err());
        assert_eq!(w.view(&actor(1), &case).await.unwrap().parties[0].run, None);
        // An official who is a party reads their own case only without the hat.
        let own = w.open(case_of(&[8])).await.unwrap();
        assert!(w.view(&official(8, "ASEO", &[]), &own).await.is_err());
        assert!(w.view(&actor(8), &own).await.is_ok());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_14_sensitive_readings_are_written_first_and_the_others_in_batches() {
    each_engine(async |w| {
        let case = w.open(case_of(&[1])).await.unwrap();
        w.file(&case, b"sensible", |e| (e.holders, e.privacy) = (vec![id(1)], Privacy::Sensitive))
            .await
            .unwrap();
        w.file(&case, b"comun", |_| {}).await.unwrap();
        let (key, reader) = (case.iuie.parse().unwrap(), official(5, "TRANSITO", &[]));
        w.casefiles.document(&reader, &key, 1).await.unwrap();
        let written = |w: &crate::support::World| {
            let (casefiles, case, db) = (w.casefiles.clone(), case.clone(), w.db.clone());
            async move { db.read(move |c| casefiles.access_register(c, &case)).await.unwrap() }
        };
        assert_eq!(written(&w).await.len(), 1, "the sensitive one, at once");
        for _ in 0..3 {
            w.casefiles.document(&reader, &key, 2).await.unwrap();
        }
        assert_eq!(written(&w).await.len(), 1);
        assert_eq!(w.casefiles.flush_register().await.unwrap(), 1);
        let lines = written(&w).await;
        let batch = lines.iter().find(|l| l.n == Some(2)).unwrap();
        assert_eq!(
            (batch.times, batch.official, batch.unit.as_deref()),
            (3, Some(id(1005)), Some("TRANSITO"))
        );
        let acts = w.office.acts.lock().unwrap().clone();
        assert!(acts.contains(&"access.sensitive") && acts.contains(&"access.batch"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_16_a_restriction_needs_its_legal_ground_and_ends_by_itself() {
    each_engine(async |w| {
        let case = w.open(case_of(&[1])).await.unwrap();
        w.file(&case, b"informe", |_| {}).await.unwrap();
        let until = w.clock_now().plus_seconds(60);
        let restriction = |ground: &str| Restriction {
            level: AccessLevel::Reserved,
            ground: ground.to_owned(),
            granted: vec![id(1005)],
            until: Some(until),
        };
        for (ground, ok) in [(" ", false), ("Ley 20.285, artículo 21 N.º 1", true)] {
            let (of, to) = (case.clone(), restriction(ground));
            let done = w.change(move |c, tx| c.restrict(tx, &of, 1, &to, &Author::System("copihue"))).await;
            assert_eq!(done.is_ok(), ok);
        }
        let key = case.iuie.parse().unwrap();
        assert!(w.casefiles.document(&actor(1), &key, 1).await.is_err());
        assert!(w.casefiles.document(&official(4, "TRANSITO", &[]), &key, 1).await.is_err());
        assert!(w.casefiles.document(&official(5, "TRANSITO", &[]), &key, 1).await.is_ok());
        w.clock.advance_millis(60_000);
        assert!(w.casefiles.document(&actor(1), &key, 1).await.is_ok());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_01_one_person_with_the_same_number_in_two_institutions_chooses() {
    each_engine(async |w| {
        w.open(case_of(&[1])).await.unwrap();
        let mut other = case_of(&[1]);
        other.institution = "PE-MUN-00014".to_owned();
        let other = w.open(other).await.unwrap();
        let error = w.view(&actor(1), &other).await.unwrap_err();
        assert_eq!((error.code(), error.fields().len()), ("expediente_ambiguo", 2));
        for institution in [INSTITUTION, "PE-MUN-00014"] {
            let key = format!("{institution}:{}", other.iuie).parse().unwrap();
            assert_eq!(w.casefiles.case(&actor(1), &key).await.unwrap().case.institution, institution);
        }
    })
    .await;
}

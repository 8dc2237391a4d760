use copihue_casefiles::*;

use crate::support::{INSTITUTION, actor, case_of, each_engine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_01_a_case_gets_its_number_on_start_by_institution_and_day() {
    each_engine(async |w| {
        let first = w.open(case_of(&[1])).await.unwrap();
        assert_eq!(first.iuie, "EXP-20261121-000001");
        assert_eq!(w.open(case_of(&[2])).await.unwrap().iuie, "EXP-20261121-000002");
        let mut other = case_of(&[1]);
        other.institution = "PE-MUN-00014".to_owned();
        assert_eq!(w.open(other).await.unwrap().iuie, "EXP-20261121-000001");
        // 01:00 UTC of the 22nd is still the 21st there; 03:00 is the next day.
        w.clock.advance_millis(7 * 3_600_000);
        assert_eq!(w.open(case_of(&[1])).await.unwrap().iuie, "EXP-20261122-000001");
        let found = w.casefiles.clone();
        let again = w.db.read(move |c| found.find(c, INSTITUTION, "EXP-20261121-000001")).await.unwrap();
        assert_eq!(again, Some(first));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_04_parallel_filings_on_one_case_are_all_in_order_without_gaps() {
    each_engine(async |w| {
        let case = w.open(case_of(&[1])).await.unwrap();
        let filings: Vec<_> = (0..40)
            .map(|i| {
                let (w, case) = (w.clone(), case.clone());
                tokio::spawn(
                    async move { w.file(&case, format!("hola {i}").as_bytes(), |_| {}).await.unwrap() },
                )
            })
            .collect();
        let mut filed = Vec::new();
        for filing in filings {
            filed.push(filing.await.unwrap());
        }
        filed.sort_by_key(|e| e.n);
        assert_eq!(filed.iter().map(|e| e.n).collect::<Vec<_>>(), (1..=40).collect::<Vec<_>>());
        let view = w.view(&actor(1), &case).await.unwrap();
        assert_eq!(view.entries.len(), 40);
        assert!(view.entries.windows(2).all(|e| e[0].incorporated_at <= e[1].incorporated_at));
        let mut numbers: Vec<_> = filed.iter().map(|e| e.document.clone()).collect();
        numbers.sort();
        numbers.dedup();
        assert_eq!((numbers.len(), numbers[39].as_str()), (40, "DOCU-20261121-000040"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_50_the_same_bytes_twice_are_two_documents() {
    each_engine(async |w| {
        let case = w.open(case_of(&[1])).await.unwrap();
        let a = w.file(&case, b"hola mundo\n", |_| {}).await.unwrap();
        let b = w.file(&case, b"hola mundo\n", |_| {}).await.unwrap();
        assert_eq!(a.sha256, b.sha256);
        assert_ne!(a.document, b.document);
        assert_eq!(w.file(&case, b"", |_| {}).await.unwrap_err().code(), "archivo_vacio");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_02_states_move_as_they_may_and_every_party_sees_it() {
    each_engine(async |w| {
        let case = w.open(case_of(&[1, 2])).await.unwrap();
        let to = |state: CaseState| {
            let (w, case) = (w.clone(), case.clone());
            async move { w.change(move |c, tx| c.set_state(tx, &case, state, &Author::System("copihue"))).await }
        };
        to(CaseState::InProgress).await.unwrap();
        to(CaseState::InProgress).await.unwrap();
        assert_eq!(to(CaseState::Closed).await.unwrap_err().code(), "transicion_desconocida");
        to(CaseState::Resolved).await.unwrap();
        for n in [1, 2] {
            assert_eq!(w.casefiles.list(&actor(n)).await.unwrap()[0].state, CaseState::Resolved);
        }
        to(CaseState::Enforceable).await.unwrap();
        to(CaseState::Closed).await.unwrap();
        assert_eq!(w.file(&case, b"tarde", |_| {}).await.unwrap_err().code(), "expediente_cerrado");
        let view = w.view(&actor(1), &case).await.unwrap();
        let trace: Vec<_> = view.timeline.iter().map(|t| t.detail.as_str()).collect();
        assert_eq!(trace[1..], ["en_tramite", "resuelto", "ejecutoriado", "cerrado"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_16_the_parties_know_who_answers_for_the_case() {
    each_engine(async |w| {
        let case = w.open(case_of(&[1])).await.unwrap();
        assert_eq!(w.view(&actor(1), &case).await.unwrap().responsible.name, "Dirección de Tránsito");
        let (who, of) = (
            Responsible {
                name: "Rosa Díaz".to_owned(),
                post: "Inspectora".to_owned(),
                ..case_of(&[]).responsible
            },
            case.clone(),
        );
        w.change(move |c, tx| c.set_responsible(tx, &of, &who, &Author::System("copihue"))).await.unwrap();
        assert_eq!(w.view(&actor(1), &case).await.unwrap().responsible.name, "Rosa Díaz");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_42_metadata_are_never_overwritten_and_hold_the_index() {
    each_engine(async |w| {
        let case = w.open(case_of(&[1])).await.unwrap();
        let filed = w.file(&case, b"x", |e| e.privacy = Privacy::Sensitive).await.unwrap();
        let (of, who) =
            (case.clone(), Responsible { name: "Rosa Díaz".to_owned(), ..case_of(&[]).responsible });
        w.change(move |c, tx| c.set_responsible(tx, &of, &who, &Author::System("copihue"))).await.unwrap();
        let (casefiles, of) = (w.casefiles.clone(), case.clone());
        let (versions, whole) = w
            .db
            .read(move |c| Ok((casefiles.metadata_versions(c, &of, &of.iuie)?, casefiles.metadata(c, &of)?)))
            .await
            .unwrap();
        let names: Vec<_> = versions.iter().map(|v| v["MGDEE52"][0]["MGDEE52_4"].as_str().unwrap()).collect();
        assert_eq!(names, ["Dirección de Tránsito", "Dirección de Tránsito", "Rosa Díaz"]);
        let sensitive: Vec<_> = versions.iter().map(|v| v["MGDEE6_4"].as_i64().unwrap()).collect();
        assert_eq!(sensitive, [2, 1, 1]);
        assert_eq!(whole["MGDEE53"][0]["MGDEE53_1"], filed.document);
        assert_eq!(whole["MGDEE53"][0]["MGDEE53_2"], "2026-11-21 20:15:00");
        check_case(&whole, Closed::No).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_51_what_is_stored_leads_to_the_stored_head() {
    each_engine(async |w| {
        let case = w.open(case_of(&[1])).await.unwrap();
        for i in 0..5 {
            w.file(&case, format!("documento {i}").as_bytes(), |_| {}).await.unwrap();
            w.clock.advance_millis(1);
        }
        let of = case.clone();
        w.change(move |c, tx| c.annul(tx, &of, 1, 2, "error", &Author::System("copihue"))).await.unwrap();
        let (head, skeletons) = w.casefiles.index(&actor(1), &case.iuie.parse().unwrap()).await.unwrap();
        assert_eq!(skeletons.len(), 6);
        let opened = w.view(&actor(1), &case).await.unwrap().opened_at;
        assert_eq!(replay(&case.exp(), opened, &skeletons).unwrap(), head);
        assert_eq!(hex::encode(head), w.view(&actor(1), &case).await.unwrap().head);
    })
    .await;
}

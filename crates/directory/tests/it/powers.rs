//! Hats, substitution, superiors.

use copihue_directory::model::official::MembershipState;
use copihue_directory::*;

use crate::world::*;

fn roles(w: &World, number: u32) -> Vec<String> {
    w.directory.hats(run(number)).into_iter().flat_map(|hat| hat.roles).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_02_hats_are_one_for_each_body_with_the_roles_of_today() {
    for w in worlds().await {
        let seat = w.unit(TOWN, "TRANSITO", None).await;
        let island = w.unit(ISLAND, "OIRS", None).await;
        let ana = w.official(TOWN, 12_345_678, seat).await;
        assert_eq!(w.official(ISLAND, 12_345_678, island).await, ana);
        w.designate(designation(TOWN, "mesa", ana, "2026-11-20")).await.unwrap();
        w.designate(designation(TOWN, "ministro_fe", ana, "2026-11-21")).await.unwrap();

        let hats = w.directory.hats(run(12_345_678));
        assert_eq!(hats.len(), 2);
        let town = hats.iter().find(|hat| hat.institution == TOWN).unwrap();
        assert_eq!((town.unit.as_str(), town.post.as_str()), ("TRANSITO", "Encargado de TRANSITO"));
        assert_eq!(town.roles, ["mesa"]);
        w.clock.advance_millis(86_400_000);
        assert_eq!(roles(&w, 12_345_678), ["mesa", "ministro_fe"]);
        assert!(w.directory.hats(run(11_111_111)).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_03_an_office_role_expires_after_twelve_months() {
    for w in worlds().await {
        let seat = w.unit(TOWN, "TRANSITO", None).await;
        let ana = w.official(TOWN, 12_345_678, seat).await;
        w.designate(designation(TOWN, "mesa", ana, "2026-11-20")).await.unwrap();
        w.designate(designation(TOWN, "jefe_superior", ana, "2026-11-20")).await.unwrap();
        w.clock.set(copihue_core::Timestamp::parse("2027-11-20T02:59:59Z").unwrap());
        assert_eq!(roles(&w, 12_345_678), ["jefe_superior", "mesa"]);
        w.clock.advance_millis(1_000);
        assert_eq!(roles(&w, 12_345_678), ["jefe_superior"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_06_a_substitute_acts_with_the_holders_roles_and_the_holder_with_none() {
    for w in worlds().await {
        let seat = w.unit(TOWN, "TRANSITO", None).await;
        let ana = w.official(TOWN, 12_345_678, seat).await;
        let eva = w.official(TOWN, 9_876_543, seat).await;
        w.designate(designation(TOWN, "ministro_fe", ana, "2026-01-01")).await.unwrap();
        w.designate(designation(TOWN, "oficina_partes", ana, "2026-01-01")).await.unwrap();
        let on = w.directory.change(move |d, tx| {
            let period = Period::new(day("2026-11-20"), Some(day("2026-11-22")))?;
            let new = NewSubstitution {
                institution: TOWN.into(),
                holder: ana,
                substitute: eva,
                act: decree("9"),
                period,
            };
            d.add_substitution(tx, &job(), new)
        });
        let on = on.await.unwrap();
        // Work of the registry office is personal: it doesn't pass.
        assert_eq!(roles(&w, 9_876_543), ["ministro_fe"]);
        assert!(roles(&w, 12_345_678).is_empty());
        let power = &w.directory.powers(eva, copihue_core::Clock::now(&*w.clock))[0];
        assert_eq!(power.substitution.as_ref().unwrap().id, on);
        assert_eq!(power.designation.official, ana);
        let acting = w.directory.acting(TOWN, "ministro_fe", copihue_core::Clock::now(&*w.clock)).unwrap();
        assert_eq!((acting.official.id, acting.designation.official), (eva, ana));

        w.clock.set(copihue_core::Timestamp::parse("2026-11-22T03:00:00Z").unwrap());
        assert!(roles(&w, 9_876_543).is_empty());
        assert_eq!(roles(&w, 12_345_678), ["ministro_fe", "oficina_partes"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_06_there_is_no_substitute_of_a_substitute() {
    for w in worlds().await {
        let seat = w.unit(TOWN, "TRANSITO", None).await;
        let ana = w.official(TOWN, 12_345_678, seat).await;
        let eva = w.official(TOWN, 9_876_543, seat).await;
        let leo = w.official(TOWN, 8_765_432, seat).await;
        let put = |holder, substitute| {
            w.directory.change(move |d, tx| {
                let period = from("2026-11-20");
                let new = NewSubstitution { institution: TOWN.into(), holder, substitute, act: None, period };
                d.add_substitution(tx, &job(), new)
            })
        };
        assert_eq!(put(ana, ana).await.unwrap_err().code(), "sustituto_invalido");
        let first = put(ana, eva).await.unwrap();
        assert_eq!(put(ana, leo).await.unwrap_err().code(), "sustitucion_vigente");
        assert_eq!(put(eva, leo).await.unwrap_err().code(), "sustituto_ausente");
        assert_eq!(put(leo, ana).await.unwrap_err().code(), "sustituto_ausente");
        let off = w.directory.change(move |d, tx| d.end_substitution(tx, &job(), first, day("2026-11-21")));
        off.await.unwrap();
        w.directory.refresh().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_12_a_superior_always_resolves() {
    for w in worlds().await {
        let top = w.unit(TOWN, "ALCALDIA", None).await;
        let transit = w.unit(TOWN, "TRANSITO", Some(top.unit)).await;
        let permits = w.unit(TOWN, "PERMISOS", Some(transit.unit)).await;
        let mayor = w.official(TOWN, 5_555_555, top).await;
        let chief = w.official(TOWN, 9_876_543, transit).await;
        let clerk = w.official(TOWN, 12_345_678, permits).await;
        w.designate(designation(TOWN, "jefe_superior", mayor, "2026-01-01")).await.unwrap();
        let now = copihue_core::Clock::now(&*w.clock);
        let above = |who| w.directory.superior_of(TOWN, who, now).map(|official| official.id);
        assert_eq!(above(clerk), Some(mayor), "no superior post yet: the head");
        let lead = w.directory.change(move |d, tx| {
            d.set_unit_superior(tx, &job(), TOWN, transit.unit, transit.post)?;
            d.set_unit_superior(tx, &job(), TOWN, top.unit, top.post)
        });
        lead.await.unwrap();
        assert_eq!(above(clerk), Some(chief), "up the tree");
        assert_eq!(above(chief), Some(mayor));
        assert_eq!(above(mayor), None);
        let out = w.directory.change(move |d, tx| {
            let new = NewSubstitution {
                institution: TOWN.into(),
                holder: chief,
                substitute: clerk,
                act: None,
                period: from("2026-11-20"),
            };
            d.add_substitution(tx, &job(), new)
        });
        out.await.unwrap();
        assert_eq!(above(clerk), Some(mayor), "never oneself, even standing in");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dir_13_powers_follow_the_post() {
    for w in worlds().await {
        let seat = w.unit(TOWN, "TRANSITO", None).await;
        let ana = w.official(TOWN, 12_345_678, seat).await;
        w.designate(designation(TOWN, "ministro_fe", ana, "2026-01-01")).await.unwrap();
        w.designate(designation(TOWN, "ctd", ana, "2026-12-24")).await.unwrap();
        let now = copihue_core::Clock::now(&*w.clock);
        let membership = w.directory.snapshot().memberships(ana, now).next().unwrap().id;
        let set =
            |state| w.directory.change(move |d, tx| d.set_membership_state(tx, &job(), membership, state));
        set(MembershipState::Blocked).await.unwrap();
        assert!(w.directory.hats(run(12_345_678)).is_empty());
        set(MembershipState::Active).await.unwrap();
        assert_eq!(roles(&w, 12_345_678), ["ministro_fe"]);
        let left =
            w.directory.change(move |d, tx| d.official_left(tx, &job(), membership, day("2026-11-20")));
        left.await.unwrap();
        assert!(w.directory.hats(run(12_345_678)).is_empty());
        assert!(w.directory.holder(TOWN, "ministro_fe", now).is_none());
        let later = copihue_core::Timestamp::parse("2026-12-25T12:00:00Z").unwrap();
        assert!(w.directory.holder(TOWN, "ctd", later).is_none(), "what had not begun never begins");
        let before = copihue_core::Timestamp::parse("2026-11-19T12:00:00Z").unwrap();
        assert_eq!(w.directory.holder(TOWN, "ministro_fe", before).unwrap().official.id, ana);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_another_process_is_seen_within_a_second() {
    for w in worlds().await {
        let other = Directory::open(parts(&w.db, w.clock.clone())).await.unwrap();
        let _watch = other.watch();
        w.unit(TOWN, "TRANSITO", None).await;
        for _ in 0..20 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            if other.unit(TOWN, "TRANSITO").is_some() {
                break;
            }
        }
        assert!(other.unit(TOWN, "TRANSITO").is_some());
    }
}

//! Attacks H: passwords, throttling, the one answer.

use copihue_db::testing::engines;
use copihue_identity::model::throttle::{Limit, Limits};
use copihue_identity::*;

use crate::work::work_in;
use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn h01_wrong_password_unknown_person_and_wrong_kind_get_one_answer() {
    for w in worlds().await {
        let mut pages = Vec::new();
        for (run, password) in [
            ("44444444-4", "wrong"),
            ("22222222-2", "wrong"),
            ("11111111-1", "testing"),
            ("44444444-4", "TESTING"),
        ] {
            let page = w.log_in(&mut w.visitor(), &authorize(&[]), run, password).await.expect(401);
            assert!(page.says("El RUN o la clave no son correctos."));
            assert!(page.says(run), "what was typed stays");
            assert!(
                !page.text().contains(password)
                    || password == "testing" && !page.text().contains("\"testing\"")
            );
            let csrf = page.form(&authorize(&[])).unwrap().into_iter().find(|(n, _)| n == "csrf").unwrap().1;
            let size = page.text().replace(run, "").replace(&csrf, "").len();
            pages.push(size);
        }
        assert!(pages.windows(2).all(|two| two[0] == two[1]), "{pages:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h01_an_unknown_run_costs_the_same_hash() {
    let slow = |config: &mut Config| {
        config.hash = HashParams { memory_kib: 8 * 1024, passes: 2 };
        config.limits.unknown_devices = Limit { free: 1000, ..Limits::default().unknown_devices };
        config.limits.prefix = Limit { free: 10_000, ..Limits::default().prefix };
        config.limits.work.run = 1000;
    };
    let w = World::on(engines().remove(0), slow).await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..12 {
        for (run, times) in [("44444444-4", &mut known), ("22222222-2", &mut unknown)] {
            let mut c = w.visitor();
            let page = c.get_raw(&authorize(&[])).await;
            let started = std::time::Instant::now();
            send(&mut c, &page, &authorize(&[]), run, "wrong").await.expect(401);
            times.push(started.elapsed().as_micros());
        }
    }
    known.sort_unstable();
    unknown.sort_unstable();
    let (a, b) = (known[6] as f64, unknown[6] as f64);
    assert!((0.5..2.0).contains(&(a / b)), "medians {a} and {b}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_read_as_people_write_it_and_mistakes_are_said_beside_it() {
    let w = world().await;
    for run in ["44.444.444-4", "44444444-4", " 44444444‐4 ", "444444444", "044.444.444-4"] {
        w.log_in(&mut w.visitor(), &authorize(&[]), run, "testing").await.expect(303);
    }
    let page = w.log_in(&mut w.visitor(), &authorize(&[]), "44444444-5", "testing").await.expect(422);
    assert!(page.says("El RUN no es válido: revise el dígito verificador") && page.says("44444444-5"));
    let page = w.log_in(&mut w.visitor(), &authorize(&[]), "44444444-4", "").await.expect(422);
    assert!(page.says("Ingrese su clave."));
}

#[tokio::test(flavor = "multi_thread")]
async fn h02_idp_05_strangers_wait_and_the_owner_on_a_known_browser_does_not() {
    for w in worlds().await {
        let mut owner = w.visitor();
        w.code(&mut owner, &authorize(&[])).await;
        for _ in 0..10 {
            w.log_in(&mut w.visitor(), &authorize(&[]), "44444444-4", "wrong").await.expect(401);
        }
        // From here on each try costs a proof of work, and five later it waits whatever is brought.
        for _ in 0..5 {
            work_in(&mut w.visitor(), "wrong").await.expect(401);
        }
        let page = work_in(&mut w.visitor(), "wrong").await.expect(429);
        assert!(page.says("Espere 15 minutos"));
        assert!(page.header("retry-after").is_some());
        w.log_in(&mut w.visitor(), &authorize(&[]), "44444444-4", "testing").await.expect(429);
        // An unknown RUN waits just the same, and somebody else does not.
        w.log_in(&mut w.visitor(), &authorize(&[]), "55555555-5", "testing").await.expect(303);
        let mut back = w.visitor();
        back.set_cookie("dispositivo", owner.cookie("dispositivo"));
        w.log_in(&mut back, &authorize(&[]), "44444444-4", "testing").await.expect(303);
        w.clock.advance_millis(15 * 60_000 + 1);
        work_in(&mut w.visitor(), "wrong").await.expect(401);
        let page = w.log_in(&mut w.visitor(), &authorize(&[]), "44444444-4", "testing").await.expect(429);
        assert!(page.says("Espere 30 minutos"), "each failure doubles the wait");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h02_an_unknown_run_is_throttled_like_a_known_one() {
    let w = world().await;
    for n in 1..=11 {
        let expected = if n <= 10 { 401 } else { 429 };
        w.log_in(&mut w.visitor(), &authorize(&[]), "22222222-2", "wrong").await.expect(expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h02_a_known_browser_waits_for_its_own_failures_only() {
    let w = world().await;
    let mut c = w.visitor();
    w.code(&mut c, &authorize(&[])).await;
    let url = authorize(&[("prompt", "login")]);
    for _ in 0..6 {
        w.log_in(&mut c, &url, "44444444-4", "wrong").await.expect(401);
    }
    w.log_in(&mut c, &url, "44444444-4", "testing").await.expect(429);
    // Another browser is not touched by it, and after the wait a right password forgets all.
    w.log_in(&mut w.visitor(), &url, "44444444-4", "testing").await.expect(303);
    w.clock.advance_millis(15 * 60_000 + 1);
    w.log_in(&mut c, &url, "44444444-4", "testing").await.expect(303);
    w.log_in(&mut c, &url, "44444444-4", "wrong").await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn h02_a_thousand_tries_at_once_are_counted_before_they_are_looked_at() {
    for w in worlds().await {
        let tries = (0..40).map(|_| async {
            let mut c = w.visitor();
            let page = c.get_raw(&authorize(&[])).await;
            send(&mut c, &page, &authorize(&[]), "44444444-4", "wrong").await.status.as_u16()
        });
        let answers = futures_util::future::join_all(tries).await;
        let looked_at = answers.iter().filter(|s| **s == 401).count();
        assert!(looked_at <= 10, "{looked_at} were looked at");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h03_one_address_that_tries_many_runs_waits() {
    let few = |config: &mut Config| config.limits.prefix = Limit { free: 5, ..Limits::default().prefix };
    let w = World::on(engines().remove(0), few).await;
    for n in 0..5 {
        let run = copihue_core::Run::from_number(10_000_000 + n).unwrap().compact();
        w.log_in(&mut w.visitor(), &authorize(&[]), &run, "wrong").await.expect(401);
    }
    w.log_in(&mut w.visitor(), &authorize(&[]), "12345678-5", "wrong").await.expect(429);
}

#[tokio::test(flavor = "multi_thread")]
async fn h08_passwords_are_compared_in_nfc_and_never_cut() {
    let w = world().await;
    let composed = "clavé ñandú con espacios y 🐦 larga larga larga larga larga larga larga larga larga A";
    let new = NewPerson {
        run: "8.765.432-K".parse().unwrap(),
        names: vec!["Ana".into()],
        surnames: vec!["Díaz".into()],
        email: None,
        password: Some(copihue_core::Secret::new(composed)),
        kind: PersonKind::Test,
        proofing: Proofing::P1,
    };
    w.identity.register_person(new).await.unwrap();
    let decomposed = composed.replace('é', "e\u{301}").replace('ñ', "n\u{303}").replace('ú', "u\u{301}");
    w.log_in(&mut w.visitor(), &authorize(&[]), "8765432-k", &decomposed).await.expect(303);
    let almost = format!("{}B", &composed[..composed.len() - 1]);
    w.log_in(&mut w.visitor(), &authorize(&[]), "8765432-k", &almost).await.expect(401);
    w.log_in(&mut w.visitor(), &authorize(&[]), "8765432-k", &"x".repeat(1025)).await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_08_h11_past_the_queue_logins_are_refused_and_keys_still_served() {
    let slow = |config: &mut Config| {
        config.hash = HashParams { memory_kib: 64 * 1024, passes: 3 };
        config.hash_threads = 1;
        config.limits.unknown_devices = Limit { free: 10_000, ..Limits::default().unknown_devices };
        config.limits.prefix = Limit { free: 10_000, ..Limits::default().prefix };
        config.limits.work.prefix = 10_000;
    };
    let w = World::on(engines().remove(0), slow).await;
    let tries = (0..200).map(|n| {
        let w = &w;
        async move {
            let run = copihue_core::Run::from_number(10_000_000 + n).unwrap().compact();
            let answer = w.log_in(&mut w.visitor(), &authorize(&[]), &run, "wrong").await;
            // Whoever found no room is told when to come back.
            assert!(answer.status.as_u16() != 503 || answer.header("retry-after").is_some());
            answer.status.as_u16()
        }
    });
    let flood = futures_util::future::join_all(tries);
    let calm = async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let started = std::time::Instant::now();
        for _ in 0..20 {
            w.visitor().get_raw("/openid/jwks").await.expect(200);
        }
        started.elapsed() / 20
    };
    let (answers, each) = tokio::join!(flood, calm);
    assert!(answers.contains(&503) && answers.contains(&401), "{answers:?}");
    assert!(each < std::time::Duration::from_millis(250), "{each:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn h09_the_form_helps_password_managers_and_forbids_no_pasting() {
    let w = world().await;
    let page = w.visitor().get_raw(&authorize(&[])).await.expect(200);
    for wanted in ["autocomplete=\"username\"", "autocomplete=\"current-password\""] {
        assert!(page.text().contains(wanted), "{wanted}");
    }
    assert!(!page.text().contains("onpaste") && !page.text().contains("pattern="));
}

#[tokio::test(flavor = "multi_thread")]
async fn h02_m02_an_address_that_a_stranger_claims_does_not_count() {
    let few = |config: &mut Config| config.limits.prefix = Limit { free: 5, ..Limits::default().prefix };
    let w = World::on(engines().remove(0), few).await;
    for n in 0..6 {
        let run = copihue_core::Run::from_number(10_000_000 + n).unwrap().compact();
        let mut c = w.visitor().header("x-forwarded-for", &format!("203.0.113.{n}"));
        let reply = w.log_in(&mut c, &authorize(&[]), &run, "wrong").await;
        assert_eq!(reply.status, if n < 5 { 401 } else { 429 });
    }
}

use copihue_core::Clock as _;
use copihue_web::Which;

use crate::fixture::{each, login, one};

const MINUTE: i64 = 60_000;

#[tokio::test]
async fn idp_14_sessions_end_when_idle_and_after_twelve_hours() {
    each(|site| async move {
        let mut client = site.logged_in(1).await;
        for _ in 0..24 {
            site.clock.advance_millis(29 * MINUTE);
            client.get_raw("/yo").await.expect(200);
        }
        site.clock.advance_millis(29 * MINUTE);
        client.get_raw("/yo").await.expect(303);
        let mut idle = site.logged_in(1).await;
        idle.get_raw("/yo").await.expect(200);
        site.clock.advance_millis(31 * MINUTE);
        idle.get_raw("/yo").await.expect(303);
    })
    .await;
}

#[tokio::test]
async fn idp_35_a_session_revoked_elsewhere_is_gone_within_a_second() {
    for test in copihue_db::testing::engines() {
        test.migrate(&[copihue_web::MIGRATIONS]).unwrap();
        let (here, there) = (crate::fixture::Site::new(test.db()), crate::fixture::Site::new(test.db()));
        let mut client = here.logged_in(1).await;
        client.get_raw("/yo").await.expect(200);
        // Another process, with a memory of its own, ends it.
        let sessions = there.web.sessions().clone();
        let person = login(1).person.id;
        assert_eq!(test.db().write(move |tx| sessions.end_of(tx, person, Which::All)).await.unwrap(), 1);
        here.clock.advance_millis(900);
        client.get_raw("/yo").await.expect(303);
    }
}

#[tokio::test]
async fn idp_35_sessions_are_listed_and_ended_one_by_one() {
    each(|site| async move {
        let mut one = site.logged_in(1).await;
        site.clock.advance_millis(1_000);
        let mut two = site.logged_in(1).await;
        let db = site.web_db();
        let (sessions, person) = (site.web.sessions().clone(), login(1).person.id);
        let listing = sessions.clone();
        let all = db.read(move |conn| listing.list(conn, person)).await.unwrap();
        assert_eq!(all.len(), 2);
        let first = all.iter().map(|s| s.id).min().unwrap();
        let ending = sessions.clone();
        db.write(move |tx| ending.end_of(tx, person, Which::Id(first))).await.unwrap();
        let statuses = [one.get_raw("/yo").await.status.as_u16(), two.get_raw("/yo").await.status.as_u16()];
        assert_eq!(statuses, [303, 200]);
        db.write(move |tx| sessions.end_of(tx, person, Which::Sid("s1"))).await.unwrap();
        two.get_raw("/yo").await.expect(303);
    })
    .await;
}

#[tokio::test]
async fn sig_16_a_session_keeps_when_the_password_was_given() {
    each(|site| async move {
        let known = |run: u32| {
            let (sessions, db) = (site.web.sessions().clone(), site.web_db());
            async move {
                let list = db.read(move |conn| sessions.list(conn, login(run).person.id)).await.unwrap();
                list.iter().map(|session| session.authenticated).collect::<Vec<_>>()
            }
        };
        let then = site.clock.now();
        site.clock.advance_millis(20 * MINUTE);
        let mut client = site.visitor();
        client.log_in_since(&site.web, login(1), Some(then)).await;
        client.get_raw("/yo").await.expect(200);
        assert_eq!(known(1).await, [Some(then)]);
        site.visitor().log_in_since(&site.web, login(2), None).await;
        assert_eq!(known(2).await, [None]);
        // A login of now takes the place of the browser's former session.
        client.post("/otra-vez", &[]).await.expect(200);
        assert_eq!(known(1).await, [Some(site.clock.now())]);
    })
    .await;
}

#[tokio::test]
async fn web_06_tokens_are_stored_hashed_and_cookies_are_closed() {
    let (db, site) = one(|_| {});
    let client = site.logged_in(1).await;
    let token = client.cookie("sesion").unwrap().to_owned();
    assert!(token.len() >= 32, "at least 128 bits");
    let read = |conn: &mut copihue_db::Conn<'_>| {
        conn.query(copihue_db::sql!("SELECT token_hash, run FROM web_session"), &[])
    };
    let rows = db.read(read).await.unwrap();
    assert_ne!(rows[0].get::<Vec<u8>>("token_hash").unwrap(), token.as_bytes());

    let (_db, safe) = one(|config| {
        config.base_url = "https://tramites.example.cl".to_owned();
        config.secure_cookies = true;
    });
    let reply = safe.visitor().get_raw("/abierto").await;
    let cookie = reply.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-pre="), "{cookie}");
    for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
}

#[tokio::test]
async fn web_06_unknown_and_broken_cookies_are_nobody() {
    let (_db, site) = one(|_| {});
    let mut client = site.visitor();
    for bad in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "../../etc", &"A".repeat(5_000)] {
        client.set_cookie("sesion", Some(bad));
        client.get_raw("/yo").await.expect(303);
        client.get_raw("/").await.expect(200);
    }
}

#[tokio::test]
async fn web_10_staying_connected_keeps_the_session() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    site.clock.advance_millis(29 * MINUTE);
    client.get_raw("/sesion").await.expect(204);
    site.clock.advance_millis(29 * MINUTE);
    client.get_raw("/yo").await.expect(200);
    assert!(site.visitor().get_raw("/sesion").await.status == 401);
}

#[tokio::test]
async fn web_06_logging_out_ends_the_session_and_empties_the_browser() {
    each(|site| async move {
        let mut client = site.logged_in(1).await;
        let token = client.cookie("sesion").unwrap().to_owned();
        client.get_raw("/salir").await.expect(405);
        let page = client.get("/yo").await;
        let reply = client.post_raw("/salir", &[("csrf", &page.csrf().unwrap())]).await.expect(303);
        assert_eq!(reply.header("clear-site-data"), Some("\"cache\", \"storage\""));
        assert!(client.cookie("sesion").is_none());
        client.set_cookie("sesion", Some(&token));
        client.get_raw("/yo").await.expect(303);
    })
    .await;
}

//! People, settings, keys.

use copihue_core::Secret;
use copihue_identity::*;

use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn registering_a_known_person_changes_nothing() {
    for w in worlds().await {
        let new = NewPerson {
            run: "44444444-4".parse().unwrap(),
            names: vec!["Otra".into()],
            surnames: vec!["Persona".into()],
            email: None,
            password: Some(Secret::new("otra clave")),
            kind: PersonKind::Test,
            proofing: Proofing::P0,
        };
        let known = w.identity.register_person(new).await.unwrap();
        assert_eq!(known.full_name(), "María Carmen Del Río Gonzalez");
        assert_eq!(w.identity.person(known.id).await.unwrap().unwrap(), known);
        w.log_in(&mut w.visitor(), &authorize(&[]), "44444444-4", "otra clave").await.expect(401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c06_only_bare_secure_addresses_are_registered() {
    let w = world().await;
    for bad in [
        "javascript:alert(1)",
        "http://ejemplo.cl/cb",
        "https://ejemplo.cl/cb?x=1",
        "https://ejemplo.cl/cb#f",
        "https://u:p@ejemplo.cl/cb",
        "/cb",
    ] {
        let identity = w.identity.clone();
        let new = NewClient { redirect_uris: vec![bad.into()], ..app() };
        let done = w.db.write(move |tx| identity.register_client(tx, &new)).await;
        assert_eq!(done.unwrap_err().code(), "uri_invalida", "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d02_l01_applications_on_the_persons_own_machine_share_nothing() {
    let w = world().await;
    let sub = async |id: &str, uris: &[&str]| {
        let redirect_uris = uris.iter().map(|uri| (*uri).to_owned()).collect();
        let new = NewClient { id: Some(id.into()), redirect_uris, ..crate::open_world::base() };
        let identity = w.identity.clone();
        w.db.write(move |tx| identity.register_client(tx, &new)).await.map(|_| ())
    };
    let (a, b) = ("https://a.ejemplo.cl/cb", "https://b.ejemplo.cl/cb");
    sub("uno", &["http://127.0.0.1/cb"]).await.unwrap();
    sub("dos", &["http://localhost:8080/cb", "http://[::1]/cb"]).await.unwrap();
    sub("tres", &[a, "http://127.0.0.1/cb", a]).await.unwrap();
    assert_eq!(sub("cuatro", &[a, b, a]).await.unwrap_err().code(), "sector_ambiguo");
    let sectors = w.db.read(|conn| {
        let rows = conn.query(
            copihue_db::sql!("SELECT settings FROM identity_client WHERE client_id IN ('uno', 'dos', 'tres') ORDER BY client_id"),
            &[],
        )?;
        rows.iter().map(|row| row.get::<serde_json::Value>("settings")).collect::<copihue_core::Result<Vec<_>>>()
    });
    let sectors: Vec<_> = sectors.await.unwrap().iter().map(|s| s["sector"].clone()).collect();
    assert_eq!(sectors, ["dos", "a.ejemplo.cl", "uno"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn f06_the_national_contract_has_no_notices_of_a_log_out() {
    let w = world().await;
    let mut new = app();
    new.settings.logout_notice_uri = Some("https://tramites.ejemplo.cl/aviso".into());
    let identity = w.identity.clone();
    let refused = w.db.write(move |tx| identity.register_client(tx, &new)).await;
    assert_eq!(refused.unwrap_err().code(), "perfil_invalido");
}

#[tokio::test(flavor = "multi_thread")]
async fn c07_two_secrets_are_valid_at_a_time_for_rotation() {
    let w = world().await;
    let second = w.register(NewClient { secret: None, ..app() }).await;
    let second = String::from_utf8(second.secret.expose().to_vec()).unwrap();
    assert!(second.len() >= 40);
    for secret in [SECRET, &second] {
        let code = w.code(&mut w.visitor(), &authorize(&[])).await;
        let mut fields = redeem_fields(&code).to_vec();
        fields.retain(|(n, _)| *n != "client_secret");
        fields.push(("client_secret", secret));
        w.token(&fields).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d03_the_signing_key_survives_a_restart_and_every_statement_is_sound() {
    use std::sync::Arc;
    for w in worlds().await {
        let jwks = w.visitor().get_raw("/openid/jwks").await.json();
        let again = Identity::open(Parts {
            db: w.db.db(),
            web: w.web.clone(),
            buckets: copihue_core::BucketKey::new(&[8; 32]),
            key: [9; 32],
            clock: w.clock.clone(),
            random: Arc::new(copihue_core::SystemRandom),
            evidence: Arc::new(NoEvidence),
            mail: Arc::new(copihue_identity::NoMail),
            bodies: Arc::new(copihue_identity::NoBodies),
            calendar: Arc::new(copihue_core::calendar::Calendar::shipped),
            config: Config::sandbox(&w.base, "Municipalidad de Ejemplo"),
        })
        .await
        .unwrap();
        let router = w.web.router(again.routes());
        let same = copihue_web::testing::TestClient::new(&router).get_raw("/openid/jwks").await.json();
        assert_eq!(same, jwks);
        let sound = w.db.read(|conn| {
            copihue_db::statements()
                .filter(|sql| sql.to_string().contains("identity/src"))
                .try_for_each(|sql| conn.prepare(sql))
        });
        sound.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_needs_is_purged_and_the_history_is_kept() {
    for w in worlds().await {
        let mut c = w.visitor();
        w.code(&mut c, &authorize(&[])).await;
        w.log_in(&mut w.visitor(), &authorize(&[]), "22222222-2", "wrong").await.expect(401);
        assert_eq!(w.identity.purge().await.unwrap(), 0);
        w.clock.advance_millis(2 * 86_400_000);
        assert!(w.identity.purge().await.unwrap() >= 3, "session, grant, counters");
        let person = w.identity.person_by_run("44444444-4".parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(w.identity.events(person.id, 10).await.unwrap().len(), 2);
        assert_eq!(w.identity.purge().await.unwrap(), 0);
    }
}

//! Petitions to be made a holder, answered: refused with a reason, taken back, and never hidden by others'.

use std::sync::Arc;

use copihue_core::{Id, Random, Result, SystemRandom, random};
use copihue_db::testing::{TestDb, engines};
use copihue_db::{Conn, MigrationSet, Tx, params, sql};
use copihue_signing::{MIGRATIONS, NoEvidence};
use copihue_web::testing::TestClient;

use super::petition::{CLERK_THERE, add_village};
use super::world::{ANA, DESKER, FEE, HOLDERS, MINE, TOWN, Town, YEARLY_CLERK, mail_of};

const PLATFORM: &str = "/gestion/firma/plataforma";
const PETITIONS: &str = "/gestion/firma/peticiones";

/// Petitions of a body that many people asked before anybody else.
fn flood(tx: &mut Tx<'_>, like: Id, kind: &str, many: usize) -> Result<()> {
    let random: &dyn Random = &SystemRandom;
    for _ in 0..many {
        let (id, official) = (random::bytes::<16>(random), random::bytes::<16>(random));
        let sql = sql!(
            "INSERT INTO signing_petition (bucket, id, institution, kind, official, name, asked_at, due)
             VALUES ($1, $2, $3, $4, $5, 'Otra persona', 1, 2)"
        );
        tx.execute(sql, &params![like.bucket(), id.to_vec(), TOWN, kind, official.to_vec()])?;
    }
    Ok(())
}

async fn ask(client: &mut TestClient) -> String {
    client.get(MINE).await.expect(200);
    client.post(&format!("{MINE}/pedir"), &[]).await.expect(200).text()
}

async fn open(town: &Town, number: u32) -> usize {
    let official = town.actor(number).hat.unwrap().official;
    let read = move |conn: &mut Conn<'_>| {
        let sql = sql!("SELECT id FROM signing_petition WHERE official = $1 AND done_at IS NULL");
        conn.query(sql, &params![official])
    };
    town.db.read(read).await.unwrap().len()
}

/// The operator's page of the one petition.
async fn petition(operator: &mut TestClient) -> String {
    let list = operator.get(HOLDERS).await.expect(200).text();
    format!("{PETITIONS}/{}", &list.split(&format!("{PETITIONS}/")).nth(1).unwrap()[..26])
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_a_petition_is_found_however_many_others_are_open() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let mut ana = town.visitor(ANA).await;
        // Where rows of the body belong.
        ask(&mut ana).await;
        let like = town.db.read(|conn| {
            conn.query_one(sql!("SELECT id FROM signing_petition"), &params![])?.get::<Id>("id")
        });
        let like = like.await.unwrap();
        town.db.write(move |tx| flood(tx, like, "titular", 600)).await.unwrap();
        let again = ask(&mut ana).await;
        assert!(again.contains("Pidió ser titular de firma"), "{again}");
        assert_eq!((open(&town, ANA).await, town.mail.to(&mail_of(DESKER)).len()), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_no_body_hides_another_from_the_platform() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        town.directory.change(add_village).await.unwrap();
        ask(&mut town.visitor(CLERK_THERE).await).await;
        ask(&mut town.visitor(ANA).await).await;
        let like = town.actor(ANA).hat.unwrap().official;
        town.db.write(move |tx| flood(tx, like, "institucion", 1_001)).await.unwrap();
        let list = town.visitor(YEARLY_CLERK).await.get(PLATFORM).await.expect(200);
        assert!(list.says("Municipalidad de Ollagüe") && list.says("Lo pide una persona"), "{}", list.text());
        assert_eq!(list.text().matches("/habilitada").count(), 2, "a row a body");
        assert!(
            list.text().find("Puente Alto").unwrap() < list.text().find("Ollagüe").unwrap(),
            "by the oldest term"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_the_operator_refuses_a_petition_with_a_reason_and_the_person_may_ask_again() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let mut ana = town.visitor(ANA).await;
        ask(&mut ana).await;
        let mut operator = town.visitor(DESKER).await;
        let page = petition(&mut operator).await;
        assert!(operator.get(&page).await.expect(200).says("Ana (de la lista)"));
        let refuse = format!("{page}/rechazar");
        let empty = operator.post(&refuse, &[("motivo", "no")]).await.expect(422);
        assert!(empty.says("Escriba el motivo, entre 10 y 500 letras"), "{}", empty.text());
        let reason = "Su unidad firma a través de la jefatura.";
        operator.post(&refuse, &[("motivo", reason)]).await.expect(200);
        assert!(operator.post(&refuse, &[("motivo", reason)]).await.expect(422).says("ya fue respondida"));
        assert!(!operator.get(HOLDERS).await.expect(200).says("Piden ser titulares"));
        let mine = ana.get(MINE).await.expect(200);
        assert!(mine.says(reason) && mine.says("Pedir que me agreguen"), "{}", mine.text());
        assert!(town.mail.to(&mail_of(ANA)).last().unwrap().contains(reason));
        assert!(ask(&mut ana).await.contains("3 días hábiles"));
        assert_eq!(open(&town, ANA).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_who_asked_takes_their_petition_back() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let mut ana = town.visitor(ANA).await;
        ask(&mut ana).await;
        assert!(ana.get(MINE).await.expect(200).says("Retirar la petición"));
        let page = ana.post(&format!("{MINE}/retirar-peticion"), &[]).await.expect(200);
        assert!(page.says("Pedir que me agreguen"), "{}", page.text());
        assert_eq!(open(&town, ANA).await, 0);
        assert_eq!(ana.post_raw(&format!("{MINE}/retirar-peticion"), &[]).await.status, 404);
        assert!(!town.visitor(DESKER).await.get(HOLDERS).await.expect(200).says("Piden ser titulares"));
        for _ in 0..2 {
            ask(&mut ana).await;
            ana.post(&format!("{MINE}/retirar-peticion"), &[]).await.expect(200);
        }
        assert_eq!(ana.post(&format!("{MINE}/pedir"), &[]).await.status, 409, "enough for today");
        town.clock.advance_millis(86_400_000);
        ask(&mut town.visitor(ANA).await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_06_who_may_be_no_holder_does_not_ask_to_be_one() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    let mut fee = town.visitor(FEE).await;
    fee.get(MINE).await.expect(200);
    let refused = fee.post(&format!("{MINE}/pedir"), &[]).await.expect(409);
    assert!(refused.says("no ha decidido que las personas a honorarios puedan firmar"), "{}", refused.text());
    assert_eq!(open(&town, FEE).await, 0);
}

#[test]
fn sig_03_of_petitions_that_were_doubled_before_the_first_stays_open() {
    for test in engines() {
        let (name, files) = (MIGRATIONS.name, MIGRATIONS.files);
        let before = files.iter().position(|(name, _)| name.ends_with("petition_answer.sql")).unwrap();
        test.migrate(&[MigrationSet { name, files: &files[..before] }]).unwrap();
        let add = |tx: &mut Tx<'_>| {
            for (id, official) in [(1_u8, 7_u8), (2, 7), (3, 8), (4, 7)] {
                let sql = sql!(
                    "INSERT INTO signing_petition (bucket, id, institution, kind, official, name, asked_at, due)
                     VALUES (1, $1, 'A', 'titular', $2, 'x', 1, 2)"
                );
                tx.execute(sql, &params![vec![id; 16], vec![official; 16]])?;
            }
            Ok(())
        };
        test.write_blocking(add).unwrap();
        test.migrate(&[MIGRATIONS]).unwrap();
        let read = |conn: &mut Conn<'_>| {
            let sql = sql!("SELECT id FROM signing_petition WHERE done_at IS NULL ORDER BY id");
            conn.query(sql, &params![])?
                .iter()
                .map(|row| row.get::<Vec<u8>>("id"))
                .collect::<Result<Vec<_>>>()
        };
        assert_eq!(test.read_blocking(read).unwrap(), [vec![1; 16], vec![3; 16]]);
    }
}

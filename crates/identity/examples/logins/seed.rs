//! People and their histories, straight into the tables: rows of the size and the spread of real ones.

use copihue_core::{Bucket, Id, Random, Result, SystemRandom, Timestamp, random};
use copihue_db::{Db, Sql, Tx, params};

const BUCKETS: u16 = 256;
/// Rows in a transaction.
const BATCH: usize = 20_000;
const BEGINNING: i64 = 1_700_000_000_000;

static PERSON: Sql = Sql::unlisted(
    "INSERT INTO identity_person (bucket, id, run_hash, run_sealed, names, surnames, kind, state, proofing, epoch, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'prueba', 'activa', 'P1', 1, $7)",
    file!(),
    line!(),
);
static EVENT: Sql = Sql::unlisted(
    "INSERT INTO identity_event (bucket, person, id, kind, outcome, client_id, client_name, institution, acr, factors, device, delivered, trace, at)
     VALUES ($1, $2, $3, $4, $5, 'nacional', 'Medida', 'Municipalidad de Ejemplo', 1, 'pwd', 'Firefox en Android', 'run name', $6, $7)",
    file!(),
    line!(),
);

/// So many people with so many rows in all, each alike. Answers somebody with a history, and how many rows there are.
pub(crate) async fn fill(db: &Db, people: u64, rows: u64) -> (Id, u64) {
    let each = (rows / people.max(1)).max(1);
    let mut known = None;
    for bucket in 0..BUCKETS {
        let mut ids: Vec<Id> =
            (0..people.div_ceil(u64::from(BUCKETS))).map(|_| id(bucket, BEGINNING)).collect();
        ids.sort_unstable_by_key(|id| *id.as_bytes());
        known = known.or(ids.first().copied());
        for batch in ids.chunks(BATCH / each as usize + 1) {
            let batch = batch.to_vec();
            db.write(move |tx| batch.iter().try_for_each(|person| one(tx, *person, each))).await.unwrap();
        }
    }
    (known.unwrap(), each * people.div_ceil(u64::from(BUCKETS)) * u64::from(BUCKETS))
}

fn id(bucket: u16, at: i64) -> Id {
    Id::new(Timestamp::from_millis(at), Bucket::new(bucket), &SystemRandom)
}

fn one(tx: &mut Tx<'_>, person: Id, rows: u64) -> Result<()> {
    let (hash, mut sealed): ([u8; 32], _) = (random::bytes(&SystemRandom), [0; 40]);
    SystemRandom.fill(&mut sealed);
    let at = Timestamp::from_millis(BEGINNING);
    tx.execute(
        &PERSON,
        &params![person.bucket(), person, hash, sealed, r#"["Persona"]"#, r#"["De","Medida"]"#, at],
    )?;
    for n in 0..rows {
        let at = BEGINNING + n as i64 * 86_400_000;
        let event = Id::new(Timestamp::from_millis(at), person.bucket(), &SystemRandom);
        let trace = "0af7651916cd43dd8448eb211c80319c";
        tx.execute(
            &EVENT,
            &params![person.bucket(), person, event, "ingreso", "ok", trace, Timestamp::from_millis(at)],
        )?;
    }
    Ok(())
}

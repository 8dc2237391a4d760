//! The anchors in time, held against the checkpoints that they are of.

use copihue_core::{Result, Timestamp};
use copihue_db::Db;

use super::{Findings, Place, ReadAnchor, Verdict};
use crate::anchor::{self, Anchor};
use crate::record::Family;
use crate::store;
use crate::store::audit;

const PAGE: usize = 512;
/// How far our clock may be from the authority's.
const CLOCK_MS: i64 = 5 * 60_000;

/// Reads every anchor of a log again.
pub(super) fn compare(db: &Db, family: Family, read: ReadAnchor, findings: &mut Findings) -> Result<u64> {
    let (mut after, mut count) = (-1, 0);
    loop {
        let page = db.read_blocking(move |conn| store::anchor::after(conn, family, after, PAGE))?;
        for anchor in &page {
            after = i64::try_from(anchor.size).unwrap_or(i64::MAX);
            one(db, family, read, anchor, findings)?;
        }
        count += page.len() as u64;
        if page.len() < PAGE {
            return Ok(count);
        }
    }
}

fn one(db: &Db, family: Family, read: ReadAnchor, anchor: &Anchor, findings: &mut Findings) -> Result<()> {
    let size = anchor.size;
    let place = Place::Checkpoint(size);
    let found = db.read_blocking(move |conn| {
        let signed = store::checkpoint_of(conn, family, size)?;
        Ok(signed.zip(audit::checkpoint_from(conn, family, size)?.map(|(_, at)| at)))
    })?;
    let mut wrong = |verdict, text: &str| {
        findings.add(
            verdict,
            place,
            format!("El sello de tiempo del punto de control de {size} entradas {text}."),
        );
    };
    let Some((signed, signed_at)) = found else {
        wrong(Verdict::AnchorMismatch, "es de un punto de control que no está");
        return Ok(());
    };
    let Ok(text) = anchor::text(&signed) else { return Ok(()) };
    match read(text.as_bytes(), &anchor.response) {
        Err(why) => wrong(Verdict::AnchorMismatch, &format!("no vale: {why}")),
        Ok(at) if at != anchor.at => {
            wrong(Verdict::AnchorMismatch, "dice otra hora que la fila que lo guarda")
        }
        Ok(at) if is_later(signed_at, at) => {
            wrong(
                Verdict::TimeSuspect,
                "dice una hora anterior a la de la firma: uno de los dos relojes anda mal",
            );
        }
        Ok(_) => {}
    }
    Ok(())
}

fn is_later(signed: Timestamp, stamped: Timestamp) -> bool {
    signed.millis() > stamped.millis() + CLOCK_MS
}

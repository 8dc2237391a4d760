//! The lease: which process places and signs.

use copihue_core::{Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

use crate::fenced;

/// How a process comes to lead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Claim {
    /// It has just started: whoever led before is fenced out.
    Starting,
    /// It leads already, or waits until the leader has been silent for the whole of its lease.
    Waiting,
}

/// Takes or renews the lease; `false` when another process holds it.
pub(crate) fn take(
    tx: &mut Tx<'_>,
    holder: &[u8; 16],
    claim: Claim,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool> {
    let lease = sql!("SELECT holder, term, until FROM ledger_lease WHERE id = 1");
    let Some(row) = tx.query_opt(lease, &params![])? else {
        let first = sql!("INSERT INTO ledger_lease (id, holder, term, until) VALUES (1, $1, 1, $2)");
        return tx.execute(first, &params![holder, until]).map(|_| true);
    };
    let (other, term, ends): (Vec<u8>, i64, Timestamp) =
        (row.get("holder")?, row.get("term")?, row.get("until")?);
    let ours = other == holder;
    if !ours && claim == Claim::Waiting && now < ends {
        return Ok(false);
    }
    // Half of it is left: nothing to write. A clock that went back would never write again, hence the second question.
    let half = (until.millis() - now.millis()) / 2;
    if ours && ends.millis() - now.millis() > half && ends <= until {
        return Ok(true);
    }
    let renew = sql!("UPDATE ledger_lease SET holder = $1, term = $2, until = $3 WHERE id = 1");
    tx.execute(renew, &params![holder, term + i64::from(!ours), until])?;
    Ok(true)
}

/// Asked in each transaction that places or signs: a process that lost the lease stops there, whatever its clock says.
pub(crate) fn require(conn: &mut Conn<'_>, holder: &[u8; 16]) -> Result<()> {
    let row = conn.query_opt(sql!("SELECT holder FROM ledger_lease WHERE id = 1"), &params![])?;
    match row.map(|row| row.get::<Vec<u8>>("holder")).transpose()? {
        Some(current) if current == holder => Ok(()),
        _ => Err(fenced()),
    }
}

/// Gives the lease back, for whoever waits.
pub(crate) fn release(tx: &mut Tx<'_>, holder: &[u8; 16]) -> Result<()> {
    tx.execute(sql!("UPDATE ledger_lease SET until = 0 WHERE id = 1 AND holder = $1"), &params![holder])
        .map(drop)
}

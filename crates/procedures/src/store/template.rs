//! Wordings of documents and the steps of their writing.

use copihue_core::{Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::template::{Decision, Key, State, Version};

fn read(row: &Row) -> Result<Version> {
    let [state, template, sample, writers]: [String; 4] =
        [row.get("state")?, row.get("template")?, row.get("sample")?, row.get("writers")?];
    let number: i64 = row.get("version")?;
    let [step, revision]: [i64; 2] = [row.get("step")?, row.get("revision")?];
    let decided: Option<(String, Timestamp)> =
        row.get::<Option<String>>("decided_by")?.zip(row.get::<Option<Timestamp>>("decided_at")?);
    let reason: Option<String> = row.get("reason")?;
    Ok(Version {
        key: Key {
            institution: row.get("institution")?,
            procedure: row.get("procedure")?,
            document: row.get("document")?,
        },
        number: u32::try_from(number).unwrap_or_default(),
        state: State::from_code(&state).unwrap_or(State::Past),
        template: serde_json::from_str(&template)?,
        sample: serde_json::from_str(&sample)?,
        step: u32::try_from(step).unwrap_or_default(),
        revision: u32::try_from(revision).unwrap_or_default(),
        writers: serde_json::from_str(&writers)?,
        saved_by: row.get("saved_by")?,
        saved_at: row.get("saved_at")?,
        decision: decided.map(|(by, at)| Decision { by, at, reason: reason.unwrap_or_default() }),
    })
}

/// Every version of a document, newest first.
pub(crate) fn versions(conn: &mut Conn<'_>, key: &Key) -> Result<Vec<Version>> {
    conn.query(
        sql!("SELECT institution, procedure, document, version, state, template, sample, step, revision, writers, saved_by, saved_at, decided_by, decided_at, reason FROM procedures_template WHERE institution = $1 AND procedure = $2 AND document = $3 ORDER BY version DESC LIMIT 200"),
        &params![key.institution, key.procedure, key.document],
    )?
    .iter()
    .map(read)
    .collect()
}

pub(crate) fn get(conn: &mut Conn<'_>, key: &Key, number: u32) -> Result<Option<Version>> {
    let row = conn.query_opt(
        sql!("SELECT institution, procedure, document, version, state, template, sample, step, revision, writers, saved_by, saved_at, decided_by, decided_at, reason FROM procedures_template WHERE institution = $1 AND procedure = $2 AND document = $3 AND version = $4"),
        &params![key.institution, key.procedure, key.document, i64::from(number)],
    )?;
    row.as_ref().map(read).transpose()
}

/// What documents are made from now, when it is not what the definition says.
pub(crate) fn in_force(conn: &mut Conn<'_>, key: &Key) -> Result<Option<String>> {
    let row = conn.query_opt(
        sql!("SELECT template FROM procedures_template WHERE institution = $1 AND procedure = $2 AND document = $3 AND state = 'vigente'"),
        &params![key.institution, key.procedure, key.document],
    )?;
    row.map(|row| row.get("template")).transpose()
}

/// Procedure, document, state and number of what is in force, written or proposed in an institution.
pub(crate) fn standing(conn: &mut Conn<'_>, institution: &str) -> Result<Vec<(String, String, State, u32)>> {
    conn.query(
        sql!("SELECT procedure, document, state, version FROM procedures_template WHERE institution = $1 AND state <> 'anterior' ORDER BY procedure, document, version"),
        &params![institution],
    )?
    .iter()
    .map(|row| {
        let (state, number): (String, i64) = (row.get("state")?, row.get("version")?);
        let state = State::from_code(&state).unwrap_or(State::Past);
        Ok((row.get("procedure")?, row.get("document")?, state, u32::try_from(number).unwrap_or_default()))
    })
    .collect()
}

pub(crate) fn insert(tx: &mut Tx<'_>, version: &Version) -> Result<()> {
    let Key { institution, procedure, document } = &version.key;
    tx.execute(
        sql!("INSERT INTO procedures_template (institution, procedure, document, version, state, template, sample, step, writers, saved_by, saved_at, revision) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"),
        &params![
            institution, procedure, document, i64::from(version.number), version.state.code(),
            serde_json::to_string(&version.template)?, serde_json::to_string(&version.sample)?,
            i64::from(version.step), serde_json::to_string(&version.writers)?, version.saved_by, version.saved_at,
            i64::from(version.revision)
        ],
    )?;
    Ok(())
}

/// Saves what may change of a version.
pub(crate) fn update(tx: &mut Tx<'_>, version: &Version) -> Result<()> {
    let Key { institution, procedure, document } = &version.key;
    let decision = version.decision.as_ref();
    tx.execute(
        sql!("UPDATE procedures_template SET state = $5, template = $6, sample = $7, step = $8, writers = $9, saved_by = $10, saved_at = $11, decided_by = $12, decided_at = $13, reason = $14, revision = $15 WHERE institution = $1 AND procedure = $2 AND document = $3 AND version = $4"),
        &params![
            institution, procedure, document, i64::from(version.number), version.state.code(),
            serde_json::to_string(&version.template)?, serde_json::to_string(&version.sample)?,
            i64::from(version.step), serde_json::to_string(&version.writers)?, version.saved_by, version.saved_at,
            decision.map(|d| d.by.clone()), decision.map(|d| d.at), decision.map(|d| d.reason.clone()),
            i64::from(version.revision)
        ],
    )?;
    Ok(())
}

/// What was in force no longer is.
pub(crate) fn retire(tx: &mut Tx<'_>, key: &Key) -> Result<()> {
    tx.execute(
        sql!("UPDATE procedures_template SET state = 'anterior' WHERE institution = $1 AND procedure = $2 AND document = $3 AND state = 'vigente'"),
        &params![key.institution, key.procedure, key.document],
    )?;
    Ok(())
}

/// Keeps what a step changes from, and no more than fifty of them.
pub(crate) fn keep_step(tx: &mut Tx<'_>, before: &Version) -> Result<()> {
    const KEPT: i64 = 50;
    let Key { institution, procedure, document } = &before.key;
    let (number, step) = (i64::from(before.number), i64::from(before.step));
    tx.execute(
        sql!("INSERT INTO procedures_template_step (institution, procedure, document, version, step, template, sample) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (institution, procedure, document, version, step) DO UPDATE SET template = excluded.template, sample = excluded.sample"),
        &params![
            institution, procedure, document, number, step, serde_json::to_string(&before.template)?,
            serde_json::to_string(&before.sample)?
        ],
    )?;
    tx.execute(
        sql!("DELETE FROM procedures_template_step WHERE institution = $1 AND procedure = $2 AND document = $3 AND version = $4 AND step <= $5"),
        &params![institution, procedure, document, number, step - KEPT],
    )?;
    Ok(())
}

/// Template and sample before a step; forgets it.
pub(crate) fn take_step(tx: &mut Tx<'_>, version: &Version) -> Result<Option<(String, String)>> {
    let Key { institution, procedure, document } = &version.key;
    let (number, step) = (i64::from(version.number), i64::from(version.step) - 1);
    let row = tx.query_opt(
        sql!("SELECT template, sample FROM procedures_template_step WHERE institution = $1 AND procedure = $2 AND document = $3 AND version = $4 AND step = $5"),
        &params![institution, procedure, document, number, step],
    )?;
    tx.execute(
        sql!("DELETE FROM procedures_template_step WHERE institution = $1 AND procedure = $2 AND document = $3 AND version = $4 AND step = $5"),
        &params![institution, procedure, document, number, step],
    )?;
    row.map(|row| Ok((row.get("template")?, row.get("sample")?))).transpose()
}

/// What no longer is a draft has nothing to take back.
pub(crate) fn forget_steps(tx: &mut Tx<'_>, version: &Version) -> Result<()> {
    let Key { institution, procedure, document } = &version.key;
    tx.execute(
        sql!("DELETE FROM procedures_template_step WHERE institution = $1 AND procedure = $2 AND document = $3 AND version = $4"),
        &params![institution, procedure, document, i64::from(version.number)],
    )?;
    Ok(())
}

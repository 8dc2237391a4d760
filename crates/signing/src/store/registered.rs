//! Applications that institutions registered, and their keys.

use copihue_core::{Bucket, Error, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::application::ApplicationState;
use crate::model::bounds::{Bounds, Content, Network, OtpReuse};
use crate::model::holder::Purposes;
use crate::model::level::Level;
use crate::model::manner::{Checksum, Manner};
use crate::model::registered::{Environment, Phase, Registered};
use crate::model::token::ExpirationZone;
use crate::pdf::SubFilter;

fn read(row: &Row) -> Result<Registered> {
    let bad = || Error::internal("a registered application has a bad phase");
    let (phase, before): (String, Option<String>) = (row.get("phase")?, row.get("before")?);
    Ok(Registered {
        id: row.get("id")?,
        institution: row.get("institution")?,
        name: row.get("name")?,
        description: row.get("description")?,
        contact: row.get("contact")?,
        phase: Phase::from_code(&phase).ok_or_else(bad)?,
        before: before.as_deref().and_then(Phase::from_code),
        asked_at: row.get("asked_at")?,
        due: row.get("due")?,
        production_asked_at: row.get("production_asked_at")?,
        reason: row.get("reason")?,
    })
}

pub(crate) fn get(conn: &mut Conn<'_>, id: Id) -> Result<Option<Registered>> {
    let sql = sql!(
        "SELECT id, institution, name, description, contact, phase, before, asked_at, due, production_asked_at, reason
         FROM signing_registered WHERE bucket = $1 AND id = $2"
    );
    conn.query_opt(sql, &params![id.bucket(), id])?.as_ref().map(read).transpose()
}

/// An institution's, the newest first.
pub(crate) fn of_institution(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
) -> Result<Vec<Registered>> {
    let sql = sql!(
        "SELECT id, institution, name, description, contact, phase, before, asked_at, due, production_asked_at, reason
         FROM signing_registered WHERE bucket = $1 AND institution = $2 ORDER BY id DESC LIMIT 500"
    );
    conn.query(sql, &params![bucket, institution])?.iter().map(read).collect()
}

/// How many of an institution's were not revoked.
pub(crate) fn count_living(conn: &mut Conn<'_>, bucket: Bucket, institution: &str) -> Result<i64> {
    let sql = sql!(
        "SELECT COUNT(*) AS n FROM signing_registered WHERE bucket = $1 AND institution = $2 AND phase <> $3"
    );
    conn.query_one(sql, &params![bucket, institution, Phase::Revoked.code()])?.get("n")
}

/// Every institution's in a phase, those that were asked for first, first.
pub(crate) fn in_phase(conn: &mut Conn<'_>, phase: Phase) -> Result<Vec<Registered>> {
    let sql = sql!(
        "SELECT id, institution, name, description, contact, phase, before, asked_at, due, production_asked_at, reason
         FROM signing_registered WHERE phase = $1 ORDER BY asked_at, id LIMIT 1000"
    );
    conn.query(sql, &params![phase.code()])?.iter().map(read).collect()
}

pub(crate) fn add(tx: &mut Tx<'_>, new: &Registered) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_registered (bucket, id, institution, name, description, contact, phase, asked_at, due)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let Registered { id, institution, name, description, contact, phase, asked_at, due, .. } = new;
    tx.execute(
        sql,
        &params![id.bucket(), id, institution, name, description, contact, phase.code(), asked_at, due],
    )?;
    Ok(())
}

pub(crate) fn save(tx: &mut Tx<'_>, one: &Registered) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_registered SET phase = $3, before = $4, due = $5, production_asked_at = $6, reason = $7
         WHERE bucket = $1 AND id = $2"
    );
    let Registered { id, phase, before, due, production_asked_at, reason, .. } = one;
    let before = before.map(Phase::code);
    tx.execute(sql, &params![id.bucket(), id, phase.code(), before, due, production_asked_at, reason])?;
    Ok(())
}

/// The key of an application in one environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Key {
    pub(crate) key: String,
    pub(crate) environment: Environment,
    pub(crate) bounds: Bounds,
    pub(crate) manner: Manner,
    /// When its secret was shown last; `None`: nobody knows it yet.
    pub(crate) shown_at: Option<Timestamp>,
    pub(crate) has_two_secrets: bool,
}

pub(crate) fn keys(conn: &mut Conn<'_>, registered: Id) -> Result<Vec<Key>> {
    let sql = sql!(
        "SELECT api_key, institution, environment, purposes, kinds, otp_reuse, per_minute, networks, secret_shown_at,
                second_secret, level, sub_filter, zone, strict_checksum FROM signing_application WHERE registered = $1 ORDER BY environment"
    );
    conn.query(sql, &params![registered])?
        .iter()
        .map(|row| {
            let bounds = bounds(row)?;
            let environment = bounds.home.as_ref().map(|(_, environment)| *environment);
            let second: Option<Vec<u8>> = row.get("second_secret")?;
            Ok(Key {
                key: row.get("api_key")?,
                environment: environment.ok_or_else(|| Error::internal("a key of no environment"))?,
                bounds,
                manner: manner(row)?,
                shown_at: row.get("secret_shown_at")?,
                has_two_secrets: second.is_some(),
            })
        })
        .collect()
}

/// How the application of a row signs.
fn manner(row: &Row) -> Result<Manner> {
    let text = |column| -> Result<String> { row.get(column) };
    let bad = || Error::internal("an application has a bad setting");
    let strict = row.get::<i64>("strict_checksum")? != 0;
    Ok(Manner {
        level: Level::from_name(&text("level")?).ok_or_else(bad)?,
        sub_filter: SubFilter::from_code(&text("sub_filter")?).ok_or_else(bad)?,
        zone: ExpirationZone::from_code(&text("zone")?).ok_or_else(bad)?,
        checksum: if strict { Checksum::Strict } else { Checksum::Echoed },
    })
}

pub(crate) fn set_manner(tx: &mut Tx<'_>, key: &str, manner: Manner) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_application SET level = $2, sub_filter = $3, zone = $4, strict_checksum = $5
         WHERE api_key = $1"
    );
    let Manner { level, sub_filter, zone, checksum } = manner;
    let strict = i64::from(checksum == Checksum::Strict);
    tx.execute(sql, &params![key, level.name(), sub_filter.code(), zone.code(), strict])?;
    Ok(())
}

/// The bounds in a row of an application.
pub(crate) fn bounds(row: &Row) -> Result<Bounds> {
    let text = |column| -> Result<Option<String>> { row.get(column) };
    let open = Bounds::default();
    let home =
        Option::zip(text("institution")?, text("environment")?.as_deref().and_then(Environment::from_code));
    let kinds = text("kinds")?;
    let contents = kinds.map(|all| all.split(',').filter_map(Content::from_code).collect());
    let networks = text("networks")?.unwrap_or_default();
    let networks =
        Network::parse_list(&networks).map_err(|_| Error::internal("an application has a bad network"))?;
    Ok(Bounds {
        home,
        purposes: text("purposes")?.as_deref().and_then(Purposes::from_code).unwrap_or(open.purposes),
        contents: contents.unwrap_or(open.contents),
        otp_reuse: text("otp_reuse")?.as_deref().and_then(OtpReuse::from_code).unwrap_or(open.otp_reuse),
        per_minute: row.get("per_minute")?,
        networks,
    })
}

/// Ties a key to the application that it is one of, and bounds it.
pub(crate) fn tie(tx: &mut Tx<'_>, key: &str, registered: Id, bounds: &Bounds) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_application SET registered = $2, institution = $3, environment = $4 WHERE api_key = $1"
    );
    let (institution, environment) =
        bounds.home.as_ref().map_or((None, None), |(i, e)| (Some(i.as_str()), Some(e.code())));
    tx.execute(sql, &params![key, registered, institution, environment])?;
    set_bounds(tx, key, bounds)
}

pub(crate) fn set_bounds(tx: &mut Tx<'_>, key: &str, bounds: &Bounds) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_application SET purposes = $2, kinds = $3, otp_reuse = $4, per_minute = $5, networks = $6
         WHERE api_key = $1"
    );
    let join = |all: Vec<String>| all.join(",");
    let kinds = join(bounds.contents.iter().map(|c| c.code().to_owned()).collect());
    let networks = join(bounds.networks.iter().map(ToString::to_string).collect());
    let (purposes, otp) = (bounds.purposes.code(), bounds.otp_reuse.code());
    tx.execute(sql, &params![key, purposes, kinds, otp, bounds.per_minute, networks])?;
    Ok(())
}

pub(crate) fn set_key_state(tx: &mut Tx<'_>, key: &str, state: ApplicationState) -> Result<()> {
    super::application::set_state(tx, key, state).map(|_| ())
}

pub(crate) fn set_shown(tx: &mut Tx<'_>, key: &str, at: Timestamp) -> Result<()> {
    let sql = sql!("UPDATE signing_application SET secret_shown_at = $2 WHERE api_key = $1");
    tx.execute(sql, &params![key, at])?;
    Ok(())
}

/// An application that a holder may let sign unattended, or did.
pub(crate) struct Offered {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) since: Option<Timestamp>,
    pub(crate) withdrawn_at: Option<Timestamp>,
}

/// The institution's applications in production that sign unattended, with what the holder let each of them do.
pub(crate) fn offered(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
) -> Result<Vec<Offered>> {
    let sql = sql!(
        "SELECT a.api_key, r.name, r.description, p.since, p.withdrawn_at FROM signing_registered r
         JOIN signing_application a ON a.registered = r.id AND a.environment = $4
         LEFT JOIN signing_permission p ON p.bucket = $1 AND p.institution = $2 AND p.official = $3
              AND p.application = a.api_key
         WHERE r.bucket = $1 AND r.institution = $2 AND (p.since IS NOT NULL OR r.phase = $5 AND a.purposes <> $6)
         ORDER BY r.name, a.api_key"
    );
    let (environment, phase) = (Environment::Production.code(), Phase::Production.code());
    let attended = Purposes::Attended.code();
    let rows = conn.query(sql, &params![bucket, institution, official, environment, phase, attended])?;
    rows.iter()
        .map(|row| {
            Ok(Offered {
                key: row.get("api_key")?,
                name: row.get("name")?,
                description: row.get("description")?,
                since: row.get("since")?,
                withdrawn_at: row.get("withdrawn_at")?,
            })
        })
        .collect()
}

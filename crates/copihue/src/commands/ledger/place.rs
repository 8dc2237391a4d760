//! A deployment's logs, opened without its services.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use copihue_core::{Clock, Error, Random, Result, SystemClock, SystemRandom};
use copihue_db::{Db, Options};
use copihue_ledger::{Family, Ledger, fsck};

use crate::cli::LedgerPlace;
use crate::config::{Config, Evidence};
use crate::demo::witnesses;
use crate::keys::Keys;

/// The logs of the deployment, with its own keys. Nothing is made that is not there.
///
/// # Errors
/// When folder, keys or database are not there; the message says what to give.
pub(super) fn open(place: &LedgerPlace) -> Result<Ledger> {
    let Settings { data, database, host, evidence } = settings(place)?;
    let folder = data.join("keys");
    if !folder.join("ledger.key").is_file() {
        let text = format!(
            "No están las llaves en {}: indique la carpeta de datos con --data, o la configuración con --config.",
            folder.display()
        );
        return Err(Error::invalid("llaves", text));
    }
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let keys = Keys::load(&folder, &*random)?;
    let db = open_database(&database)?;
    let host = match host {
        Some(host) => host,
        None => fsck::signed_host(&db)?.unwrap_or_else(|| "localhost".to_owned()),
    };
    let config = copihue_ledger::Config {
        host,
        master_key: keys.master,
        signing_key: keys.ledger,
        interval: Duration::from_secs(1),
        policy: evidence.policy()?,
        copies: evidence.copies,
    };
    Ledger::new(db, config, clock, random)
}

/// The logs that were named; all when none was.
///
/// # Errors
/// When there is no log of a name.
pub(super) fn families(place: &LedgerPlace) -> Result<Vec<Family>> {
    let family = |name: &String| {
        let known: Vec<&str> = Family::ALL.iter().map(|f| f.name()).collect();
        let text = format!("No hay una bitácora «{name}». Las que hay: {}.", known.join(", "));
        Family::named(name).ok_or_else(|| Error::invalid("registro", text))
    };
    place.ledgers.iter().map(family).collect()
}

/// Where a deployment keeps its logs, and who watches them.
struct Settings {
    data: PathBuf,
    database: String,
    /// Where a configuration says it.
    host: Option<String>,
    evidence: Evidence,
}

fn settings(place: &LedgerPlace) -> Result<Settings> {
    if let Some(file) = &place.config {
        let config = Config::read(file)?;
        let host = Some(config.host().to_owned());
        let database = place.database.clone().unwrap_or(config.database);
        return Ok(Settings { data: config.data, database, host, evidence: config.ledger });
    }
    let file = place.data.join("copihue.db");
    let database = place.database.clone().unwrap_or_else(|| format!("sqlite:{}", file.display()));
    // A demo's witnesses stand in its folder.
    let policy = Some(witnesses::policy_file(&place.data)).filter(|file| file.is_file());
    let evidence = Evidence { policy, copies: Vec::new() };
    Ok(Settings { data: place.data.clone(), database, host: None, evidence })
}

/// A file that is not there would be made: here that is a wrong address.
fn open_database(database: &str) -> Result<Db> {
    if let Some(path) = database.strip_prefix("sqlite:")
        && !Path::new(path).is_file()
    {
        return Err(Error::invalid("base_de_datos", format!("No hay una base de datos en {path}.")));
    }
    Db::open(database, Options { connections: 4, ..Options::default() })
}

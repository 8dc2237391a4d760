//! `copihue witness`: a witness of transparency logs, as a university runs one.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use copihue_core::{Error, Result, SystemClock, SystemRandom};
use copihue_db::{Db, Options};
use copihue_web::Timeouts;
use copihue_witness::{MIGRATIONS, Witness};
use serde::Deserialize;

use super::given;
use crate::cli::WitnessArguments;
use crate::{keys, server};

/// The settings: a TOML file, then the flags.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) name: Option<String>,
    pub(crate) origins: Option<PathBuf>,
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) state: Option<String>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) url: Option<String>,
}

/// Watches until it is told to stop. One thread is enough, and small.
///
/// # Errors
/// When a setting, a file or the address can't be used; the message says how to mend it.
pub(crate) fn run(arguments: WitnessArguments) -> Result<ExitCode> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::unavailable)?;
    runtime.block_on(serve(Settings::read(arguments)?))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(settings: Settings) -> Result<()> {
    let listen = settings.listen.unwrap_or(SocketAddr::from(([0, 0, 0, 0], 8497)));
    let witness = open(&settings)?;
    let listener = server::bind(listen).await?;
    let address = listener.local_addr().map_err(Error::unavailable)?;
    announce(&witness, &settings, address).await?;
    copihue_web::serve(listener, copihue_witness::routes(witness), timeouts(), server::told_to_stop())
        .await
        .map_err(Error::unavailable)
}

/// A witness over its state and its key, both made when they are not there.
///
/// # Errors
/// As [`run`].
pub(crate) fn open(settings: &Settings) -> Result<Witness> {
    let name = settings.name.clone().ok_or_else(|| {
        wrong("Falta el nombre del testigo: agregue --name testigo.suinstitucion.cl".to_owned())
    })?;
    let logs = logs(settings.origins.as_deref().unwrap_or(Path::new("registros.policy")))?;
    let seed = keys::one(settings.key.as_deref().unwrap_or(Path::new("testigo.key")), &SystemRandom)?;
    let state = settings.state.as_deref().unwrap_or("testigo.db");
    let url = if state.contains("://") { state.to_owned() } else { format!("sqlite:{state}") };
    // Few rows, few requests.
    let options = Options { readers: 1, connections: 2, queue: 512, ..Options::default() };
    let db = Db::open(&url, options)?;
    db.migrate(&[MIGRATIONS])?;
    Witness::new(db, copihue_witness::Config { name, seed, logs }, Arc::new(SystemClock::default()))
}

fn logs(path: &Path) -> Result<Vec<copihue_tlog::note::VerifierKey>> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        wrong(format!(
            "No se puede leer {}: {e}. Bájelo de la bitácora que quiere vigilar: \
             curl -o {} https://DIRECCION-DE-LA-BITACORA/ledger/policy",
            path.display(),
            path.display()
        ))
    })?;
    let policy = given::policy_in(&text, path)?;
    if policy.logs().is_empty() {
        return Err(wrong(format!("{} no nombra ninguna bitácora: falta una línea «log».", path.display())));
    }
    Ok(policy.logs().to_vec())
}

/// Slow senders don't hold a place for long.
pub(crate) fn timeouts() -> Timeouts {
    Timeouts { headers: Duration::from_secs(5), ..Timeouts::default() }
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
async fn announce(witness: &Witness, settings: &Settings, address: SocketAddr) -> Result<()> {
    let key = witness.verifier();
    let url = settings.url.clone().unwrap_or_else(|| format!("https://{}", key.name()));
    println!("\nTestigo «{}» escuchando en http://{address}", key.name());
    println!("Vigila {} bitácoras.\n", witness.logs().await?.len());
    println!("Envíe esta línea a quien opera la bitácora, para su política de testigos:\n");
    println!("  witness {} {key} {url}\n", key.name());
    println!("Respalde su archivo de llave. Para terminar: Ctrl+C.");
    Ok(())
}

fn wrong(message: String) -> Error {
    Error::invalid("configuracion", message)
}

impl Settings {
    fn read(arguments: WitnessArguments) -> Result<Self> {
        let file = arguments.config.as_deref().map(Self::of_file).transpose()?.unwrap_or_default();
        Ok(Self {
            name: arguments.name.or(file.name),
            origins: arguments.origins.or(file.origins),
            listen: arguments.listen.or(file.listen),
            state: arguments.state.or(file.state),
            key: arguments.key.or(file.key),
            url: arguments.url.or(file.url),
        })
    }

    fn of_file(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|e| wrong(format!("No se puede leer {}: {e}", path.display())))?;
        toml::from_str(&text).map_err(|e| wrong(format!("{}: {e}", path.display())))
    }
}

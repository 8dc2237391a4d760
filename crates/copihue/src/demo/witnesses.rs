//! Small witnesses in the demo's own process, each with a key, a state and a port of its own. Only to show: who watches a
//! real log must not be who operates it.

use std::path::{Path, PathBuf};

use copihue_core::{Error, Result, SystemRandom};

use crate::commands::witness::{self, Settings};
use crate::config::Config;
use crate::keys::Keys;
use crate::server;

/// A witness that runs.
pub(crate) struct Running {
    pub(crate) name: String,
    pub(crate) address: String,
    /// Its line in a policy.
    line: String,
}

const FOLDER: &str = "witnesses";

/// Where a demo's folder names its witnesses and their quorum.
pub(crate) fn policy_file(data: &Path) -> PathBuf {
    data.join(FOLDER).join("testigos.policy")
}

/// Starts `count` of them, and makes a majority of them the deployment's quorum.
///
/// # Errors
/// When a folder or a port can't be used.
pub(crate) async fn start(config: &mut Config, count: u8) -> Result<Vec<Running>> {
    let folder = config.data.join(FOLDER);
    let failed = |e: std::io::Error| Error::unavailable(format_args!("{}: {e}", folder.display()));
    if count == 0 {
        return Ok(Vec::new());
    }
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let keys = Keys::load(&config.data.join("keys"), &SystemRandom)?;
    let logs = copihue_ledger::log_keys(config.host(), &keys.ledger)?;
    let origins: String = logs.iter().map(|key| format!("log {key}\n")).collect();
    let watched = folder.join("registros.policy");
    std::fs::write(&watched, format!("{origins}quorum none\n")).map_err(failed)?;
    let mut running = Vec::new();
    for n in 1..=count {
        running.push(one(&folder, &watched, n).await?);
    }
    let policy = policy_file(&config.data);
    std::fs::write(&policy, policy_of(&running)).map_err(failed)?;
    config.ledger.policy = Some(policy);
    Ok(running)
}

async fn one(folder: &Path, watched: &Path, n: u8) -> Result<Running> {
    let own = folder.join(n.to_string());
    std::fs::create_dir_all(&own).map_err(Error::unavailable)?;
    let name = format!("testigo-{n}.demostracion");
    let settings = Settings {
        name: Some(name.clone()),
        origins: Some(watched.to_path_buf()),
        state: Some(own.join("testigo.db").display().to_string()),
        key: Some(own.join("testigo.key")),
        ..Settings::default()
    };
    let witness = witness::open(&settings)?;
    let listener = server::bind(([127, 0, 0, 1], 0).into()).await?;
    let address = listener.local_addr().map_err(Error::unavailable)?.to_string();
    let line = format!("witness {name} {} http://{address}\n", witness.verifier());
    tokio::spawn(copihue_web::serve(
        listener,
        copihue_witness::routes(witness),
        witness::timeouts(),
        std::future::pending(),
    ));
    Ok(Running { name, address, line })
}

fn policy_of(running: &[Running]) -> String {
    let lines: String = running.iter().map(|witness| witness.line.as_str()).collect();
    let names: Vec<&str> = running.iter().map(|witness| witness.name.as_str()).collect();
    let majority = running.len() / 2 + 1;
    format!("{lines}group testigos {majority} {}\nquorum testigos\n", names.join(" "))
}

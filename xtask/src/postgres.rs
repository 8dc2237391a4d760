//! A PostgreSQL cluster of our own, for as long as the tests run.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::run::{free_port, is_root, output, quiet};

/// A running cluster in a temporary folder; stopped when dropped.
pub(crate) struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes and starts one. `None` when PostgreSQL is not installed.
    pub(crate) fn start() -> Outcome<Option<Self>> {
        let Some(programs) = programs() else { return Ok(None) };
        let cluster = Self {
            folder: tempfile::Builder::new().prefix("copihue-pg").tempdir()?,
            programs,
            port: free_port()?,
        };
        if is_root() {
            // PostgreSQL refuses to run as root: the cluster belongs to the package's own user.
            output(Command::new("chown").arg("postgres").arg(cluster.folder.path()))?;
        }
        let data = cluster.data();
        output(
            &mut cluster.program("initdb", &["-D", &data, "-A", "trust", "-U", "postgres", "-E", "UTF8"]),
        )?;
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -k {} -c max_connections=200",
            cluster.port,
            cluster.folder.path().display()
        );
        let log = cluster.folder.path().join("log").display().to_string();
        if !quiet(&mut cluster.program("pg_ctl", &["-D", &data, "-o", &options, "-l", &log, "-w", "start"])) {
            return Err(format!("PostgreSQL did not start: see {log}").into());
        }
        Ok(Some(cluster))
    }

    /// The address that the tests connect to.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn program(&self, name: &str, arguments: &[&str]) -> Command {
        let program = self.programs.join(name);
        if !is_root() {
            let mut command = Command::new(program);
            command.args(arguments);
            return command;
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program).args(arguments);
        command.current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        quiet(&mut self.program("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]));
    }
}

/// The folder of the newest installed PostgreSQL's programs.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .collect();
    versions.sort();
    versions.pop().map(|(_, bin)| bin).or_else(|| {
        let bin = Path::new("/usr/bin");
        bin.join("initdb").is_file().then(|| bin.to_path_buf())
    })
}

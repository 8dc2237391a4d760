//! A demo of one's own: starts the program on a free port, and ends it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Visitor;

/// How to start one.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The program.
    pub program: PathBuf,
    /// The folder of its data.
    pub data: PathBuf,
    /// `postgres://…`; a file in the folder when not given.
    pub database: Option<String>,
    /// `127.0.0.1:PORT`; a free port when not given.
    pub listen: Option<String>,
    /// Where its log goes; ours when not given.
    pub log: Option<PathBuf>,
    /// Other arguments.
    pub arguments: Vec<String>,
}

impl Settings {
    /// The program over this folder.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>, data: &Path) -> Self {
        Self {
            program: program.into(),
            data: data.to_path_buf(),
            database: None,
            listen: None,
            log: None,
            arguments: Vec::new(),
        }
    }
}

/// A demo that runs. Ended at once when dropped, as by `kill -9`.
#[derive(Debug)]
pub struct Demo {
    process: Child,
    /// `127.0.0.1:PORT`.
    pub address: String,
    /// What it printed until it was ready.
    pub printed: String,
    /// From its start until it said that it was ready.
    pub took: Duration,
}

impl Demo {
    /// Starts one and waits until it says that it is ready.
    ///
    /// # Errors
    /// When it can't be started, or ends before it is ready.
    pub fn start(settings: &Settings) -> std::io::Result<Self> {
        let address = match &settings.listen {
            Some(address) => address.clone(),
            None => free_address()?,
        };
        let begun = Instant::now();
        let mut process = launch(settings, &address)?;
        let Some(stdout) = process.stdout.take() else { return Err(std::io::ErrorKind::BrokenPipe.into()) };
        let mut lines = BufReader::new(stdout).lines();
        let mut printed = String::new();
        for line in lines.by_ref() {
            let line = line?;
            let ready = line.contains("Ctrl+C");
            printed.push_str(&line);
            printed.push('\n');
            if ready {
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self { process, address, printed, took: begun.elapsed() });
            }
        }
        let status = process.wait()?;
        Err(std::io::Error::other(format!("the demo ended with {status}:\n{printed}")))
    }

    /// A new visitor of it.
    #[must_use]
    pub fn visitor(&self) -> Visitor {
        Visitor::new(&self.address)
    }

    /// A page's address.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Resident memory in bytes, where the system tells.
    #[must_use]
    pub fn resident(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find(|l| l.starts_with("VmRSS:"))?;
        let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// Ends it as by `kill -9`.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.kill();
    }
}

/// An address of this machine that nobody listens on.
///
/// # Errors
/// When no port is free.
pub fn free_address() -> std::io::Result<String> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// Starts the process and does not wait for it to be ready: for whoever ends it at any moment.
///
/// # Errors
/// When it can't be started.
pub fn launch(settings: &Settings, address: &str) -> std::io::Result<Child> {
    let mut command = Command::new(&settings.program);
    command.args(["demo", "--listen", address, "--data"]).arg(&settings.data).args(&settings.arguments);
    if let Some(database) = &settings.database {
        command.args(["--database", database]);
    }
    if let Some(log) = &settings.log {
        command.stderr(std::fs::OpenOptions::new().create(true).append(true).open(log)?);
    }
    command.stdout(Stdio::piped()).spawn()
}

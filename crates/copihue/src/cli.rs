//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Copihue: the open platform for a digital State.
#[derive(Parser, Debug)]
#[command(name = "copihue", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Everything with sample institutions and people, in a folder of its own
    Demo(DemoArguments),
    /// Run the services of a configuration file
    Serve(ServeArguments),
    /// Check signed documents without a network
    Verify(VerifyArguments),
    /// Migrate, back up, restore or copy a database
    #[command(subcommand)]
    Db(DbCommand),
}

#[derive(Args, Debug)]
pub(crate) struct DemoArguments {
    /// Folder of the sample data; made when it is not there, continued when it is
    #[arg(long, default_value = "copihue-data", env = "COPIHUE_DATA")]
    pub(crate) data: PathBuf,
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080", env = "COPIHUE_LISTEN")]
    pub(crate) listen: SocketAddr,
    /// `sqlite:PATH` or `postgres://…`; a file in the data folder when not given
    #[arg(long, env = "COPIHUE_DATABASE")]
    pub(crate) database: Option<String>,
    /// Internal address of the metrics; none when not given
    #[arg(long, env = "COPIHUE_METRICS")]
    pub(crate) metrics: Option<SocketAddr>,
    /// Fill the folder with this many sample cases, to see the program at scale
    #[arg(long, default_value_t = 0)]
    pub(crate) cases: u32,
}

#[derive(Args, Debug)]
pub(crate) struct ServeArguments {
    /// The configuration file (TOML); settings of the environment (`COPIHUE_…`) and flags win over it
    #[arg(long, env = "COPIHUE_CONFIG")]
    pub(crate) config: PathBuf,
    /// Where to listen
    #[arg(long, env = "COPIHUE_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,
    /// `sqlite:PATH` or `postgres://…`
    #[arg(long, env = "COPIHUE_DATABASE")]
    pub(crate) database: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct VerifyArguments {
    /// Signed PDF files
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Certificates that are trusted (PEM), beside those that the program ships
    #[arg(long)]
    pub(crate) trust: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Subcommand, Debug)]
pub(crate) enum DbCommand {
    /// Bring the tables up to this program's version
    Migrate {
        /// `sqlite:PATH` or `postgres://…`
        #[arg(long, env = "COPIHUE_DATABASE")]
        database: String,
    },
    /// Write everything into one file that either engine can be restored from
    Backup {
        /// `sqlite:PATH` or `postgres://…`
        #[arg(long, env = "COPIHUE_DATABASE")]
        database: String,
        /// Folder of the documents
        #[arg(long, default_value = "copihue-data/objects")]
        objects: PathBuf,
        /// The file to write
        #[arg(long)]
        to: PathBuf,
    },
    /// Fill an empty database from a backup
    Restore {
        /// `sqlite:PATH` or `postgres://…`, empty
        #[arg(long, env = "COPIHUE_DATABASE")]
        database: String,
        /// Folder of the documents
        #[arg(long, default_value = "copihue-data/objects")]
        objects: PathBuf,
        /// The backup
        #[arg(long)]
        from: PathBuf,
    },
    /// Move everything from one database to another, empty one
    Copy {
        /// Where it is
        from: String,
        /// Where it goes
        to: String,
    },
}

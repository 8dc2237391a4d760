//! The command line.

mod identity;
mod sign;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use self::identity::{
    BreachedCommand, ClientCommand, IdentityCommand, MandateCommand, NewClientArguments, NewMandateArguments,
    NewPersonArguments, PersonCommand, ProfileName, Where,
};
pub(crate) use self::sign::SignArguments;

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
    /// Watch transparency logs and countersign that they only grow
    Witness(WitnessArguments),
    /// Sign PDF files with the certificate that a holder has in a running Copihue
    Sign(SignArguments),
    /// Check signed documents, receipts and exported cases without a network
    Verify(VerifyArguments),
    /// Follow a transparency log from outside: anybody's, with nothing but reads of static files
    Monitor(MonitorArguments),
    /// Make a verified copy of a transparency log, or bring one up to date
    Clone(CloneArguments),
    /// Check or export the transparency logs of a deployment
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Check a copy of a public register; propose and decide its entries
    #[command(subcommand)]
    Registers(RegistersCommand),
    /// Evidence records of the signed documents: how they stand, and a stronger hash for them
    #[command(subcommand)]
    Evidence(EvidenceCommand),
    /// Migrate, back up, restore or copy a database
    #[command(subcommand)]
    Db(DbCommand),
    /// Applications and people of the login
    #[command(subcommand)]
    Identity(IdentityCommand),
}

#[derive(Args, Debug)]
pub(crate) struct DemoArguments {
    /// Folder of the sample data; made when it is not there, continued when it is
    #[arg(long, default_value = "copihue-data", env = "COPIHUE_DATA")]
    pub(crate) data: PathBuf,
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080", env = "COPIHUE_LISTEN")]
    pub(crate) listen: SocketAddr,
    /// The address that browsers use; that of `--listen` when not given. Passkeys need a name: http://localhost:8080
    #[arg(long)]
    pub(crate) base_url: Option<String>,
    /// `sqlite:PATH` or `postgres://…`; a file in the data folder when not given
    #[arg(long, env = "COPIHUE_DATABASE")]
    pub(crate) database: Option<String>,
    /// Internal address of the metrics; none when not given
    #[arg(long, env = "COPIHUE_METRICS")]
    pub(crate) metrics: Option<SocketAddr>,
    /// Fill the folder with this many sample cases, to see the program at scale
    #[arg(long, default_value_t = 0)]
    pub(crate) cases: u32,
    /// Start this many small witnesses, a majority of which must cosign before a checkpoint is published; 0 for none
    #[arg(long, default_value_t = 3)]
    pub(crate) witnesses: u8,
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

/// Watches transparency logs: cosigns each checkpoint that continues the last one, and no other. For a university, a
/// municipality, an audit office: anyone but the log's own operator.
///
/// In five minutes:
///
///   curl -o registros.policy https://TRAMITES.EJEMPLO.CL/ledger/policy
///   copihue witness --name testigo.UNIVERSIDAD.cl
///
/// It makes its key, prints the line to send to the log's operator, and listens on port 8497. Put it behind your web
/// server's HTTPS. See docs/witness.md (docs/testigo.md in Spanish).
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct WitnessArguments {
    /// Settings file (TOML) with the same names as the options below, which win over it
    #[arg(long, env = "COPIHUE_WITNESS_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The witness's name: a host name of its own, such as testigo.universidad.cl
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// File with a line `log <vkey>` for each log to watch [default: registros.policy]
    #[arg(long)]
    pub(crate) origins: Option<PathBuf>,
    /// Where to listen [default: 0.0.0.0:8497]
    #[arg(long)]
    pub(crate) listen: Option<SocketAddr>,
    /// Its database: a file, or `postgres://…` [default: testigo.db]
    #[arg(long)]
    pub(crate) state: Option<String>,
    /// Its key file, made at the first start [default: testigo.key]
    #[arg(long)]
    pub(crate) key: Option<PathBuf>,
    /// Public address by which the log's operator reaches it, for the line that it prints
    #[arg(long)]
    pub(crate) url: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct VerifyArguments {
    /// Signed files of any kind (PDF, .p7m, .p7s, XML, JWS, .asics, .asice), receipts (.tlog-proof), exported cases (.zip), evidence
    /// records (.ers) and timestamps (.tst) with their documents; a signature beside its file finds it among the others
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The file that a detached signature (.p7s, XML, JWS) is over
    #[arg(long)]
    pub(crate) content: Option<PathBuf>,
    /// Trust policy: the logs that are believed, and how many witnesses must have signed
    #[arg(long)]
    pub(crate) policy: Option<PathBuf>,
    /// Certificates that are trusted (PEM), beside those that the program ships
    #[arg(long)]
    pub(crate) trust: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Subcommand, Debug)]
pub(crate) enum LedgerCommand {
    /// Compute everything that is stored again, and name the first difference
    Fsck(FsckArguments),
    /// Write what is published as static files, for any web server or object store; again for what is new
    Export(ExportArguments),
}

/// A log seen from outside.
#[derive(Args, Debug)]
pub(crate) struct LogArguments {
    /// The log's address (`https://…/ledger/identity`) or a folder with its files
    pub(crate) log: String,
    /// The log's public key: `name+id+key`
    #[arg(long)]
    pub(crate) vkey: Option<String>,
    /// Trust policy: whose witnesses must have signed
    #[arg(long)]
    pub(crate) policy: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct MonitorArguments {
    #[command(flatten)]
    pub(crate) log: LogArguments,
    /// Folder where it remembers what it saw, and keeps evidence
    #[arg(long, default_value = "copihue-monitor")]
    pub(crate) state: PathBuf,
    /// Seconds between two looks
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) interval: u64,
    /// Look once and end: 0 as it must be, 1 the log is to blame, 2 it could not be read
    #[arg(long)]
    pub(crate) once: bool,
}

#[derive(Args, Debug)]
pub(crate) struct CloneArguments {
    #[command(flatten)]
    pub(crate) log: LogArguments,
    /// Folder of the copy; continued when it was begun before
    pub(crate) to: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct ExportArguments {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// Folder: each log in one of its name
    pub(crate) to: PathBuf,
}

/// Which deployment's logs.
#[derive(Args, Debug)]
pub(crate) struct LedgerPlace {
    /// The deployment's folder
    #[arg(long, default_value = "copihue-data", env = "COPIHUE_DATA")]
    pub(crate) data: PathBuf,
    /// The deployment's configuration file, in place of its folder
    #[arg(long, env = "COPIHUE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// `sqlite:PATH` or `postgres://…`, when it is not the folder's or the file's
    #[arg(long, env = "COPIHUE_DATABASE")]
    pub(crate) database: Option<String>,
    /// Only this log (identity, payment, …); may be repeated
    #[arg(long = "ledger")]
    pub(crate) ledgers: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct FsckArguments {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// Leave the records closed: only entries, tiles, roots and signatures
    #[arg(long)]
    pub(crate) tree_only: bool,
    /// Trust policy whose witnesses' signatures must hold
    #[arg(long)]
    pub(crate) policy: Option<PathBuf>,
    /// Checkpoints or receipts that somebody else holds; may be repeated
    #[arg(long)]
    pub(crate) known: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Subcommand, Debug)]
pub(crate) enum EvidenceCommand {
    /// How many documents have a record, under which hashes, and when the first of their timestamps ends
    Status(EvidencePlace),
    /// Cover every document anew under a stronger hash, with the timestamps that it has
    ///
    /// To be done while SHA-256 still counts; nothing in a deployment does it by itself. It may run beside the server, asks the configured
    /// authorities for one timestamp for each thousand documents, and goes on where it stopped. Exit code: 0 every document, 1 some are no
    /// longer kept and were not covered.
    Rehash(RehashArguments),
}

/// A deployment.
#[derive(Args, Debug)]
pub(crate) struct EvidencePlace {
    /// The configuration file (TOML)
    #[arg(long, env = "COPIHUE_CONFIG")]
    pub(crate) config: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct RehashArguments {
    #[command(flatten)]
    pub(crate) place: EvidencePlace,
    /// The new hash
    #[arg(long, value_enum)]
    pub(crate) hash: StrongerHash,
}

/// A hash beyond SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum StrongerHash {
    Sha384,
    Sha512,
}

#[derive(Subcommand, Debug)]
pub(crate) enum RegistersCommand {
    /// Check a downloaded register (`/registers/NAME/download-rsf`) without a network
    Verify(CopyArguments),
    /// List the proposals that wait for a second person
    Pending(RegistersPlace),
    /// Propose an entry
    Propose(ProposeArguments),
    /// Approve what somebody else proposed
    Approve(DecideArguments),
    /// Reject a proposal
    Reject(DecideArguments),
}

#[derive(Args, Debug)]
pub(crate) struct CopyArguments {
    /// The copy
    pub(crate) file: PathBuf,
    /// Trust policy: which keys may have signed (`/ledger/policy`, kept from a time when you trusted it)
    #[arg(long)]
    pub(crate) policy: PathBuf,
    /// The register that it must be, such as `communes`
    #[arg(long)]
    pub(crate) register: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A deployment, and who acts in it.
#[derive(Args, Debug)]
pub(crate) struct RegistersPlace {
    /// The configuration file (TOML)
    #[arg(long, env = "COPIHUE_CONFIG")]
    pub(crate) config: PathBuf,
    /// RUN of the official who acts
    #[arg(long = "as")]
    pub(crate) run: String,
}

#[derive(Args, Debug)]
pub(crate) struct ProposeArguments {
    #[command(flatten)]
    pub(crate) place: RegistersPlace,
    /// `institutions`, `holidays` or `procedures`
    pub(crate) register: String,
    /// File with the item, a JSON object of texts
    pub(crate) item: PathBuf,
    /// Why: it is published with the entry
    #[arg(long)]
    pub(crate) reason: String,
}

#[derive(Args, Debug)]
pub(crate) struct DecideArguments {
    #[command(flatten)]
    pub(crate) place: RegistersPlace,
    /// The proposal
    pub(crate) proposal: String,
    /// Why
    #[arg(long)]
    pub(crate) reason: String,
    /// One-time code of the official; asked for when it is not given
    #[arg(long)]
    pub(crate) code: Option<String>,
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

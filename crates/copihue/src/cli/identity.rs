//! `copihue identity …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Subcommand, Debug)]
pub(crate) enum IdentityCommand {
    /// Applications that may ask who somebody is
    #[command(subcommand)]
    Client(ClientCommand),
    /// People who may log in
    #[command(subcommand)]
    Person(PersonCommand),
    /// Who may act for a company or for somebody else
    #[command(subcommand)]
    Mandate(MandateCommand),
    /// Passwords that nobody may choose because they were found in a breach
    #[command(subcommand)]
    Breached(BreachedCommand),
}

#[derive(Subcommand, Debug)]
pub(crate) enum BreachedCommand {
    /// Build the file that `[identity] breached` names, of a list of SHA-1 hashes
    Build {
        /// The list, ordered by hash: one `HASH:COUNT` a line, as «Pwned Passwords» is downloaded
        list: PathBuf,
        /// The file to make
        out: PathBuf,
        /// Leave out passwords that were seen fewer times
        #[arg(long, default_value_t = 1)]
        seen: u64,
    },
}

/// Where the deployment is.
#[derive(Args, Debug)]
pub(crate) struct Where {
    /// The configuration file of `copihue serve`
    #[arg(long, env = "COPIHUE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The folder of `copihue demo`
    #[arg(long, env = "COPIHUE_DATA", conflicts_with = "config")]
    pub(crate) data: Option<PathBuf>,
    /// The database of `copihue demo`, where it is not the file in the folder
    #[arg(long, env = "COPIHUE_DATABASE", conflicts_with = "config")]
    pub(crate) database: Option<String>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
pub(crate) enum ProfileName {
    /// The contract of the national login
    Compat,
    /// OAuth 2.1 and OpenID Connect
    Base,
    /// FAPI 2.0
    Alto,
}

#[derive(Subcommand, Debug)]
pub(crate) enum ClientCommand {
    /// Register an application; prints its id and secret, once
    Add(Box<NewClientArguments>),
    /// List the applications
    List {
        #[command(flatten)]
        at: Where,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Stop an application: what it was given is dead at once
    Suspend {
        #[command(flatten)]
        at: Where,
        /// Its `client_id`
        id: String,
    },
    /// Let a stopped application go on
    Resume {
        #[command(flatten)]
        at: Where,
        /// Its `client_id`
        id: String,
    },
    /// Give an application a new secret; the former one stays valid for thirty days
    Rotate {
        #[command(flatten)]
        at: Where,
        /// Its `client_id`
        id: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct NewClientArguments {
    #[command(flatten)]
    pub(crate) at: Where,
    /// The contract that it speaks
    #[arg(long)]
    pub(crate) profile: ProfileName,
    /// What people read at the login
    #[arg(long)]
    pub(crate) name: String,
    /// The body it belongs to; the deployment's own when not given
    #[arg(long)]
    pub(crate) institution: Option<String>,
    /// Where people go back to; may be given several times
    #[arg(long, required_unless_present_any = ["device", "machine"])]
    pub(crate) redirect_uri: Vec<String>,
    /// Where people may be sent after log-out; may be given several times
    #[arg(long)]
    pub(crate) logout_uri: Vec<String>,
    /// Where the application is told of a log-out
    #[arg(long)]
    pub(crate) backchannel_logout_uri: Option<String>,
    /// What it may learn; may be given several times
    #[arg(long)]
    pub(crate) scope: Vec<String>,
    /// For test people only
    #[arg(long)]
    pub(crate) sandbox: bool,
    /// File with its public keys (JWK set): it proves itself by signature; needed for `alto`
    #[arg(long)]
    pub(crate) jwks: Option<PathBuf>,
    /// Where it publishes its public keys, instead of a file: read again when one is named that is not known yet
    #[arg(long, conflicts_with = "jwks")]
    pub(crate) jwks_uri: Option<String>,
    /// A program on people's own machines, which keeps no secret
    #[arg(long, conflicts_with_all = ["jwks", "jwks_uri"])]
    pub(crate) public: bool,
    /// It runs on devices without a browser
    #[arg(long)]
    pub(crate) device: bool,
    /// Nobody enters it by password alone: a code goes to the mail of who has nothing better
    #[arg(long)]
    pub(crate) require_2fa: bool,
    /// It may ask for tokens in its own name
    #[arg(long)]
    pub(crate) machine: bool,
    /// It may ask for whom a person acts
    #[arg(long)]
    pub(crate) representation: bool,
}

#[derive(Subcommand, Debug)]
pub(crate) enum PersonCommand {
    /// Register a person with a password
    Add(Box<NewPersonArguments>),
}

#[derive(Args, Debug)]
pub(crate) struct NewPersonArguments {
    #[command(flatten)]
    pub(crate) at: Where,
    /// RUN, such as 12.345.678-5
    #[arg(long)]
    pub(crate) run: String,
    /// Given names, or the whole name
    #[arg(long)]
    pub(crate) name: String,
    /// Surnames, where they are not the last two words of the name
    #[arg(long)]
    pub(crate) surname: Option<String>,
    /// Mail
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// File that holds the password; one is made and shown once when not given
    #[arg(long)]
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum MandateCommand {
    /// Write a mandate that you have seen a deed or a registry's certificate of; in force at once
    Add(Box<NewMandateArguments>),
    /// End a mandate: what was given by it is dead at once
    End {
        #[command(flatten)]
        at: Where,
        /// The mandate, as `add` printed it
        id: String,
        /// RUN of the person who holds it
        #[arg(long)]
        run: String,
        /// Why: both will read it
        #[arg(long)]
        reason: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct NewMandateArguments {
    #[command(flatten)]
    pub(crate) at: Where,
    /// RUN of the person who may act
    #[arg(long)]
    pub(crate) run: String,
    /// RUT of whom they act for
    #[arg(long)]
    pub(crate) rut: String,
    /// Name of whom they act for
    #[arg(long)]
    pub(crate) name: String,
    /// Whom they act for is a person
    #[arg(long)]
    pub(crate) natural: bool,
    /// representante_legal, apoderado or tutor
    #[arg(long, default_value = "representante_legal")]
    pub(crate) capacity: String,
    /// tramitar, firmar, pagar; may be given several times, all when not given
    #[arg(long)]
    pub(crate) power: Vec<String>,
    /// What shows it: registro, escritura or poder_fea
    #[arg(long, default_value = "escritura")]
    pub(crate) source: String,
    /// Its last day, such as 2027-06-30
    #[arg(long)]
    pub(crate) until: Option<jiff::civil::Date>,
    /// The person may hand it on, once
    #[arg(long)]
    pub(crate) may_delegate: bool,
    /// What you saw, and where: both will read it
    #[arg(long)]
    pub(crate) reason: String,
}

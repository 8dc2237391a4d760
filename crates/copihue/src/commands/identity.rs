//! `copihue identity …`: applications and people, from the command line of whoever runs the machine. Beside a running server or
//! without one: what is written is in force when the command answers.

use std::path::Path;

use copihue_core::calendar::Zone;
use copihue_core::{Actor, Error, Result, Run, Secret};
use copihue_identity::model::mandate::{Capacity, EntityKind, Power, Source};
use copihue_identity::{
    Auth, ClientState, Environment, Identity, ListedClient, NewClient, NewMandate, NewPerson, PersonKind,
    Profile, Proofing, RegisteredClient, Settings,
};
use serde_json::json;

use crate::cli::{
    BreachedCommand, ClientCommand, IdentityCommand, MandateCommand, NewClientArguments, NewMandateArguments,
    NewPersonArguments, ProfileName, Where,
};
use crate::config::Config;
use crate::platform;

/// Runs one.
///
/// # Errors
/// What can't be done, and how to mend it.
pub(crate) async fn run(command: IdentityCommand) -> Result<()> {
    match command {
        IdentityCommand::Client(command) => client(command).await,
        IdentityCommand::Breached(BreachedCommand::Build { list, out, seen }) => {
            super::breached::run(&list, &out, seen)
        }
        IdentityCommand::Person(crate::cli::PersonCommand::Add(arguments)) => add_person(*arguments).await,
        IdentityCommand::Mandate(MandateCommand::Add(arguments)) => add_mandate(&arguments).await,
        IdentityCommand::Mandate(MandateCommand::End { at, id, run, reason }) => {
            let id = id.parse().map_err(|_| {
                Error::invalid("mandato_desconocido", "Escriba el mandato como lo mostró «mandate add».")
            })?;
            at.open().await?.0.end_mandate_of(&actor(), read_run(&run)?, id, &reason).await?;
            say("ended");
            Ok(())
        }
    }
}

async fn client(command: ClientCommand) -> Result<()> {
    match command {
        ClientCommand::Add(arguments) => add_client(&arguments).await,
        ClientCommand::List { at, json } => {
            let clients = at.open().await?.0.list_clients().await?;
            if json {
                say(&listed(&clients))
            } else {
                clients.iter().for_each(|c| say(&line(c)))
            }
            Ok(())
        }
        ClientCommand::Suspend { at, id } => set_state(&at, &id, ClientState::Suspended).await,
        ClientCommand::Resume { at, id } => set_state(&at, &id, ClientState::Active).await,
        ClientCommand::Rotate { at, id } => {
            let done = at.open().await?.0.rotate_client(&actor(), &id).await?;
            show_secret(&done);
            say("The former secret is valid for thirty days more.");
            Ok(())
        }
    }
}

async fn set_state(at: &Where, id: &str, state: ClientState) -> Result<()> {
    at.open().await?.0.set_client_state(&actor(), id, state).await?;
    say(&format!("{id}: {}", state.code()));
    Ok(())
}

async fn add_client(arguments: &NewClientArguments) -> Result<()> {
    let (identity, config) = arguments.at.open().await?;
    let new = new_client(arguments, &config)?;
    let keyed = new.settings.auth != Auth::Secret;
    let done = identity.add_client(&actor(), new).await?;
    if keyed {
        say(&format!("client_id: {}", done.id));
    } else {
        show_secret(&done);
    }
    Ok(())
}

fn new_client(a: &NewClientArguments, config: &Config) -> Result<NewClient> {
    let profile = a.profile.into();
    let mut settings = Settings::of(profile);
    settings.jwks = a.jwks.as_deref().map(read_json).transpose()?;
    settings.jwks_uri.clone_from(&a.jwks_uri);
    if (settings.jwks.is_some() || settings.jwks_uri.is_some()) && profile != Profile::Compat {
        settings.auth = Auth::Key;
    }
    if a.public {
        settings.auth = Auth::Public;
    }
    settings.device = a.device;
    settings.require_2fa = a.require_2fa;
    settings.machine = a.machine;
    settings.representation = a.representation;
    settings.logout_notice_uri.clone_from(&a.backchannel_logout_uri);
    if profile != Profile::Compat {
        settings.post_logout_uris.clone_from(&a.logout_uri);
    }
    let environment = if config.demo || a.sandbox { Environment::Sandbox } else { Environment::Production };
    Ok(NewClient {
        id: None,
        secret: None,
        name: a.name.clone(),
        institution: a.institution.clone().unwrap_or_else(|| config.name.clone()),
        environment,
        state: ClientState::Active,
        scopes: if a.scope.is_empty() { usual_scopes(profile) } else { a.scope.clone() },
        redirect_uris: a.redirect_uri.clone(),
        logout_uris: if profile == Profile::Compat { a.logout_uri.clone() } else { Vec::new() },
        settings,
    })
}

fn usual_scopes(profile: Profile) -> Vec<String> {
    let usual: &[&str] = match profile {
        Profile::Compat => &["openid", "run", "name"],
        Profile::Base | Profile::Alto => &["openid", "profile", "run"],
    };
    usual.iter().map(|s| (*s).to_owned()).collect()
}

async fn add_person(arguments: NewPersonArguments) -> Result<()> {
    let (identity, config) = arguments.at.open().await?;
    let run = read_run(&arguments.run)?;
    let (names, surnames) = split(&arguments.name, arguments.surname.as_deref());
    let given = arguments.password_file.as_deref().map(crate::config::secret).transpose()?;
    let generated = given.is_none().then(|| identity.new_password());
    let password = given.or_else(|| generated.clone().map(Secret::new));
    let kind = if config.demo { PersonKind::Test } else { PersonKind::Real };
    let new =
        NewPerson { run, names, surnames, email: arguments.email, password, kind, proofing: Proofing::P1 };
    identity.add_person(&actor(), new).await?;
    say(&format!("person: {run}"));
    if let Some(password) = generated {
        say(&format!("password (shown once): {password}"));
    }
    Ok(())
}

async fn add_mandate(a: &NewMandateArguments) -> Result<()> {
    let word = |field: &str, given: &str| {
        Error::invalid(
            "palabra_desconocida",
            format!("«{given}» no vale para --{field}: vea «copihue identity mandate add --help»."),
        )
    };
    let powers: Result<Vec<Power>> =
        a.power.iter().map(|power| Power::parse(power).ok_or_else(|| word("power", power))).collect();
    let powers = powers?;
    let kind = if a.natural { EntityKind::Natural } else { EntityKind::Legal };
    let new = NewMandate {
        holder: read_run(&a.run)?,
        entity: (read_run(&a.rut)?, a.name.trim().to_owned(), kind),
        capacity: Capacity::parse(&a.capacity).ok_or_else(|| word("capacity", &a.capacity))?,
        powers: if powers.is_empty() { Power::ALL.to_vec() } else { powers },
        source: Source::parse(&a.source).ok_or_else(|| word("source", &a.source))?,
        until: a.until.map(|day| Zone::Santiago.end_of_day(day)),
        may_delegate: a.may_delegate,
    };
    let (identity, _) = a.at.open().await?;
    let id = identity.add_mandate(&actor(), new, &a.reason).await?;
    say(&format!("mandate: {id}"));
    Ok(())
}

fn read_run(text: &str) -> Result<Run> {
    text.parse().map_err(|_| {
        Error::invalid(
            "run_invalido",
            "El RUN no es válido: revise el dígito verificador. Por ejemplo: 12.345.678-5",
        )
    })
}

/// Given names and surnames: as told, or the last two words of three and more, the last one of two.
fn split(name: &str, surname: Option<&str>) -> (Vec<String>, Vec<String>) {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let mut names = words(name);
    let surnames = match surname {
        Some(surname) => words(surname),
        None => names.split_off(names.len().saturating_sub(if names.len() > 2 { 2 } else { 1 }).max(1)),
    };
    (names, surnames)
}

impl Where {
    async fn open(&self) -> Result<(Identity, Config)> {
        let config = match (&self.config, &self.data) {
            (Some(file), _) => Config::read(file)?,
            (None, Some(folder)) if folder.join("keys").is_dir() => {
                Config::of_demo(folder, self.database.as_deref())
            }
            (None, Some(folder)) => {
                return Err(Error::invalid(
                    "carpeta_vacia",
                    format!(
                        "En {} no hay datos: inicie antes «copihue demo --data» con esa carpeta.",
                        folder.display()
                    ),
                ));
            }
            (None, None) => {
                return Err(Error::invalid(
                    "sin_configuracion",
                    "Diga dónde están los datos, con --config ARCHIVO o --data CARPETA.",
                ));
            }
        };
        let identity = platform::operator(config.clone()).await?;
        Ok((identity, config))
    }
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Compat => Self::Compat,
            ProfileName::Base => Self::Base,
            ProfileName::Alto => Self::Alto,
        }
    }
}

/// Whoever has the machine's files and keys.
fn actor() -> Actor {
    Actor::job("línea de comandos")
}

fn read_json(path: &Path) -> Result<serde_json::Value> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        Error::invalid("llaves_invalidas", format!("No se puede leer {}: {e}", path.display()))
    })?;
    serde_json::from_str(&text)
        .map_err(|e| Error::invalid("llaves_invalidas", format!("{} no es JSON: {e}", path.display())))
}

fn show_secret(done: &RegisteredClient) {
    say(&format!("client_id: {}", done.id));
    say(&format!("client_secret (shown once): {}", String::from_utf8_lossy(done.secret.expose())));
}

fn line(c: &ListedClient) -> String {
    let (profile, environment, state) = (c.profile.code(), c.environment.code(), c.state.code());
    format!("{}  {profile:<6}  {environment:<10}  {state:<10}  {} ({})", c.id, c.name, c.institution)
}

fn listed(clients: &[ListedClient]) -> String {
    let all: Vec<_> = clients
        .iter()
        .map(|c| {
            json!({
                "client_id": c.id, "name": c.name, "institution": c.institution, "profile": c.profile.code(),
                "environment": c.environment.code(), "state": c.state.code(),
            })
        })
        .collect();
    json!(all).to_string()
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn names_are_split_as_people_write_them() {
        let text = |(names, surnames): (Vec<String>, Vec<String>)| (names.join(" "), surnames.join(" "));
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(text(split("María Carmen Soto Díaz", None)), pair("María Carmen", "Soto Díaz"));
        assert_eq!(text(split("Pedro Soto", None)), pair("Pedro", "Soto"));
        assert_eq!(text(split("Ana", None)), pair("Ana", ""));
        assert_eq!(text(split("María", Some("Del Río Gonzalez"))), pair("María", "Del Río Gonzalez"));
    }
}

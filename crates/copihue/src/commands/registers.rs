//! `copihue registers …`: checks a copy without a network; shows, proposes and decides entries of a deployment.

use std::io::BufReader;
use std::process::ExitCode;

use copihue_core::{Acr, Actor, Error, Hat, Id, PersonRef, Result, Run, Subject};
use copihue_registers::model::item::Item;
use copihue_registers::model::rsf::{self, BadCopy, GoodCopy};
use copihue_registers::{Draft, KEEPER, Register, Verdict};
use serde_json::json;

use super::given;
use crate::cli::{CopyArguments, DecideArguments, ProposeArguments, RegistersCommand, RegistersPlace};
use crate::config::Config;
use crate::platform::Platform;

/// Runs one. A copy's exit code: 0 whole and genuine, 1 not, 2 can't be said.
///
/// # Errors
/// When a file can't be read, or what is asked for is refused.
pub(crate) async fn run(command: &RegistersCommand) -> Result<ExitCode> {
    match command {
        RegistersCommand::Verify(arguments) => return verify(arguments),
        RegistersCommand::Pending(place) => pending(&open(place).await?, place).await?,
        RegistersCommand::Propose(arguments) => {
            let platform = open(&arguments.place).await?;
            let id = propose(&platform, arguments).await?;
            say(&format!("Propuesta {id}. Debe resolverla otra persona."));
        }
        RegistersCommand::Approve(arguments) => decide(arguments, Verdict::Approve).await?,
        RegistersCommand::Reject(arguments) => decide(arguments, Verdict::Reject).await?,
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn say(line: &str) {
    println!("{line}");
}

fn verify(arguments: &CopyArguments) -> Result<ExitCode> {
    let policy = given::policy(&arguments.policy)?;
    let file = given::open(&arguments.file)?;
    let verdict = rsf::verify(BufReader::new(file), &policy, arguments.register.as_deref());
    say(&if arguments.json { in_json(&verdict) } else { in_words(&verdict) });
    Ok(ExitCode::from(match verdict {
        Ok(_) => 0,
        Err(bad) if bad.fault.is_undecided() => 2,
        Err(_) => 1,
    }))
}

fn in_words(verdict: &std::result::Result<GoodCopy, BadCopy>) -> String {
    match verdict {
        Ok(good) => {
            let witnesses = good.accepted.witnesses.len();
            let origin = &good.accepted.checkpoint.origin;
            format!("Copia válida: {} anotaciones de {origin}, {witnesses} testigos.", good.entries)
        }
        Err(bad) if bad.fault.is_undecided() => format!("No se puede verificar: {bad}."),
        Err(bad) => format!("Copia inválida: {bad}."),
    }
}

fn in_json(verdict: &std::result::Result<GoodCopy, BadCopy>) -> String {
    let value = match verdict {
        Ok(good) => json!({
            "valid": true, "entries": good.entries, "origin": good.accepted.checkpoint.origin,
            "root": hex::encode(good.accepted.checkpoint.root), "witnesses": good.accepted.witnesses,
        }),
        Err(bad) => json!({
            "valid": false, "line": bad.line, "reason": bad.fault.code(), "detail": bad.fault.explanation(),
        }),
    };
    value.to_string()
}

async fn open(place: &RegistersPlace) -> Result<Platform> {
    Platform::open(Config::read(&place.config)?).await
}

/// The official of this RUN, by their post in the institution that keeps the registers: they may have others elsewhere.
/// Who sits at the terminal is not known: it must be proved before anything is decided.
pub(crate) async fn keeper(platform: &Platform, run: &str) -> Result<Actor> {
    let unknown = || Error::invalid("run", "Nadie con ese RUN custodia los registros de esta plataforma.");
    let run: Run = run.parse().map_err(|_| Error::invalid("run", "El RUN no es válido."))?;
    let person = platform.identity.person_by_run(run).await?.ok_or_else(unknown)?;
    let custodian = platform.config.registers.as_ref().map(|keeper| keeper.custodian.as_str());
    let keeps = |hat: &Hat| {
        custodian == Some(hat.institution.as_str()) && hat.roles.iter().any(|role| role == KEEPER)
    };
    let hat = platform.directory.hats(run).into_iter().find(keeps).ok_or_else(unknown)?;
    let subject = Subject::Person(PersonRef { id: person.id, run, name: hat.post.clone() });
    Ok(Actor { subject, hat: Some(hat), acr: Acr::Low, trace: "registers".to_owned() })
}

/// The same official, after a one-time code that only they have. Whoever may run commands here could name anybody, and
/// the second pair of eyes would be their own.
async fn proved(platform: &Platform, actor: Actor, code: Option<&str>) -> Result<Actor> {
    let code = match code {
        Some(code) => code.to_owned(),
        None => asked("Código de un solo uso: ")?,
    };
    platform.signing.prove(&actor, code.trim()).await?;
    Ok(Actor { acr: Acr::Substantial, ..actor })
}

#[expect(clippy::print_stderr, reason = "a question")]
fn asked(question: &str) -> Result<String> {
    eprint!("{question}");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(Error::unavailable)?;
    Ok(answer)
}

async fn pending(platform: &Platform, place: &RegistersPlace) -> Result<()> {
    for proposal in platform.registers.pending(&keeper(platform, &place.run).await?, 1_000).await? {
        say(&format!(
            "{} {} {} {} «{}»",
            proposal.id,
            proposal.register.name(),
            proposal.key,
            proposal.item.canonical()?,
            proposal.reason
        ));
    }
    Ok(())
}

async fn propose(platform: &Platform, arguments: &ProposeArguments) -> Result<Id> {
    let names = || Register::ALL.map(Register::name).join(", ");
    let register = Register::named(&arguments.register).ok_or_else(|| {
        let text = format!("No hay un registro «{}». Los que hay: {}.", arguments.register, names());
        Error::invalid("registro", text)
    })?;
    let item = Item::parse(&given::text(&arguments.item)?)?;
    let draft = Draft { register, item, reason: arguments.reason.clone() };
    platform.registers.propose(&keeper(platform, &arguments.place.run).await?, draft).await.map_err(told)
}

async fn decide(arguments: &DecideArguments, verdict: Verdict) -> Result<()> {
    let platform = open(&arguments.place).await?;
    let actor = keeper(&platform, &arguments.place.run).await?;
    say(&decided(&platform, actor, arguments, verdict).await?);
    Ok(())
}

/// Decides. The entry gets its place and its proof from the running program, which alone orders and signs, or when it
/// starts: to do it here would be to take its place.
pub(crate) async fn decided(
    platform: &Platform,
    actor: Actor,
    arguments: &DecideArguments,
    verdict: Verdict,
) -> Result<String> {
    let id: Id = arguments.proposal.parse().map_err(|_| Error::not_found())?;
    let actor = proved(platform, actor, arguments.code.as_deref()).await?;
    let number = platform.registers.decide(&actor, id, verdict, &arguments.reason).await.map_err(told)?;
    Ok(match number {
        Some(number) => format!(
            "Aprobada: es la anotación {number}. El servicio en marcha la publica en unos segundos; si está detenido, cuando se inicie."
        ),
        None => "Rechazada.".to_owned(),
    })
}

/// An error whose words name each field to mend: there is no page to show them beside.
fn told(error: Error) -> Error {
    if error.fields().is_empty() {
        return error;
    }
    let fields: Vec<String> =
        error.fields().iter().map(|f| format!("{}: {}", f.pointer, f.message)).collect();
    Error::invalid(error.code(), format!("{} {}", error.detail(), fields.join(" ")))
}

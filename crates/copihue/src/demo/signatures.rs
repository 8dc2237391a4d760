//! What the pages of signatures show in the demonstration: people who are known, and requests that wait.

use copihue_core::{Acr, Actor, Error, PersonRef, Result, Run, Subject};
use copihue_signing::model::token::Purpose;
use copihue_signing::{Draft, NewRegistered, OPERATOR};

use super::sample::{STAFF, Staff};
use crate::platform::Platform;

/// Lives that are asked for, in months.
const MONTHS: u16 = 24;

/// Lets the sample officials be known as the people that they are, and some of them ask for another certificate. Each step can
/// be repeated: who asked before is refused, and stays as they are.
///
/// # Errors
/// When something of it can't be written.
pub(crate) async fn requests(platform: &Platform) -> Result<()> {
    for staff in STAFF {
        let actor = actor(platform, staff).await?;
        platform.registration.meet(&actor).await?;
        let draft = Draft { purpose: Purpose::Unattended, months: MONTHS };
        match platform.registration.begin_request(&actor, draft).await {
            Ok(id) => platform.registration.send_request(&actor, id).await?,
            Err(error) if error.code() == "solicitud_abierta" || error.code() == "certificado_vigente" => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// An application that waits for the administrator of the platform. Its name says that it is a sample.
///
/// # Errors
/// When it can't be written.
pub(crate) async fn application(platform: &Platform) -> Result<()> {
    let operator = STAFF.iter().find(|s| s.roles.contains(&OPERATOR));
    let operator = actor(platform, operator.ok_or_else(|| Error::internal("no sample operator"))?).await?;
    if !platform.registration.applications(&operator).await?.is_empty() {
        return Ok(());
    }
    let new = NewRegistered {
        name: "Horas médicas (aplicación de muestra)".to_owned(),
        description: "Firma los comprobantes de las horas que se reservan en los consultorios. Es de muestra: ningún sistema la usa.".to_owned(),
        contact: "informatica@puentealto.example".to_owned(),
    };
    platform.registration.register_application(&operator, new).await.map(|_| ())
}

/// A sample official, as if they had logged in.
async fn actor(platform: &Platform, staff: &Staff) -> Result<Actor> {
    let missing = || Error::internal("a sample official is missing");
    let run = Run::from_number(staff.run).ok_or_else(missing)?;
    let person = platform.identity.person_by_run(run).await?.ok_or_else(missing)?;
    let hat = platform.directory.hats(run).into_iter().find(|hat| hat.institution == staff.institution);
    let person = PersonRef { id: person.id, run, name: format!("{} {}", staff.names, staff.surnames) };
    let subject = Subject::Person(person);
    Ok(Actor { subject, hat: Some(hat.ok_or_else(missing)?), acr: Acr::Low, trace: "demo".to_owned() })
}

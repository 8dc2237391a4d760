//! Puts the sample world into an empty deployment. Each step can be repeated: what is there stays.

use std::collections::BTreeMap;

use copihue_core::calendar::Zone;
use copihue_core::{Actor, Error, Id, Result, Run, Secret, Timestamp};
use copihue_db::Tx;
use copihue_directory::model::institution::Group;
use copihue_directory::{
    Act, Bond, Directory, NameSource, NewDesignation, NewInstitution, NewMembership, NewOfficial, NewPost,
    NewUnit, Official, Period, Quality, Seats,
};
use copihue_identity::{NewPerson, PersonKind, Proofing};
use copihue_signing::keys::Algorithm;
use copihue_signing::{NewHolder, NewSeal};
use jiff::civil::Date;

use super::sample::{BODIES, Body, CITIZENS, PASSWORD, PROCEDURES, STAFF, Staff};
use crate::platform::Platform;

/// The institutions, their units and officials, their seals and certificates.
///
/// # Errors
/// When something of it can't be written.
pub(crate) async fn institutions(platform: &Platform) -> Result<()> {
    let directory = platform.directory.clone();
    if directory.institution(BODIES[0].code).is_none() {
        let from = day(platform.clock.now());
        directory.change(move |d, tx| add_all(d, tx, from)).await?;
    }
    platform.signing.ensure_authority().await?;
    publish_authority(platform)?;
    for body in BODIES {
        let seal = NewSeal {
            institution: body.code.to_owned(),
            name: body.name.to_owned(),
            rut: Run::from_number(body.rut),
            algorithm: Algorithm::P256,
        };
        platform.signing.ensure_seal(&seal).await?;
    }
    for staff in STAFF {
        let official = official(&directory, staff)?;
        platform.signing.ensure_holder(&holder(&directory, staff, official)?).await?;
    }
    platform.signing.ensure_sandbox().await?;
    Ok(())
}

/// Leaves the authority's certificate and the logs' policy beside the data, for `copihue verify` and for other programs.
fn publish_authority(platform: &Platform) -> Result<()> {
    let pem: String = platform.signing.root().iter().map(|c| c.to_pem()).collect();
    let file = platform.config.data.join("authority.pem");
    write(&file, &pem)?;
    write(&platform.config.data.join("politica.txt"), &platform.ledger.policy())
}

fn write(file: &std::path::Path, text: &str) -> Result<()> {
    std::fs::write(file, text).map_err(|e| Error::unavailable(format_args!("{}: {e}", file.display())))
}

/// Everybody who can log in: people, and the officials as the people that they are.
///
/// # Errors
/// When somebody can't be written.
pub(crate) async fn people(platform: &Platform) -> Result<()> {
    let officials = STAFF.iter().map(|s| (s.run, s.names, s.surnames, s.email));
    for (run, names, surnames, email) in
        CITIZENS.iter().map(|c| (c.run, c.names, c.surnames, c.email)).chain(officials)
    {
        let run = Run::from_number(run).ok_or_else(|| Error::internal("a sample RUN"))?;
        if platform.identity.person_by_run(run).await?.is_some() {
            continue;
        }
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let person = NewPerson {
            run,
            names: vec![names.to_owned()],
            surnames: words(surnames),
            email: Some(email.to_owned()),
            password: Some(Secret::new(PASSWORD)),
            kind: PersonKind::Test,
            proofing: Proofing::P2,
        };
        platform.identity.register_person(person).await?;
    }
    Ok(())
}

/// The sample procedures, published where they are offered.
///
/// # Errors
/// When a definition does not pass its checks or its recorded tests.
pub(crate) async fn procedures(platform: &Platform) -> Result<()> {
    for (definition, institutions) in PROCEDURES {
        let institutions: Vec<String> = institutions.iter().map(|code| (*code).to_owned()).collect();
        platform.procedures.publish(&Actor::job("demo"), definition, &institutions).await?;
    }
    platform.offer();
    Ok(())
}

/// A sample official's id.
///
/// # Errors
/// When the directory doesn't know them: the sample world was not installed whole.
pub(crate) fn official(directory: &Directory, staff: &Staff) -> Result<Id> {
    let run = Run::from_number(staff.run).ok_or_else(|| Error::internal("a sample RUN"))?;
    let hat = directory.hats(run).into_iter().find(|hat| hat.institution == staff.institution);
    Ok(hat.ok_or_else(|| Error::internal("a sample official is missing"))?.official)
}

fn holder(directory: &Directory, staff: &Staff, official: Id) -> Result<NewHolder> {
    let known =
        directory.official(official).ok_or_else(|| Error::internal("a sample official is missing"))?;
    let institution = directory
        .institution(staff.institution)
        .ok_or_else(|| Error::internal("a sample body is missing"))?;
    Ok(NewHolder {
        institution: staff.institution.to_owned(),
        institution_name: institution.name.clone(),
        official,
        run: Run::from_number(staff.run).ok_or_else(|| Error::internal("a sample RUN"))?,
        name: Official::clone(&known).name,
        post: staff.post.to_owned(),
        email: Some(staff.email.to_owned()),
        algorithm: Algorithm::P256,
    })
}

/// The sample roles that the law gives by an act which names the holder.
fn by_act(role: &str) -> bool {
    [copihue_signing::OPERATOR, copihue_signing::CERTIFIER].contains(&role)
}

fn day(now: Timestamp) -> Date {
    // The directory asks who is in office on the civil day of the body, which in the evening is not UTC's.
    Zone::Santiago.date(now)
}

fn add_all(d: &Directory, tx: &mut Tx<'_>, from: Date) -> Result<()> {
    let actor = Actor::job("demo");
    for body in BODIES {
        let units = add_body(d, tx, &actor, body, from)?;
        for staff in STAFF.iter().filter(|s| s.institution == body.code) {
            add_official(d, tx, &actor, staff, units[staff.unit], from)?;
        }
    }
    Ok(())
}

fn add_body(
    d: &Directory,
    tx: &mut Tx<'_>,
    actor: &Actor,
    body: &Body,
    from: Date,
) -> Result<BTreeMap<&'static str, Id>> {
    let mut new = NewInstitution::new(body.code, body.name, body.sigla, body.kind, from);
    new.authority = body.authority;
    new.commune = body.commune.parse().ok();
    new.rut = Run::from_number(body.rut);
    new.group = Some(Group::C);
    new.domains = vec![body.domain.to_owned()];
    d.add_institution(tx, actor, new)?;
    let mut units = BTreeMap::new();
    for (code, name) in body.units {
        let unit = NewUnit {
            institution: body.code.to_owned(),
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            parent: None,
            period: Period::starting(from),
        };
        units.insert(*code, d.add_unit(tx, actor, unit)?);
    }
    Ok(units)
}

/// An official with their post and roles.
///
/// # Errors
/// When the directory refuses them.
pub(crate) fn add_official(
    d: &Directory,
    tx: &mut Tx<'_>,
    actor: &Actor,
    staff: &Staff,
    unit: Id,
    from: Date,
) -> Result<()> {
    let post = NewPost {
        institution: staff.institution.to_owned(),
        unit,
        name: staff.post.to_owned(),
        authority: staff.authority,
        seats: Seats::Single,
        superior_post: None,
        period: Period::starting(from),
    };
    let membership = NewMembership {
        institution: staff.institution.to_owned(),
        unit,
        post: d.add_post(tx, actor, post)?,
        bond: Bond::Permanent,
        period: Period::starting(from),
    };
    let new = NewOfficial {
        run: Run::from_number(staff.run).ok_or_else(|| Error::internal("a sample RUN"))?,
        name: format!("{} {}", staff.names, staff.surnames),
        name_source: NameSource::Login,
        email: Some(staff.email.to_owned()),
        membership,
    };
    let official = d.add_official(tx, actor, new)?;
    for role in staff.roles {
        let designation = NewDesignation {
            institution: staff.institution.to_owned(),
            role: (*role).to_owned(),
            unit: None,
            official,
            quality: Quality::Holder,
            post_text: staff.post.to_owned(),
            act: by_act(role).then(|| Act {
                kind: "decreto alcaldicio".to_owned(),
                number: "1 (de muestra)".to_owned(),
                date: from,
            }),
            period: Period::starting(from),
            replaces: None,
        };
        d.add_designation(tx, actor, designation)?;
    }
    Ok(())
}

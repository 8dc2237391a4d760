//! Who is no holder yet asks to be made one; the terms of operator and platform run in business days.

use std::sync::Arc;

use copihue_core::calendar::Zone;
use copihue_core::{Actor, Id, Result};
use copihue_db::Tx;
use copihue_db::testing::engines;
use copihue_directory::{
    Act, Authority, Bond, Directory, InstitutionKind, NameSource, NewDesignation, NewInstitution,
    NewMembership, NewOfficial, NewPost, NewUnit, Period, Quality, Seats,
};
use copihue_signing::{NoEvidence, OPERATOR};

use super::world::{ANA, DESKER, HOLDERS, MINE, Town, YEARLY_CLERK, mail_of, run};
use crate::support::now;

const PLATFORM: &str = "/gestion/firma/plataforma";
/// A body without an operator, and who works there.
pub(super) const VILLAGE: &str = "PE-MUN-00015";
pub(super) const CLERK_THERE: u32 = 55_555_555;

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_the_operator_has_three_business_days_for_who_asks_to_be_a_holder() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let mut ana = town.visitor(ANA).await;
        assert!(ana.get(MINE).await.expect(200).says("Pedir que me agreguen"));
        for _ in 0..2 {
            let page = ana.post(&format!("{MINE}/pedir"), &[]).await.expect(200);
            assert!(page.says("3 días hábiles") && page.says("Responder hasta"), "{}", page.text());
        }
        assert_eq!(town.mail.to(&mail_of(DESKER)).len(), 1, "asked twice is asked once");
        let mut operator = town.visitor(DESKER).await;
        let list = operator.get(HOLDERS).await.expect(200);
        assert!(list.says("Piden ser titulares") && !list.says("Atrasada"), "{}", list.text());
        // Nobody's three business days last longer.
        town.clock.advance_millis(12 * 86_400_000);
        town.log_in(&mut operator, DESKER).await;
        assert!(operator.get(HOLDERS).await.expect(200).says("Atrasada"));
        town.make_holder(ANA, "ambos").await.expect(200);
        assert!(!operator.get(HOLDERS).await.expect(200).says("Piden ser titulares"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_a_body_without_an_operator_is_enabled_by_the_platform_first() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let official = town.directory.change(add_village).await.unwrap();
        let mut clerk = town.visitor(CLERK_THERE).await;
        clerk.get(MINE).await.expect(200);
        let page = clerk.post(&format!("{MINE}/pedir"), &[]).await.expect(200);
        assert!(page.says("no tiene operador") && page.says("5 días hábiles"), "{}", page.text());
        let mut administrator = town.visitor(YEARLY_CLERK).await;
        assert!(administrator.get(PLATFORM).await.expect(200).says("Municipalidad de Ollagüe"));
        let done = format!("{PLATFORM}/instituciones/{VILLAGE}/habilitada");
        administrator.post(&done, &[]).await.expect(409);
        town.directory.change(move |d, tx| name(d, tx, (VILLAGE, official), OPERATOR)).await.unwrap();
        administrator.get(PLATFORM).await.expect(200);
        let list = administrator.post(&done, &[]).await.expect(200);
        assert!(list.says("Ninguna institución espera"), "{}", list.text());
        assert!(clerk.get(MINE).await.expect(200).says("3 días hábiles"), "now the operator's term runs");
    }
}

fn since() -> jiff::civil::Date {
    Zone::Santiago.date(now().plus_seconds(-30 * 86_400))
}

fn period() -> Period {
    Period::starting(since())
}

pub(super) fn add_village(d: &Directory, tx: &mut Tx<'_>) -> Result<Id> {
    let (actor, institution, period) = (Actor::job("test"), VILLAGE.to_owned(), period());
    let (name, kind) = ("Municipalidad de Ollagüe", InstitutionKind::Municipality);
    d.add_institution(tx, &actor, NewInstitution::new(VILLAGE, name, "MOL", kind, since()))?;
    let (code, unit_name) = ("TRANSITO".into(), "Tránsito".into());
    let unit = NewUnit { institution: institution.clone(), code, name: unit_name, parent: None, period };
    let unit = d.add_unit(tx, &actor, unit)?;
    let post = NewPost {
        institution: institution.clone(),
        unit,
        name: "Encargada".into(),
        authority: Authority::Other,
        seats: Seats::Single,
        superior_post: None,
        period,
    };
    let post = d.add_post(tx, &actor, post)?;
    let membership = NewMembership { institution, unit, post, bond: Bond::Yearly, period };
    let (run, name_source, email) = (run(CLERK_THERE), NameSource::Imported, Some(mail_of(CLERK_THERE)));
    let new = NewOfficial { run, name: "Eliana Quispe".into(), name_source, email, membership };
    d.add_official(tx, &actor, new)
}

/// Names somebody for a role in a body.
pub(super) fn name(
    d: &Directory,
    tx: &mut Tx<'_>,
    (institution, official): (&str, Id),
    role: &str,
) -> Result<()> {
    let period = period();
    let designation = NewDesignation {
        institution: institution.to_owned(),
        role: role.to_owned(),
        unit: None,
        official,
        quality: Quality::Holder,
        post_text: "Encargada".into(),
        act: Some(Act { kind: "decreto".into(), number: "1".into(), date: since() }),
        period,
        replaces: None,
    };
    d.add_designation(tx, &Actor::job("test"), designation).map(|_| ())
}

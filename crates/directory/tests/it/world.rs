//! A municipality with people in it.

use std::sync::Arc;

use copihue_core::{Acr, Actor, BucketKey, Hat, Id, ManualClock, PersonRef, Run, SeededRandom, Subject};
use copihue_db::Tx;
use copihue_db::testing::{TestDb, engines};
use copihue_directory::model::role::ROLES;
use copihue_directory::*;
use jiff::civil::Date;

pub(crate) const TOWN: &str = "PE-MUN-00345";
pub(crate) const ISLAND: &str = "PE-MUN-00119";

pub(crate) struct World {
    pub(crate) directory: Directory,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) db: TestDb,
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn from(text: &str) -> Period {
    Period::starting(day(text))
}

pub(crate) fn run(number: u32) -> Run {
    Run::from_number(number).unwrap()
}

pub(crate) fn job() -> Actor {
    Actor::job("test")
}

pub(crate) fn decree(number: &str) -> Option<Act> {
    Some(Act { kind: "decreto".into(), number: number.into(), date: day("2026-01-02") })
}

pub(crate) const RULES: &[Rule] = &[
    Rule::new("caso_lee", "mesa", Action::Read, "case", Scope::Unit),
    Rule::new("caso_resuelve", "ministro_fe", Action::Decide, "case", Scope::Institution)
        .at_level(Acr::Substantial),
    Rule::new("caso_propio", "persona", Action::Read, "case", Scope::Own),
];

pub(crate) fn parts(db: &TestDb, clock: Arc<ManualClock>) -> Parts {
    Parts {
        db: db.db(),
        key: [7; 32],
        buckets: BucketKey::new(&[8; 32]),
        clock,
        random: Arc::new(SeededRandom::new(1)),
        journal: Arc::new(NoJournal),
        roles: ROLES.iter().copied().chain([RoleDef::office("mesa", "Mesa de atención", "test")]).collect(),
        rules: model::policy::RULES.iter().chain(RULES).copied().collect(),
    }
}

pub(crate) async fn worlds() -> Vec<World> {
    let mut all = Vec::new();
    for db in engines() {
        let db = db.prepare(&[MIGRATIONS]);
        let clock = Arc::new(ManualClock::at("2026-11-20T15:00:00Z"));
        let directory = Directory::open(parts(&db, clock.clone())).await.unwrap();
        directory.change(bodies).await.unwrap();
        all.push(World { directory, clock, db });
    }
    all
}

fn bodies(d: &Directory, tx: &mut Tx<'_>) -> copihue_core::Result<()> {
    let (kind, start) = (InstitutionKind::Municipality, day("2026-01-01"));
    let mut town = NewInstitution::new(TOWN, "Municipalidad de Ejemplo", "MEJ", kind, start);
    town.commune = Some("13201".parse().unwrap());
    town.domains = vec!["ejemplo.cl".into()];
    d.add_institution(tx, &job(), town)?;
    let mut island = NewInstitution::new(ISLAND, "Municipalidad de Isla de Pascua", "MIP", kind, start);
    island.commune = Some("05201".parse().unwrap());
    d.add_institution(tx, &job(), island)?;
    Ok(())
}

/// Where somebody sits.
#[derive(Clone, Copy)]
pub(crate) struct Seat {
    pub(crate) unit: Id,
    pub(crate) post: Id,
}

impl World {
    pub(crate) async fn unit(
        &self,
        institution: &'static str,
        code: &'static str,
        parent: Option<Id>,
    ) -> Seat {
        let made = self.directory.change(move |d, tx| {
            let unit = d.add_unit(
                tx,
                &job(),
                NewUnit {
                    institution: institution.into(),
                    code: code.into(),
                    name: format!("Unidad {code}"),
                    parent,
                    period: from("2026-01-01"),
                },
            )?;
            let post = d.add_post(
                tx,
                &job(),
                NewPost {
                    institution: institution.into(),
                    unit,
                    name: format!("Encargado de {code}"),
                    authority: Authority::Other,
                    seats: Seats::Several,
                    superior_post: None,
                    period: from("2026-01-01"),
                },
            )?;
            Ok(Seat { unit, post })
        });
        made.await.unwrap()
    }

    pub(crate) async fn official(&self, institution: &'static str, number: u32, seat: Seat) -> Id {
        let made = self.directory.change(move |d, tx| {
            d.add_official(
                tx,
                &job(),
                NewOfficial {
                    run: run(number),
                    name: format!("Persona {number}"),
                    name_source: NameSource::Login,
                    email: Some(format!("p{number}@ejemplo.cl")),
                    membership: NewMembership {
                        institution: institution.into(),
                        unit: seat.unit,
                        post: seat.post,
                        bond: Bond::Permanent,
                        period: from("2026-01-01"),
                    },
                },
            )
        });
        made.await.unwrap()
    }

    pub(crate) async fn designate(&self, new: NewDesignation) -> copihue_core::Result<Id> {
        self.directory.change(move |d, tx| d.add_designation(tx, &job(), new.clone())).await
    }
}

pub(crate) fn designation(institution: &str, role: &str, official: Id, start: &str) -> NewDesignation {
    NewDesignation {
        institution: institution.into(),
        role: role.into(),
        unit: None,
        official,
        quality: Quality::Holder,
        post_text: "Cargo".into(),
        act: decree("1"),
        period: from(start),
        replaces: None,
    }
}

pub(crate) fn actor(number: u32, hat: Option<Hat>) -> Actor {
    let id = Id::from_bytes([number as u8; 16]);
    let person = PersonRef { id, run: run(number), name: "Persona".into() };
    Actor { subject: Subject::Person(person), hat, acr: Acr::Low, trace: "t".into() }
}

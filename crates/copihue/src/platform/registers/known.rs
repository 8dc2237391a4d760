//! What the services know, as items.

use std::collections::BTreeMap;

use copihue_core::Result;
use copihue_core::calendar::{Calendar, Holiday, Nature, Reach};
use copihue_directory::model::institution::InstitutionState;
use copihue_directory::{Directory, Institution};
use copihue_procedures::{Offer, Procedures};
use copihue_registers::Register;
use copihue_registers::model::definition::{Definition, END};
use copihue_registers::model::item::{Item, many, one};
use jiff::civil::Date;

type Known = Vec<(String, Item)>;

/// The register begins here: before, no deadline of the platform runs.
const FIRST_YEAR: i16 = 2025;
/// So many years ahead.
const AHEAD: i16 = 2;

/// Every body that is not a draft.
pub(super) fn institutions(directory: &Directory) -> Result<Known> {
    let all = directory.institutions();
    let shown = all.iter().filter(|body| body.state != InstitutionState::Draft);
    shown.map(|body| institution(body)).collect()
}

fn institution(body: &Institution) -> Result<(String, Item)> {
    let closed = (body.state == InstitutionState::Closed).then(|| body.period.from().to_string());
    let item = Item::new([
        ("institucion", one(body.code.as_str())),
        ("nombre", one(body.name.as_str())),
        ("sigla", one(body.sigla.as_str())),
        ("tipo", one(body.kind.code())),
        ("rut", one(body.rut.map(|rut| rut.compact()).unwrap_or_default())),
        ("comuna", one(body.commune.map(|code| code.to_string()).unwrap_or_default())),
        ("superior", one(body.parent.clone().unwrap_or_default())),
        (END, one(closed.unwrap_or_default())),
    ])?;
    Ok((body.code.clone(), item))
}

/// The holidays of every place, from the register's first year to a few ahead.
pub(super) fn holidays(calendar: &Calendar, today: Date) -> Result<Known> {
    let mut all: BTreeMap<String, Item> = BTreeMap::new();
    for year in FIRST_YEAR..=today.year().max(FIRST_YEAR) + AHEAD {
        for day in calendar.holidays_everywhere(year)? {
            let (key, item) = Definition::of(Register::Holidays).keyed(&holiday(&day)?)?;
            let item = match all.get(&key) {
                Some(same) => together(same, &item)?,
                None => item,
            };
            all.insert(key, item);
        }
    }
    Ok(all.into_iter().collect())
}

fn holiday(day: &Holiday) -> Result<Item> {
    let (regions, communes) = match &day.reach {
        Reach::National => (Vec::new(), Vec::new()),
        Reach::Only { regions, communes } => (regions.clone(), communes.clone()),
    };
    let class = serde_json::to_value(day.class)?;
    Item::new([
        ("fecha", one(day.date.to_string())),
        ("nombre", one(day.name.to_string())),
        ("clase", one(class.as_str().unwrap_or_default())),
        ("tipo", one(if day.nature == Nature::Religious { "religioso" } else { "civil" })),
        ("irrenunciable", one(if day.shops_close { "si" } else { "no" })),
        ("leyes", many(day.laws.iter().map(|law| law.0.to_string()))),
        ("regiones", many(regions.iter().map(ToString::to_string))),
        ("comunas", many(communes.iter().map(ToString::to_string))),
    ])
}

/// Two holidays on one day are one record.
fn together(a: &Item, b: &Item) -> Result<Item> {
    let laws = [a, b].map(|item| item.text("leyes"));
    let laws = laws.iter().flat_map(|text| text.split(';')).filter(|law| !law.is_empty());
    let names = [a.text("nombre"), b.text("nombre")];
    let name = if names[0] == names[1] { names[0].clone() } else { names.join(" y ") };
    a.with("nombre", one(name))?.with("leyes", many(laws))
}

/// What is published now.
pub(super) fn procedures(procedures: &Procedures) -> Result<Known> {
    procedures.catalogue().iter().map(procedure).collect()
}

fn procedure(offer: &Offer) -> Result<(String, Item)> {
    let definition = offer.definition();
    let item = Item::new([
        ("tramite", one(definition.id.as_str())),
        ("nombre", one(definition.title.es())),
        ("codigo", one(definition.catalog.cpat.as_str())),
        ("resumen", one(definition.summary.es())),
        ("version", one(definition.version.to_string())),
        ("instituciones", many(offer.institutions.iter().map(|(code, _)| code.as_str()))),
    ])?;
    Ok((definition.id.clone(), item))
}

//! What follows in the services from an approved entry, in its transaction.

use copihue_calendar::Calendars;
use copihue_core::calendar::{Op, Override, Reach, When, Zone};
use copihue_core::{Actor, Error, Result};
use copihue_db::Tx;
use copihue_directory::model::institution::InstitutionState;
use copihue_directory::{Directory, InstitutionFacts, InstitutionKind, NewInstitution};
use copihue_registers::Taken;
use copihue_registers::model::definition::END;
use copihue_registers::model::item::Item;
use jiff::civil::Date;
use serde_json::json;

fn actor() -> Actor {
    Actor::job("registers")
}

fn refused(field: &str, message: &str) -> Error {
    Error::invalid("item_invalido", message.to_owned()).field(field, message.to_owned())
}

/// What an item with an end says of a holiday.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Yes,
    No,
}

fn holds(item: Option<&Item>) -> Holds {
    match item {
        Some(item) if item.text(END).is_empty() => Holds::Yes,
        _ => Holds::No,
    }
}

/// Deadlines are counted with the register's holidays: a new one is added to the calendar, an ended one taken out.
pub(super) fn holiday(calendars: &Calendars, tx: &mut Tx<'_>, taken: &Taken<'_>) -> Result<()> {
    let date: Date = taken.item.text("fecha").parse().map_err(|_| refused("fecha", "La fecha no existe."))?;
    if taken.item.text(END).parse::<Date>().is_ok_and(|end| end > date) {
        return Err(refused(END, "Para anular un feriado, escriba una fecha anterior a ese día."));
    }
    let added = written(taken.item, "add")?;
    let ours: Vec<_> = calendars
        .overrides(tx)?
        .into_iter()
        .filter(|line| line.body.when == When::On(date) && line.body.reach == added.reach)
        .collect();
    let of = |op: Op| ours.iter().find(|line| line.body.op == op).map(|line| line.id);
    match (holds(taken.before), holds(Some(taken.item))) {
        (Holds::No, Holds::No) => {}
        (Holds::No, Holds::Yes) => match of(Op::Remove) {
            Some(id) => drop(calendars.withdraw_override(tx, &actor(), id, taken.reason)?),
            None => drop(calendars.add_overrides(tx, &actor(), &[added], taken.reason)?),
        },
        (Holds::Yes, Holds::No) => match of(Op::Add) {
            Some(id) => drop(calendars.withdraw_override(tx, &actor(), id, taken.reason)?),
            None => {
                let removed = written(taken.item, "remove")?;
                drop(calendars.add_overrides(tx, &actor(), &[removed], taken.reason)?);
            }
        },
        (Holds::Yes, Holds::Yes) => match of(Op::Add) {
            Some(id) => {
                calendars.withdraw_override(tx, &actor(), id, taken.reason)?;
                calendars.add_overrides(tx, &actor(), &[added], taken.reason)?;
            }
            None => same_class(taken)?,
        },
    }
    Ok(())
}

/// What a law fixed for every year is corrected in its words only: whether terms run that day stays as it is.
fn same_class(taken: &Taken<'_>) -> Result<()> {
    let class = |item: &Item| item.text("clase");
    if taken.before.map(class) == Some(class(taken.item)) {
        return Ok(());
    }
    Err(refused("clase", "La clase de un feriado fijado por ley no se cambia: anúlelo y agregue otro."))
}

/// The item as a line of the calendar's table.
fn written(item: &Item, op: &str) -> Result<Override> {
    let codes = |field: &str| -> Vec<String> {
        item.fields().get(field).into_iter().flat_map(|datum| datum.texts()).map(str::to_owned).collect()
    };
    let laws = codes("leyes");
    if laws.is_empty() {
        return Err(refused("leyes", "Escriba la ley que fija el feriado."));
    }
    let line = serde_json::from_value(json!({
        "fecha": item.text("fecha"),
        "op": op,
        "nombre": item.text("nombre"),
        "clase": item.text("clase"),
        "tipo": item.text("tipo"),
        "irrenunciable": item.text("irrenunciable") == "si",
        "regiones": codes("regiones"),
        "comunas": codes("comunas"),
        "ley": laws.join(", "),
    }));
    let line: Override = line.map_err(|e| refused("nombre", &format!("El calendario no lo acepta: {e}.")))?;
    let local = matches!(line.reach, Reach::Only { .. });
    if local && item.text("clase") == "nacional" {
        return Err(refused("clase", "Un feriado de algunas regiones o comunas no es nacional."));
    }
    Ok(line)
}

/// A new body is added to the directory, a corrected one corrected there in all that the register says of it (what the
/// directory did not take, it would write back as its own), an ended one closed.
pub(super) fn institution(directory: &Directory, tx: &mut Tx<'_>, taken: &Taken<'_>) -> Result<()> {
    let today = Zone::Santiago.date(tx.now());
    let (item, code) = (taken.item, taken.item.text("institucion"));
    let Some(before) = taken.before else {
        return directory.add_institution(tx, &actor(), new(item, today)?).map(drop);
    };
    if before.text("tipo") != item.text("tipo") {
        return Err(refused("tipo", "El tipo de una institución no se cambia: ciérrela y agregue otra."));
    }
    if FACTS.iter().any(|field| before.text(field) != item.text(field)) {
        directory.correct_institution(tx, &actor(), &code, facts(item), today)?;
    }
    match (holds(Some(before)), holds(Some(item))) {
        (Holds::Yes, Holds::No) => {
            let end = item.text(END).parse().map_err(|_| refused(END, "La fecha no existe."))?;
            directory.set_institution_state(tx, &actor(), &code, InstitutionState::Closed, end)
        }
        (Holds::No, Holds::Yes) => {
            Err(refused(END, "Una institución cerrada no se reabre: agregue otra con un código nuevo."))
        }
        _ => Ok(()),
    }
}

/// What [`facts`] reads.
const FACTS: [&str; 5] = ["nombre", "sigla", "rut", "comuna", "superior"];

fn facts(item: &Item) -> InstitutionFacts {
    InstitutionFacts {
        name: item.text("nombre"),
        sigla: item.text("sigla"),
        rut: item.text("rut").parse().ok(),
        commune: item.text("comuna").parse().ok(),
        parent: Some(item.text("superior")).filter(|code| !code.is_empty()),
    }
}

fn new(item: &Item, from: Date) -> Result<NewInstitution> {
    let kind = InstitutionKind::parse(&item.text("tipo"));
    let kind = kind.ok_or_else(|| refused("tipo", "Elija un tipo de la lista."))?;
    let InstitutionFacts { name, sigla, rut, commune, parent } = facts(item);
    let new = NewInstitution::new(&item.text("institucion"), &name, &sigla, kind, from);
    Ok(NewInstitution { rut, commune, parent, ..new })
}

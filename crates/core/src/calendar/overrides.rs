//! What changes the rules: holidays added, removed or moved by a law or an authority, with their reach.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::rules::{Holiday, Law, Nature};
use super::table::{FIRST_YEAR, LAST_YEAR};
use super::{CalendarError, Scope};
use crate::territory::{CommuneCode, RegionCode};

/// Why a day is a holiday.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Class {
    /// By the nationwide rules.
    #[serde(rename = "nacional")]
    National,
    /// In some regions, every year.
    #[serde(rename = "regional")]
    Regional,
    /// In some communes, every year.
    #[serde(rename = "comunal")]
    Communal,
    /// Election or plebiscite (Ley 18.700).
    #[serde(rename = "eleccion")]
    Election,
    /// Banks close; it is a business day all the same.
    #[serde(rename = "bancario")]
    Bank,
    /// Once, by a law of its own.
    #[serde(rename = "unico")]
    OneOff,
}

/// On which dates an override acts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum When {
    /// On one day.
    On(Date),
    /// Every year on this month and day, within the years given (both included).
    Yearly {
        /// 1…12.
        month: i8,
        /// 1…31.
        day: i8,
        /// First year.
        from: i16,
        /// Last year.
        to: i16,
    },
}

/// What an override does. `Remove` wins over `Add`, and `Add` over the rules.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// One more holiday.
    Add,
    /// The day is no holiday, whatever else says so.
    Remove,
    /// The day's holiday falls on this other day, of the same year.
    Move(Date),
}

/// Where a holiday applies.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Reach {
    /// The whole country.
    National,
    /// These regions and communes only (HOL-03).
    Only {
        /// Whole regions.
        regions: Vec<RegionCode>,
        /// Single communes.
        communes: Vec<CommuneCode>,
    },
}

impl Reach {
    /// Whether it applies in the scope. A national scope sees national holidays only.
    #[must_use]
    pub fn covers(&self, scope: Scope) -> bool {
        match (self, scope.commune) {
            (Self::National, _) => true,
            (Self::Only { .. }, None) => false,
            (Self::Only { regions, communes }, Some(commune)) => {
                communes.contains(&commune) || regions.contains(&commune.region())
            }
        }
    }

    fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::National, Self::National) => true,
            (Self::National, Self::Only { .. }) | (Self::Only { .. }, Self::National) => false,
            (a @ Self::Only { .. }, b) => a.places().any(|place| b.covers(place)),
        }
    }

    /// Each commune that it applies in by itself; none for the whole country.
    pub(super) fn places(&self) -> impl Iterator<Item = Scope> + '_ {
        let all = crate::territory::communes().iter().map(|c| Scope::commune(c.code));
        all.filter(|place| *self != Self::National && self.covers(*place))
    }
}

/// One line of the override table. Reads and writes as `fecha, desde, hasta, op, nueva_fecha, nombre, clase, tipo,
/// irrenunciable, regiones, comunas, ley`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "Row", into = "Row")]
pub struct Override {
    /// On which dates.
    pub when: When,
    /// What it does.
    pub op: Op,
    /// The holiday's name, in Spanish; 3 to 120 characters.
    pub name: String,
    /// Why.
    pub class: Class,
    /// Where.
    pub reach: Reach,
    /// The law that orders it; never empty.
    pub law: String,
    /// Whether it is a religious day.
    pub religious: bool,
    /// Whether shops must close. Election days always.
    pub shops_close: bool,
}

impl Override {
    /// The day on which it takes a holiday away in `year`.
    pub(super) fn removed(&self, year: i16) -> Option<Date> {
        if self.op == Op::Add { None } else { self.day(year) }
    }

    /// The day on which it puts a holiday in `year`.
    pub(super) fn added(&self, year: i16) -> Option<Date> {
        let day = self.day(year)?;
        match self.op {
            Op::Add => Some(day),
            Op::Remove => None,
            Op::Move(to) => Some(to),
        }
    }

    fn day(&self, year: i16) -> Option<Date> {
        match self.when {
            When::On(day) => Some(day).filter(|d| d.year() == year),
            When::Yearly { month, day, from, to } => {
                Some(year).filter(|y| (from..=to).contains(y)).and_then(|y| Date::new(y, month, day).ok())
            }
        }
    }

    /// The holiday it makes on `day`.
    pub(super) fn holiday(&self, day: Date) -> Holiday {
        Holiday {
            date: day,
            name: Cow::Owned(self.name.clone()),
            class: self.class,
            nature: if self.religious { Nature::Religious } else { Nature::Civil },
            shops_close: self.shops_close || self.class == Class::Election,
            laws: vec![Law(Cow::Owned(self.law.clone()))],
            reach: self.reach.clone(),
        }
    }

    /// Two overrides of the same sort (both for one day, or both yearly) that speak about one date in one place.
    /// A one-day exception to a yearly override is no clash: that is what exceptions are for.
    fn clashes(&self, other: &Self) -> bool {
        let years = match (self.when, other.when) {
            (When::On(a), When::On(b)) => a.year().max(b.year())..=a.year().min(b.year()),
            (When::Yearly { from: a, to: b, .. }, When::Yearly { from: c, to: d, .. }) => a.max(c)..=b.min(d),
            (When::On(_), When::Yearly { .. }) | (When::Yearly { .. }, When::On(_)) => return false,
        };
        let dates = |o: &Self, y| [o.removed(y), o.added(y)];
        let mut both = years.flat_map(|y| {
            let theirs = dates(other, y);
            dates(self, y).into_iter().flatten().filter(move |d| theirs.contains(&Some(*d)))
        });
        both.next().is_some() && self.reach.meets(&other.reach)
    }
}

/// Refuses a table in which two overrides contradict each other.
///
/// # Errors
/// [`CalendarError::Clash`] with the names of the first two that do.
pub fn check_overrides(table: &[Override]) -> Result<(), CalendarError> {
    for (i, one) in table.iter().enumerate() {
        if let Some(other) = table[..i].iter().find(|other| one.clashes(other)) {
            return Err(CalendarError::Clash(other.name.clone(), one.name.clone()));
        }
    }
    Ok(())
}

/// Reads a table from TOML, `[[override]]` entries, and checks it.
///
/// # Errors
/// When the text is not such a table, or two of its entries clash.
pub fn overrides_from_toml(text: &str) -> Result<Vec<Override>, CalendarError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default, rename = "override")]
        table: Vec<Override>,
    }
    let file: File = toml::from_str(text).map_err(|e| CalendarError::Override(e.message().to_owned()))?;
    check_overrides(&file.table)?;
    Ok(file.table)
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RowOp {
    Add,
    Remove,
    Move,
}

/// The shape of an override outside: one flat record with the law's Spanish names.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    fecha: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    desde: Option<i16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hasta: Option<i16>,
    op: RowOp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nueva_fecha: Option<Date>,
    nombre: String,
    clase: Class,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tipo: Option<Kind>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    irrenunciable: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regiones: Vec<RegionCode>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    comunas: Vec<CommuneCode>,
    ley: String,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Civil,
    Religioso,
}

fn wrong<T>(why: &str) -> Result<T, CalendarError> {
    Err(CalendarError::Override(why.to_owned()))
}

impl Row {
    fn when(&self) -> Result<When, CalendarError> {
        let (from, to) = (self.desde.unwrap_or(FIRST_YEAR), self.hasta.unwrap_or(LAST_YEAR));
        if self.fecha.len() == 10 {
            let day: Date = self.fecha.parse().or_else(|_| wrong("la fecha no existe"))?;
            let alone = self.desde.is_none() && self.hasta.is_none();
            let known = (FIRST_YEAR..=LAST_YEAR).contains(&day.year());
            return if alone && known { Ok(When::On(day)) } else { wrong("los años no son válidos") };
        }
        // A leap year, so that 29 February can be said.
        let day: Date = format!("2000-{}", self.fecha).parse().or_else(|_| wrong("la fecha no existe"))?;
        if self.fecha.len() != 5 || from > to || from < FIRST_YEAR || to > LAST_YEAR {
            return wrong("la fecha o los años no son válidos");
        }
        Ok(When::Yearly { month: day.month(), day: day.day(), from, to })
    }

    fn op(&self, when: When) -> Result<Op, CalendarError> {
        match (self.op, self.nueva_fecha, when) {
            (RowOp::Add, None, _) => Ok(Op::Add),
            (RowOp::Remove, None, _) => Ok(Op::Remove),
            (RowOp::Move, Some(to), When::On(day)) if to.year() == day.year() && to != day => {
                Ok(Op::Move(to))
            }
            _ => wrong("la nueva fecha debe ser otro día del mismo año, y solo al mover un feriado"),
        }
    }
}

impl TryFrom<Row> for Override {
    type Error = CalendarError;

    fn try_from(row: Row) -> Result<Self, CalendarError> {
        let when = row.when()?;
        let op = row.op(when)?;
        if !(3..=120).contains(&row.nombre.chars().count()) || !(3..=120).contains(&row.ley.chars().count()) {
            return wrong("el nombre y la ley deben tener entre 3 y 120 caracteres");
        }
        let reach = if row.regiones.is_empty() && row.comunas.is_empty() {
            Reach::National
        } else {
            Reach::Only { regions: row.regiones, communes: row.comunas }
        };
        let local = matches!(row.clase, Class::Regional | Class::Communal);
        if local && reach == Reach::National {
            return wrong("un feriado regional o comunal necesita sus regiones o comunas");
        }
        Ok(Self {
            when,
            op,
            name: row.nombre,
            class: row.clase,
            reach,
            law: row.ley,
            religious: row.tipo == Some(Kind::Religioso),
            shops_close: row.irrenunciable,
        })
    }
}

impl From<Override> for Row {
    fn from(o: Override) -> Self {
        let (fecha, desde, hasta) = match o.when {
            When::On(day) => (day.to_string(), None, None),
            When::Yearly { month, day, from, to } => (
                format!("{month:02}-{day:02}"),
                Some(from).filter(|y| *y != FIRST_YEAR),
                Some(to).filter(|y| *y != LAST_YEAR),
            ),
        };
        let (op, nueva_fecha) = match o.op {
            Op::Add => (RowOp::Add, None),
            Op::Remove => (RowOp::Remove, None),
            Op::Move(to) => (RowOp::Move, Some(to)),
        };
        let (regiones, comunas) = match o.reach {
            Reach::National => (Vec::new(), Vec::new()),
            Reach::Only { regions, communes } => (regions, communes),
        };
        Self {
            fecha,
            desde,
            hasta,
            op,
            nueva_fecha,
            nombre: o.name,
            clase: o.class,
            tipo: o.religious.then_some(Kind::Religioso),
            irrenunciable: o.shops_close,
            regiones,
            comunas,
            ley: o.law,
        }
    }
}

/// Every year of the calendar, for what is computed once.
pub(super) fn years() -> std::ops::RangeInclusive<i16> {
    FIRST_YEAR..=LAST_YEAR
}

//! The nationwide holidays, by rule, with the laws that made them.

use std::borrow::Cow;

use jiff::Span;
use jiff::civil::{Date, Weekday, date};

use super::overrides::{Class, Reach};

/// A law, as people cite it: `Ley 2.977`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Law(pub Cow<'static, str>);

impl Law {
    /// Where the law can be read. The national library's page of it; its front page when the text has no number.
    #[must_use]
    pub fn url(&self) -> String {
        const SITE: &str = "https://www.leychile.cl";
        match self.0.as_ref() {
            "Ley 2.977" => format!("{SITE}/Navegar?idNorma=23639"),
            "Ley 19.973" => format!("{SITE}/Navegar?idNorma=230132"),
            other => match other.strip_prefix("Ley ").map(|n| n.replace('.', "")) {
                Some(n) if n.bytes().all(|b| b.is_ascii_digit()) => format!("{SITE}/Navegar?idLey={n}"),
                _ => SITE.to_owned(),
            },
        }
    }
}

/// Civil or religious, as the State's former holiday service says it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nature {
    /// `Civil`.
    Civil,
    /// `Religioso`.
    Religious,
}

/// One holiday on one date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holiday {
    /// The day.
    pub date: Date,
    /// Its name, in Spanish.
    pub name: Cow<'static, str>,
    /// Why it is one.
    pub class: Class,
    /// Civil or religious.
    pub nature: Nature,
    /// Whether shops must close (irrenunciable, Ley 19.973). It has no effect on terms.
    pub shops_close: bool,
    /// The laws behind it; never empty.
    pub laws: Vec<Law>,
    /// Where it applies.
    pub reach: Reach,
}

impl Holiday {
    /// Whether the day is not a business day where the holiday applies. A bank holiday is one (HOL-04).
    #[must_use]
    pub fn stops_terms(&self) -> bool {
        self.class != Class::Bank
    }
}

use Nature::{Civil, Religious};

struct Rule {
    name: &'static str,
    nature: Nature,
    laws: &'static [&'static str],
    when: fn(i16) -> Option<Date>,
}

const fn rule(
    name: &'static str,
    nature: Nature,
    laws: &'static [&'static str],
    when: fn(i16) -> Option<Date>,
) -> Rule {
    Rule { name, nature, laws, when }
}

/// The law that makes shops close: a rule that names it is "irrenunciable".
const SHOPS_CLOSE: &str = "Ley 19.973";

static RULES: [Rule; 22] = [
    rule("Año Nuevo", Civil, &["Ley 2.977", SHOPS_CLOSE], |y| Some(date(y, 1, 1))),
    rule("Feriado adicional de Año Nuevo", Civil, &["Ley 20.983"], |y| {
        since(2017, y, date(y, 1, 2)).filter(is(Weekday::Monday))
    }),
    rule("Viernes Santo", Religious, &["Ley 2.977"], |y| easter_plus(y, -2)),
    rule("Sábado Santo", Religious, &["Ley 2.977"], |y| easter_plus(y, -1)),
    rule("Día Nacional del Trabajo", Civil, &["Ley 2.200", SHOPS_CLOSE], |y| Some(date(y, 5, 1))),
    rule("Día de las Glorias Navales", Civil, &["Ley 2.977"], |y| Some(date(y, 5, 21))),
    rule("Corpus Christi", Religious, &["Ley 2.977", "Ley 19.668"], |y| {
        easter_plus(y, 60).filter(|_| y <= 2006).map(moved)
    }),
    rule("Día Nacional de los Pueblos Indígenas", Civil, &["Ley 21.357"], |y| since(2021, y, solstice(y))),
    rule("San Pedro y San Pablo", Religious, &["Ley 2.977", "Ley 19.668"], |y| Some(moved(date(y, 6, 29)))),
    rule("Día de la Virgen del Carmen", Religious, &["Ley 20.148"], |y| since(2007, y, date(y, 7, 16))),
    rule("Asunción de la Virgen", Religious, &["Ley 2.977"], |y| Some(date(y, 8, 15))),
    rule("Día de la Unidad Nacional", Civil, &["Ley 19.588"], |y| {
        date(y, 9, 1).nth_weekday_of_month(1, Weekday::Monday).ok().filter(|_| (1999..=2001).contains(&y))
    }),
    rule("Fiestas Patrias", Civil, &["Ley 20.215"], |y| {
        since(2007, y, date(y, 9, 17)).filter(is(Weekday::Monday))
    }),
    rule("Fiestas Patrias", Civil, &["Ley 20.983"], |y| {
        since(2017, y, date(y, 9, 17)).filter(is(Weekday::Friday))
    }),
    rule("Independencia Nacional", Civil, &["Ley 2.977", SHOPS_CLOSE], |y| Some(date(y, 9, 18))),
    rule("Día de las Glorias del Ejército", Civil, &["Ley 2.977", SHOPS_CLOSE], |y| Some(date(y, 9, 19))),
    rule("Fiestas Patrias", Civil, &["Ley 20.215"], |y| {
        since(2008, y, date(y, 9, 20)).filter(is(Weekday::Friday))
    }),
    rule("Encuentro de Dos Mundos", Civil, &["Ley 3.810", "Ley 19.668"], |y| {
        since(1922, y, moved(date(y, 10, 12)))
    }),
    rule("Día Nacional de las Iglesias Evangélicas y Protestantes", Religious, &["Ley 20.299"], |y| {
        since(2008, y, reformation(y))
    }),
    rule("Día de Todos los Santos", Religious, &["Ley 2.977"], |y| Some(date(y, 11, 1))),
    rule("Inmaculada Concepción", Religious, &["Ley 2.977"], |y| Some(date(y, 12, 8))),
    rule("Navidad", Religious, &["Ley 2.977", SHOPS_CLOSE], |y| Some(date(y, 12, 25))),
];

/// The nationwide holidays of a year by rule, without overrides, by date. `year` within the calendar's range.
pub(super) fn national(year: i16) -> Vec<Holiday> {
    let mut days: Vec<Holiday> = RULES.iter().filter_map(|rule| rule.holiday(year)).collect();
    days.sort_by_key(|h| h.date);
    days
}

impl Rule {
    fn holiday(&self, year: i16) -> Option<Holiday> {
        Some(Holiday {
            date: (self.when)(year)?,
            name: Cow::Borrowed(self.name),
            class: Class::National,
            nature: self.nature,
            shops_close: self.laws.contains(&SHOPS_CLOSE),
            laws: self.laws.iter().map(|law| Law(Cow::Borrowed(law))).collect(),
            reach: Reach::National,
        })
    }
}

fn since(first: i16, year: i16, day: Date) -> Option<Date> {
    (year >= first).then_some(day)
}

fn is(weekday: Weekday) -> impl Fn(&Date) -> bool {
    move |day| day.weekday() == weekday
}

fn plus(day: Date, days: i32) -> Date {
    day.saturating_add(Span::new().days(days))
}

/// Ley 19.668, from 2000: Tuesday to Thursday go to that week's Monday, Friday to the Monday after.
fn moved(day: Date) -> Date {
    if day.year() < 2000 {
        return day;
    }
    match day.weekday() {
        Weekday::Tuesday => plus(day, -1),
        Weekday::Wednesday => plus(day, -2),
        Weekday::Thursday => plus(day, -3),
        Weekday::Friday => plus(day, 3),
        Weekday::Saturday | Weekday::Sunday | Weekday::Monday => day,
    }
}

/// Ley 20.299: 31 October; on a Tuesday the Friday before, on a Wednesday the Friday after.
fn reformation(year: i16) -> Date {
    let day = date(year, 10, 31);
    match day.weekday() {
        Weekday::Tuesday => plus(day, -4),
        Weekday::Wednesday => plus(day, 2),
        _ => day,
    }
}

/// The day of the June solstice in Chile. Ley 21.357 fixed the first one, 2021-06-21, against the formula.
fn solstice(year: i16) -> Date {
    let cycle = year % 4;
    let late = year == 2021 || (cycle > 1 && year <= 2046) || (cycle > 2 && year <= 2075);
    date(year, 6, if late { 21 } else { 20 })
}

fn easter_plus(year: i16, days: i32) -> Option<Date> {
    Some(plus(easter(year), days))
}

/// Easter Sunday of the Gregorian calendar (the anonymous computus).
fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (golden, century, rest) = (y % 19, y / 100, y % 100);
    let skipped = (8 * century + 13) / 25;
    let moon = (19 * golden + century - century / 4 - skipped + 15) % 30;
    let sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
    let late = (golden + 11 * moon + 22 * sunday) / 451;
    plus(date(year, 3, 22), moon + sunday - 7 * late)
}

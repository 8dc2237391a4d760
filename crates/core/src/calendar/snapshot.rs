//! A snapshot of the calendar: rules, overrides, tables, version. Built whole, never changed, shared freely.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::overrides::{Override, Reach, check_overrides, overrides_from_toml, years};
use super::rules::{Holiday, national};
use super::table::{Days, Difference, Table, index, is_weekend};
use super::{CalendarError, Scope};
use crate::territory::CommuneCode;

/// On which business day after sending a notice through the DDU counts as made (`ddu.dia_hecho`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum DduDay {
    /// The third (DS 4/2020 art. 27, Ley 21.806).
    #[default]
    Third,
    /// The fourth: the reading "once three days have passed".
    Fourth,
}

/// How the half of an odd number rounds under urgency (LBPA 63).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Rounding {
    /// Up, which favours the person.
    #[default]
    Up,
    /// Down, never below one.
    Down,
}

/// Readings of the law that a court could still settle otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Policy {
    /// Day on which an electronic notice is made.
    pub ddu_day: DduDay,
    /// Rounding under urgency.
    pub urgency: Rounding,
}

/// How far an answer can be trusted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Confidence {
    /// Within 2000–2075, where the rules are those of the law.
    #[serde(rename = "exacta")]
    Exact,
    /// Before, when other laws ruled, or after, when the solstice is a guess.
    #[serde(rename = "aproximada")]
    Approximate,
}

/// Chile's calendar at one version. All arithmetic hangs from it.
#[derive(Debug)]
pub struct Calendar {
    version: Arc<str>,
    hash: String,
    policy: Policy,
    overrides: Vec<Override>,
    table: Table,
    places: HashMap<CommuneCode, Arc<Difference>>,
}

/// The overrides that the platform ships with.
const SHIPPED: &str = include_str!("../../data/holidays/overrides.toml");

static SHIPPED_CALENDAR: LazyLock<Arc<Calendar>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "our own file, compiled in; every test reads it")]
    let overrides = overrides_from_toml(SHIPPED).expect("the shipped overrides");
    #[expect(clippy::expect_used, reason = "checked one line above")]
    let calendar = Calendar::new("base", Policy::default(), overrides).expect("overrides without clashes");
    Arc::new(calendar)
});

impl Calendar {
    /// A snapshot with these overrides. `version` names it in every deadline computed with it.
    ///
    /// # Errors
    /// [`CalendarError::Clash`] when two overrides contradict each other.
    pub fn new(version: &str, policy: Policy, overrides: Vec<Override>) -> Result<Self, CalendarError> {
        check_overrides(&overrides)?;
        let holidays = stopping_days(&overrides, Scope::NATIONAL);
        let table = Table::new(&holidays);
        let places = differences(&overrides, &holidays);
        let hash = content_hash(&overrides);
        Ok(Self { version: version.into(), hash, policy, overrides, table, places })
    }

    /// The rules with the overrides that the platform ships with (version `base`).
    #[must_use]
    pub fn shipped() -> Arc<Self> {
        SHIPPED_CALENDAR.clone()
    }

    /// The text of the shipped overrides, in TOML.
    #[must_use]
    pub const fn shipped_overrides() -> &'static str {
        SHIPPED
    }

    /// Names this snapshot; the same version always gives the same answers.
    #[must_use]
    pub fn version(&self) -> &Arc<str> {
        &self.version
    }

    /// SHA-256 of the override table, in hex, whatever the order of its lines.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The readings of the law in force.
    #[must_use]
    pub const fn policy(&self) -> Policy {
        self.policy
    }

    /// The override table behind it.
    #[must_use]
    pub fn overrides(&self) -> &[Override] {
        &self.overrides
    }

    /// How far a date can be trusted.
    #[must_use]
    pub fn confidence(&self, day: Date) -> Confidence {
        if (2000..=2075).contains(&day.year()) { Confidence::Exact } else { Confidence::Approximate }
    }

    /// The holidays of a year that apply in a scope, of every class, by date.
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] outside 1900–2099.
    pub fn holidays(&self, year: i16, scope: Scope) -> Result<Vec<Holiday>, CalendarError> {
        if !years().contains(&year) {
            return Err(CalendarError::OutOfRange);
        }
        Ok(holidays(&self.overrides, year, |reach| reach.covers(scope)))
    }

    /// The holidays of a year in every place, each with where it applies, by date.
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] outside 1900–2099.
    pub fn holidays_everywhere(&self, year: i16) -> Result<Vec<Holiday>, CalendarError> {
        if !years().contains(&year) {
            return Err(CalendarError::OutOfRange);
        }
        let mut days = holidays(&self.overrides, year, |reach| *reach == Reach::National);
        let local = self.overrides.iter().filter(|o| o.reach != Reach::National);
        days.extend(local.filter_map(|o| o.added(year).map(|day| o.holiday(day))));
        days.sort_by_key(|h| h.date);
        Ok(days)
    }

    /// Whether terms run on this day: not Saturday, Sunday or holiday (LBPA 25).
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] outside 1900–2099.
    pub fn is_business_day(&self, day: Date, scope: Scope) -> Result<bool, CalendarError> {
        self.days(scope).is_business(day)
    }

    /// The n-th business day after `day`, which is day zero and never counts.
    ///
    /// # Errors
    /// [`CalendarError::Count`] for `n` outside 1…3,650, [`CalendarError::OutOfRange`] past the calendar.
    pub fn add_business_days(&self, day: Date, n: u16, scope: Scope) -> Result<Date, CalendarError> {
        check_count(n)?;
        self.days(scope).add(day, n)
    }

    /// How many business days there are in `(a, b]`; negative when `b` comes first.
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] outside 1900–2099.
    pub fn business_days_between(&self, a: Date, b: Date, scope: Scope) -> Result<i32, CalendarError> {
        self.days(scope).between(a, b)
    }

    /// The day itself when it is a business day, else the next one (LBPA 25).
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] outside 1900–2099.
    pub fn roll_forward(&self, day: Date, scope: Scope) -> Result<Date, CalendarError> {
        self.days(scope).roll(day)
    }

    pub(super) fn days(&self, scope: Scope) -> Days<'_> {
        let difference = scope.commune.and_then(|c| self.places.get(&c)).map(Arc::as_ref);
        Days { table: &self.table, difference }
    }
}

/// SHA-256 of the overrides as a set: the order in which they were written doesn't count.
fn content_hash(overrides: &[Override]) -> String {
    let mut lines: Vec<String> = overrides.iter().filter_map(|o| crate::json::canonical(o).ok()).collect();
    lines.sort_unstable();
    crate::json::sha256_hex(lines.join("\n").as_bytes())
}

/// Refuses a count outside 1…3,650.
pub(super) fn check_count(n: u16) -> Result<(), CalendarError> {
    if (1..=3650).contains(&n) { Ok(()) } else { Err(CalendarError::Count) }
}

/// Rules and overrides of one year, for the reaches that `covers` accepts.
fn holidays(overrides: &[Override], year: i16, covers: impl Fn(&Reach) -> bool) -> Vec<Holiday> {
    let here: Vec<&Override> = overrides.iter().filter(|o| covers(&o.reach)).collect();
    let removed: Vec<Date> = here.iter().filter_map(|o| o.removed(year)).collect();
    let mut days = national(year);
    days.extend(here.iter().filter_map(|o| o.added(year).map(|day| o.holiday(day))));
    days.retain(|h| !removed.contains(&h.date));
    days.sort_by_key(|h| h.date);
    days
}

/// The weekdays of all years on which terms don't run, as indexes in order.
fn stopping_days(overrides: &[Override], scope: Scope) -> Vec<usize> {
    let all = years().flat_map(|year| holidays(overrides, year, |reach| reach.covers(scope)));
    let stopping = all.filter(|h| h.stops_terms() && !is_weekend(h.date));
    let mut days: Vec<usize> = stopping.filter_map(|h| index(h.date).ok()).collect();
    days.dedup();
    days
}

/// For each commune with holidays of its own, where it differs. Communes with the same overrides share one table.
fn differences(overrides: &[Override], country: &[usize]) -> HashMap<CommuneCode, Arc<Difference>> {
    let mut groups: BTreeMap<Vec<usize>, Vec<CommuneCode>> = BTreeMap::new();
    for commune in crate::territory::communes() {
        let scope = Scope::commune(commune.code);
        let own =
            |(i, o): (usize, &Override)| (o.reach != Reach::National && o.reach.covers(scope)).then_some(i);
        let key: Vec<usize> = overrides.iter().enumerate().filter_map(own).collect();
        if !key.is_empty() {
            groups.entry(key).or_default().push(commune.code);
        }
    }
    let mut places = HashMap::new();
    for communes in groups.into_values() {
        let here = stopping_days(overrides, Scope::commune(communes[0]));
        let difference = Arc::new(difference(country, &here));
        if !difference.is_empty() {
            places.extend(communes.into_iter().map(|c| (c, difference.clone())));
        }
    }
    places
}

fn difference(country: &[usize], here: &[usize]) -> Difference {
    let works = country.iter().filter(|d| here.binary_search(d).is_err()).map(|d| (*d, true));
    let rests = here.iter().filter(|d| country.binary_search(d).is_err()).map(|d| (*d, false));
    let mut days: Vec<(usize, bool)> = works.chain(rests).collect();
    days.sort_unstable();
    Difference::new(days.into_iter())
}

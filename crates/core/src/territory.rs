//! Chile's official territory (CUT, Decreto 1115/2018): 16 regions, 56 provinces, 346 communes.
//!
//! A place is stored as a commune code; province and region are derived from it (CUT-02).

mod aliases;
mod code;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use code::{CommuneCode, ProvinceCode, RegionCode, UnknownPlace};

/// A region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Region {
    /// Two digits.
    pub code: RegionCode,
    /// `Región de Valparaíso`.
    pub name: &'static str,
    /// `Valparaíso`.
    pub short_name: &'static str,
    /// `VALPO`, as the official list abbreviates it.
    pub abbreviation: &'static str,
    /// ISO 3166-2, `CL-VS`.
    pub iso: &'static str,
}

/// A province.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Province {
    /// Three digits; the first two are its region's.
    pub code: ProvinceCode,
    /// Its name.
    pub name: &'static str,
}

/// A commune.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Commune {
    /// Five digits; the first three are its province's.
    pub code: CommuneCode,
    /// Its name. No two communes share one.
    pub name: &'static str,
}

const REGIONS: &str = include_str!("../data/cut/regions.csv");
const PROVINCES: &str = include_str!("../data/cut/provinces.csv");
const COMMUNES: &str = include_str!("../data/cut/communes.csv");

/// Region numbers follow history, not the map: this is the order to show them in.
const NORTH_TO_SOUTH: [u8; 16] = [15, 1, 2, 3, 4, 5, 13, 6, 7, 16, 8, 9, 14, 10, 11, 12];

struct Territory {
    regions: Vec<Region>,
    provinces: Vec<Province>,
    communes: Vec<Commune>,
    by_name: HashMap<String, CommuneCode>,
}

static TERRITORY: LazyLock<Territory> = LazyLock::new(|| {
    let mut regions: Vec<Region> = rows(REGIONS, |[id, name, short_name, abbreviation, iso]| Region {
        code: RegionCode::unchecked(id),
        name,
        short_name,
        abbreviation,
        iso,
    });
    let mut provinces: Vec<Province> =
        rows(PROVINCES, |[id, name, _]| Province { code: ProvinceCode::unchecked(id), name });
    let mut communes: Vec<Commune> =
        rows(COMMUNES, |[id, name, _]| Commune { code: CommuneCode::unchecked(id), name });
    regions.sort_by_key(|r| r.code);
    provinces.sort_by_key(|p| p.code);
    communes.sort_by_key(|c| c.code);
    let official = communes.iter().map(|c| (aliases::key(c.name), c.code));
    let others = aliases::SPELLINGS.iter().map(|(name, id)| (aliases::key(name), CommuneCode::unchecked(id)));
    let by_name = official.chain(others).collect();
    Territory { regions, provinces, communes, by_name }
});

/// The rows of one of our CSV files, whose shape a test guarantees.
fn rows<const N: usize, T>(csv: &'static str, make: impl Fn([&'static str; N]) -> T) -> Vec<T> {
    let cells = |line: &'static str| <[&str; N]>::try_from(line.split(',').collect::<Vec<_>>()).ok();
    csv.lines().skip(1).filter_map(cells).map(make).collect()
}

/// All regions, from north to south.
pub fn regions() -> impl Iterator<Item = &'static Region> {
    NORTH_TO_SOUTH.iter().map(|n| &TERRITORY.regions[usize::from(*n) - 1])
}

/// All provinces, by code.
#[must_use]
pub fn provinces() -> &'static [Province] {
    &TERRITORY.provinces
}

/// All communes, by code.
#[must_use]
pub fn communes() -> &'static [Commune] {
    &TERRITORY.communes
}

/// The provinces of a region, by code.
pub fn provinces_of(region: RegionCode) -> impl Iterator<Item = &'static Province> {
    provinces().iter().filter(move |p| p.code.region() == region)
}

/// The communes of a region, by code.
pub fn communes_of(region: RegionCode) -> impl Iterator<Item = &'static Commune> {
    communes().iter().filter(move |c| c.code.region() == region)
}

/// The communes of a province, by code.
pub fn communes_of_province(province: ProvinceCode) -> impl Iterator<Item = &'static Commune> {
    communes().iter().filter(move |c| c.code.province() == province)
}

/// A commune by its name, in any case, with or without accents and punctuation, or by a usual other spelling.
#[must_use]
pub fn commune_named(name: &str) -> Option<CommuneCode> {
    TERRITORY.by_name.get(&aliases::key(name)).copied()
}

/// A commune as old data sets carry it: its code, its code before the Ñuble region, or its name.
///
/// For imports only; what we write is always today's code.
#[must_use]
pub fn import_commune(text: &str) -> Option<CommuneCode> {
    let text = text.trim();
    let before_nuble = || text.parse().ok().and_then(aliases::before_nuble);
    text.parse().ok().or_else(before_nuble).or_else(|| commune_named(text))
}

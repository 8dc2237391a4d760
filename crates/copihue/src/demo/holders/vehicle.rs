//! The sample register of vehicles: 12,000 that follow from their plates alone, and nine with a story.
//!
//! Nothing is stored: each vehicle is computed from its plate, so every run of the demo knows the same ones.

use copihue_core::{Run, json};

/// Letters that Chilean plates of four letters use.
const LETTERS: &[u8; 18] = b"BCDFGHJKLPRSTVWXYZ";
/// How many vehicles are generated beside the ones with a story.
pub(super) const GENERATED: usize = 12_000;

/// Why a sample vehicle is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Story {
    /// Everything in order.
    InOrder,
    /// The technical inspection has expired.
    InspectionExpired,
    /// Two unpaid fines.
    UnpaidFines,
    /// A plug-in car made in 2023: part of the tax only.
    Electric,
    /// The insurance ends before 31 March.
    InsuranceTooShort,
    /// Reported as stolen.
    Stolen,
    /// Not in the list of valuations.
    NotValued,
}

/// Plates with a story.
const STORIES: &[(&str, Story, u32)] = &[
    ("BBCD12", Story::InOrder, 44_444_444),
    ("DDFF20", Story::InOrder, 55_555_555),
    ("FGHJ34", Story::InspectionExpired, 44_444_444),
    ("KLPR56", Story::UnpaidFines, 44_444_444),
    ("RSTV78", Story::Electric, 55_555_555),
    ("CCDD10", Story::InsuranceTooShort, 44_444_444),
    ("HHJJ30", Story::Stolen, 88_888_888),
    ("LLKK40", Story::NotValued, 55_555_555),
];

/// Makes, models and what a new one costs, in thousands of pesos.
const MODELS: &[(&str, &str, &str, i64)] = &[
    ("Suzuki", "Swift", "automovil", 10_490),
    ("Chevrolet", "Sail", "automovil", 8_990),
    ("Hyundai", "Accent", "automovil", 10_990),
    ("Kia", "Morning", "automovil", 8_490),
    ("Toyota", "Yaris", "automovil", 11_490),
    ("Nissan", "Versa", "automovil", 11_190),
    ("Toyota", "RAV4", "station_wagon", 23_990),
    ("Subaru", "Forester", "station_wagon", 24_990),
    ("Mitsubishi", "L200", "camioneta", 21_990),
    ("Toyota", "Hilux", "camioneta", 26_990),
    ("Mazda", "CX-5", "station_wagon", 22_490),
    ("Peugeot", "208", "automovil", 12_990),
    ("BYD", "Dolphin", "automovil", 18_990),
];
/// The place of the electric one, the last.
const ELECTRIC: usize = MODELS.len() - 1;
const COLOURS: &[&str] = &["blanco", "gris plata", "negro", "rojo", "azul", "verde", "gris grafito"];
const NAMES: &[&str] =
    &["Elena", "Tomás", "Rosa", "Joaquín", "Marta", "Benjamín", "Isabel", "Vicente", "Amanda", "Diego"];
const SURNAMES: &[&str] =
    &["Soto", "Muñoz", "Rojas", "Díaz", "Contreras", "Sepúlveda", "Araya", "Núñez", "Vera", "Mamani"];

/// One vehicle, before any holder tells its part.
#[derive(Clone, Debug)]
pub(super) struct Vehicle {
    pub(super) plate: String,
    pub(super) story: Story,
    pub(super) make: &'static str,
    pub(super) model: &'static str,
    pub(super) kind: &'static str,
    pub(super) year: i64,
    pub(super) colour: &'static str,
    pub(super) fuel: &'static str,
    pub(super) owner: Run,
    pub(super) owner_name: String,
    /// Its place in the list of models.
    pub(super) model_number: usize,
    /// Bytes that the holders take folios and policies from.
    pub(super) seed: [u8; 32],
}

impl Vehicle {
    /// The vehicle of a plate, when the register knows it. `this_year` ages it.
    pub(super) fn of_plate(plate: &str, this_year: i64) -> Option<Self> {
        let (story, owner) = match STORIES.iter().find(|(p, ..)| *p == plate) {
            Some((_, story, owner)) => (*story, Some(*owner)),
            None => (Story::InOrder, index_of(plate).filter(|i| *i < GENERATED).map(|_| None)?),
        };
        let seed = json::sha256(plate.as_bytes());
        let model_number = match story {
            Story::Electric => ELECTRIC,
            _ => usize::from(seed[0]) % ELECTRIC,
        };
        let (make, model, kind, _) = MODELS[model_number];
        let age = if story == Story::Electric { this_year - 2023 } else { 1 + i64::from(seed[1] % 15) };
        let owner = Run::from_number(owner.unwrap_or_else(|| owner_number(&seed)))?;
        Some(Self {
            plate: plate.to_owned(),
            story,
            make,
            model,
            kind,
            year: this_year - age,
            colour: COLOURS[usize::from(seed[2]) % COLOURS.len()],
            fuel: if story == Story::Electric {
                "electrico"
            } else {
                ["gasolina", "diesel"][usize::from(seed[3].is_multiple_of(4))]
            },
            owner,
            owner_name: owner_name(owner, &seed),
            model_number,
            seed,
        })
    }

    /// A number of `digits` digits that follows from the plate and `part`.
    pub(super) fn number(&self, part: u8, digits: u32) -> u64 {
        let at = usize::from(part) % 24;
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.seed[at..at + 8]);
        u64::from_be_bytes(bytes) % 10u64.pow(digits)
    }

    /// The tax service's code of make, model and year: two letters and seven digits.
    pub(super) fn sii_code(&self) -> Option<String> {
        let letters = self.make[..2].to_ascii_uppercase();
        (self.story != Story::NotValued).then(|| format!("{letters}{:03}{:04}", self.model_number, self.year))
    }
}

/// The list of valuations: pesos for a code in a year. `None` when the list lacks it.
pub(super) fn valuation(sii_code: &str, year: i64) -> Option<i64> {
    let (letters, number) = (sii_code.get(..2)?, sii_code.get(2..5)?);
    let (make, _, _, price) = MODELS.get(number.parse::<usize>().ok()?)?;
    let made: i64 = sii_code.get(5..)?.parse().ok()?;
    let age = (year - made).clamp(0, 14);
    make[..2].eq_ignore_ascii_case(letters).then_some(price * 1000 * (100 - 6 * age) / 100 / 10_000 * 10_000)
}

/// The place of a plate such as `BBBB00` in the generated register.
fn index_of(plate: &str) -> Option<usize> {
    let bytes: &[u8; 6] = plate.as_bytes().try_into().ok()?;
    let mut letters = 0;
    for b in &bytes[..4] {
        letters = letters * LETTERS.len() + LETTERS.iter().position(|l| l == b)?;
    }
    let digits: usize = plate.get(4..)?.parse().ok()?;
    Some(letters * 100 + digits)
}

/// The plate at a place of the generated register.
#[cfg(test)]
fn plate_at(index: usize) -> String {
    let (mut letters, digits) = (index / 100, index % 100);
    let mut text = [b'B'; 4];
    for slot in text.iter_mut().rev() {
        *slot = LETTERS[letters % LETTERS.len()];
        letters /= LETTERS.len();
    }
    format!("{}{digits:02}", String::from_utf8_lossy(&text))
}

fn owner_number(seed: &[u8; 32]) -> u32 {
    let n = u32::from_be_bytes([seed[4], seed[5], seed[6], seed[7]]);
    // Far above the numbers of living people, so that no real person owns a sample car.
    46_000_000 + n % 3_000_000
}

fn owner_name(owner: Run, seed: &[u8; 32]) -> String {
    match owner.number() {
        44_444_444 => "María Carmen De los Ángeles Del Río González".to_owned(),
        55_555_555 => "José Ignacio Huenchumán Ojeda".to_owned(),
        88_888_888 => "Ana María Tapia Quispe".to_owned(),
        _ => {
            let pick = |list: &[&'static str], n: usize| list[usize::from(seed[n]) % list.len()];
            format!("{} {} {}", pick(NAMES, 8), pick(SURNAMES, 9), pick(SURNAMES, 10))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register_knows_over_ten_thousand_vehicles_and_always_the_same() {
        let known = (0..GENERATED + 500).filter(|i| Vehicle::of_plate(&plate_at(*i), 2026).is_some()).count();
        assert!(known >= GENERATED, "{known}");
        assert!(Vehicle::of_plate("ZZZZ99", 2026).is_none());
        assert!(Vehicle::of_plate("ñandu", 2026).is_none());
        let (a, b) = (Vehicle::of_plate("BBCD12", 2026).unwrap(), Vehicle::of_plate("BBCD12", 2026).unwrap());
        assert_eq!(a.seed, b.seed);
        assert!(valuation(&a.sii_code().unwrap(), 2026).unwrap() > 0);
        assert!(valuation("XX0012020", 2026).is_none());
    }
}

//! Which registers there are, and what an item of each must look like.

use copihue_core::territory::{CommuneCode, RegionCode};
use copihue_core::{Error, Result, Run};
use copihue_directory::model::institution::check_code;
use copihue_ledger::Register;
use jiff::civil::Date;

use super::item::{Datum, Item, one};

/// The field that says since which day a record no longer holds. Every register may carry it.
pub const END: &str = "fin";

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A text of so many characters.
    Text(usize),
    /// `2026-09-18`.
    Date,
    /// One of these.
    Choice(&'static [&'static str]),
    /// A region's code.
    Region,
    /// A province's code.
    Province,
    /// A commune's code.
    Commune,
    /// An institution's code.
    Institution,
    /// `12345678-5`.
    Run,
    /// Letters, digits, `-`, `_` and `.`: part of an address.
    Code,
}

/// How many values a field has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Many {
    /// Exactly one.
    One,
    /// One or none.
    Optional,
    /// A set, which may be empty.
    Set,
}

/// A field of a register's items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name in items.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// How many values.
    pub many: Many,
}

/// Who may propose entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Edits {
    /// The custodian's officials, two at a time.
    Custodian,
    /// Nobody: it changes with the decree that the program carries.
    Decree,
}

/// A register.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Which.
    pub register: Register,
    /// The field that is the key.
    pub key: &'static str,
    /// Every field but [`END`], in the order of CSV.
    pub fields: &'static [Field],
    /// Who may propose entries.
    pub edits: Edits,
}

const fn field(name: &'static str, kind: Kind, many: Many) -> Field {
    Field { name, kind, many }
}

use Many::{One, Optional, Set};

const REGIONS: Definition = Definition {
    register: Register::Regions,
    key: "region",
    fields: &[
        field("region", Kind::Region, One),
        field("nombre", Kind::Text(120), One),
        field("nombre_corto", Kind::Text(60), One),
        field("abreviatura", Kind::Text(12), One),
        field("iso", Kind::Text(8), One),
    ],
    edits: Edits::Decree,
};

const PROVINCES: Definition = Definition {
    register: Register::Provinces,
    key: "provincia",
    fields: &[
        field("provincia", Kind::Province, One),
        field("nombre", Kind::Text(120), One),
        field("region", Kind::Region, One),
    ],
    edits: Edits::Decree,
};

const COMMUNES: Definition = Definition {
    register: Register::Communes,
    key: "comuna",
    fields: &[
        field("comuna", Kind::Commune, One),
        field("nombre", Kind::Text(120), One),
        field("provincia", Kind::Province, One),
        field("region", Kind::Region, One),
    ],
    edits: Edits::Decree,
};

/// Kinds of institution, as the directory writes them.
pub const INSTITUTION_KINDS: &[&str] =
    &["ministerio", "subsecretaria", "servicio", "municipalidad", "gobierno_regional", "privado", "otro"];

const INSTITUTIONS: Definition = Definition {
    register: Register::Institutions,
    key: "institucion",
    fields: &[
        field("institucion", Kind::Institution, One),
        field("nombre", Kind::Text(250), One),
        field("sigla", Kind::Text(40), One),
        field("tipo", Kind::Choice(INSTITUTION_KINDS), One),
        field("rut", Kind::Run, Optional),
        field("comuna", Kind::Commune, Optional),
        field("superior", Kind::Institution, Optional),
    ],
    edits: Edits::Custodian,
};

/// Classes of holiday, as the calendar writes them.
pub const HOLIDAY_CLASSES: &[&str] = &["nacional", "regional", "comunal", "eleccion", "bancario", "unico"];
/// Yes and no.
pub const YES_NO: &[&str] = &["si", "no"];

const HOLIDAYS: Definition = Definition {
    register: Register::Holidays,
    key: "feriado",
    fields: &[
        field("feriado", Kind::Code, One),
        field("fecha", Kind::Date, One),
        field("nombre", Kind::Text(120), One),
        field("clase", Kind::Choice(HOLIDAY_CLASSES), One),
        field("tipo", Kind::Choice(&["civil", "religioso"]), One),
        field("irrenunciable", Kind::Choice(YES_NO), One),
        field("leyes", Kind::Text(120), Set),
        field("regiones", Kind::Region, Set),
        field("comunas", Kind::Commune, Set),
    ],
    edits: Edits::Custodian,
};

const PROCEDURES: Definition = Definition {
    register: Register::Procedures,
    key: "tramite",
    fields: &[
        field("tramite", Kind::Code, One),
        field("nombre", Kind::Text(250), One),
        field("codigo", Kind::Text(60), Optional),
        field("resumen", Kind::Text(500), Optional),
        field("version", Kind::Text(12), Optional),
        field("instituciones", Kind::Institution, Set),
    ],
    edits: Edits::Custodian,
};

impl Definition {
    /// The definition of a register.
    #[must_use]
    pub const fn of(register: Register) -> &'static Self {
        match register {
            Register::Regions => &REGIONS,
            Register::Provinces => &PROVINCES,
            Register::Communes => &COMMUNES,
            Register::Institutions => &INSTITUTIONS,
            Register::Holidays => &HOLIDAYS,
            Register::Procedures => &PROCEDURES,
        }
    }

    /// Every field's name, in the order of CSV; [`END`] comes last.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.fields.iter().map(|field| field.name).chain([END])
    }

    /// The item with its key in place: a holiday's key follows from its day and where it holds, every other one is
    /// given.
    ///
    /// # Errors
    /// `item_invalido`, for each field what to mend.
    pub fn keyed(&self, item: &Item) -> Result<(String, Item)> {
        let item = match self.register {
            Register::Holidays => item.with(self.key, one(holiday_key(item)))?,
            _ => item.clone(),
        };
        self.check(&item)?;
        Ok((item.text(self.key), item))
    }

    /// Checks every field.
    ///
    /// # Errors
    /// `item_invalido`, for each field what to mend.
    pub fn check(&self, item: &Item) -> Result<()> {
        let mut faults: Vec<(String, &'static str)> = Vec::new();
        for field in self.fields {
            let fault = match item.fields().get(field.name) {
                None if field.many == One => Some("Falta este dato."),
                None => None,
                Some(datum) => field.fault(datum),
            };
            faults.extend(fault.map(|message| (field.name.to_owned(), message)));
        }
        if item.fields().get(END).is_some_and(|datum| Kind::Date.fault(&datum.joined()).is_some()) {
            faults.push((END.to_owned(), DATE));
        }
        let unknown = item.fields().keys().find(|name| !self.names().any(|known| known == name.as_str()));
        faults.extend(unknown.map(|name| (name.clone(), "El registro no tiene este campo.")));
        if faults.is_empty() {
            return Ok(());
        }
        let error = Error::invalid("item_invalido", "Revise los datos del registro.");
        Err(faults.into_iter().fold(error, |error, (name, message)| error.field(name, message)))
    }
}

/// Whether a record no longer holds on a day.
#[must_use]
pub fn ended(item: &Item, on: Date) -> bool {
    item.text(END).parse::<Date>().is_ok_and(|end| end <= on)
}

/// `2026-09-18`, or `2026-06-07-15` for one that holds in the region of Arica only.
fn holiday_key(item: &Item) -> String {
    let places = ["regiones", "comunas"].into_iter().filter_map(|name| item.fields().get(name));
    let parts: Vec<&str> = places.flat_map(Datum::texts).collect();
    let mut key = item.text("fecha");
    // A long list of places is named by its hash: a key is part of an address.
    let places = parts.join("-");
    if places.len() > 40 {
        key.push('-');
        key.push_str(&copihue_core::json::sha256_hex(places.as_bytes())[..16]);
    } else if !places.is_empty() {
        key.push('-');
        key.push_str(&places);
    }
    key
}

const DATE: &str = "Escriba una fecha como 2026-09-18.";

impl Field {
    fn fault(&self, datum: &Datum) -> Option<&'static str> {
        match (self.many, datum) {
            (Set, Datum::One(_)) => Some("Debe ser una lista."),
            (One | Optional, Datum::Many(_)) => Some("Debe ser un solo valor."),
            _ => datum.texts().find_map(|text| self.kind.fault(text)),
        }
    }
}

impl Kind {
    fn fault(self, text: &str) -> Option<&'static str> {
        let (good, message) = match self {
            Self::Text(max) => (text.chars().count() <= max, "El texto es demasiado largo."),
            Self::Date => (text.len() == 10 && text.parse::<Date>().is_ok(), DATE),
            Self::Choice(options) => (options.contains(&text), "Elija un valor de la lista."),
            Self::Region => (
                text.len() == 2 && text.parse::<RegionCode>().is_ok(),
                "Escriba el código de una región, como 05.",
            ),
            Self::Province => (
                text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit()),
                "Escriba el código de una provincia, como 051.",
            ),
            Self::Commune => (
                text.len() == 5 && text.parse::<CommuneCode>().is_ok(),
                "Escriba el código de una comuna, como 05109.",
            ),
            Self::Institution => (check_code(text).is_ok(), "Escriba un código como PE-MUN-00345."),
            Self::Run => (
                text.parse::<Run>().is_ok_and(|run| run.compact() == text),
                "Escriba un RUT como 69072100-4, sin puntos.",
            ),
            Self::Code => (is_code(text), "Use letras sin tilde, números, guiones y puntos."),
        };
        (!good).then_some(message)
    }
}

/// Whether a text can be part of an address as it is.
#[must_use]
pub fn is_code(text: &str) -> bool {
    (1..=80).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::super::item::many;
    use super::*;

    fn holiday(regions: &[&str]) -> Item {
        Item::new([
            ("fecha", one("2027-06-07")),
            ("nombre", one("Asalto y Toma del Morro de Arica")),
            ("clase", one("regional")),
            ("tipo", one("civil")),
            ("irrenunciable", one("no")),
            ("leyes", many(["Ley 20.663"])),
            ("regiones", many(regions.iter().copied())),
        ])
        .unwrap()
    }

    #[test]
    fn led_12_a_holiday_is_named_by_its_day_and_where_it_holds() {
        let holidays = Definition::of(Register::Holidays);
        assert_eq!(holidays.keyed(&holiday(&["15"])).unwrap().0, "2027-06-07-15");
        assert_eq!(holidays.keyed(&holiday(&[])).unwrap().0, "2027-06-07");
        let all: Vec<String> = copihue_core::territory::regions().map(|r| r.code.to_string()).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let (key, item) = holidays.keyed(&holiday(&all)).unwrap();
        assert!(key.len() <= 40 && is_code(&key), "{key}");
        assert_eq!(item.text("feriado"), key);
    }

    #[test]
    fn led_12_what_does_not_fit_the_register_is_refused_field_by_field() {
        let item = Item::new([
            ("institucion", one("PE-MUN-345")),
            ("nombre", one("Municipalidad de Prueba")),
            ("tipo", one("reino")),
            ("comuna", many(["13201"])),
            ("color", one("azul")),
            ("fin", one("ayer")),
        ])
        .unwrap();
        let error = Definition::of(Register::Institutions).keyed(&item).unwrap_err();
        let fields: Vec<&str> = error.fields().iter().map(|f| f.pointer.as_str()).collect();
        assert_eq!(fields, ["institucion", "sigla", "tipo", "comuna", "fin", "color"]);
        assert!(ended(&Item::new([("fin", one("2026-01-01"))]).unwrap(), "2026-01-01".parse().unwrap()));
    }
}

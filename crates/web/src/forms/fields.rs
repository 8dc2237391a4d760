//! Parsing a form into types, at the edge.

use std::ops::RangeInclusive;

use copihue_core::{Clp, FieldError, Run, RunError};
use jiff::civil::Date;

use super::{FileKind, FormData, FormState, Upload};
use crate::format;
use crate::locale::{t, ta};

/// Reads the fields of a form one by one; each gives its value or notes an error in Spanish.
///
/// ```
/// use copihue_web::{FormData, FormState, Fields};
/// fn read(form: &FormData) -> Result<(copihue_core::Run, String), FormState> {
///     let mut f = Fields::new(form);
///     let run = f.run("run");
///     let name = f.ask("Ingrese su nombre").text("name", 1..=80);
///     f.done((run, name))
/// }
/// assert!(read(&FormData::of(&[("run", "12.345.678-5"), ("name", "Ana")])).is_ok());
/// let state = read(&FormData::of(&[("run", "12.345.678-9")])).unwrap_err();
/// assert_eq!(state.error("name"), Some("Ingrese su nombre"));
/// ```
pub struct Fields<'a> {
    form: &'a FormData,
    errors: Vec<FieldError>,
    ask: Option<String>,
}

impl<'a> Fields<'a> {
    /// Over what was sent.
    #[must_use]
    pub fn new(form: &'a FormData) -> Self {
        Self { form, errors: Vec::new(), ask: None }
    }

    /// What the next field says when it is empty: «Ingrese su correo, por ejemplo nombre@ejemplo.cl».
    pub fn ask(&mut self, message: impl Into<String>) -> &mut Self {
        self.ask = Some(message.into());
        self
    }

    /// Notes an error for a field: for rules that look at several.
    pub fn error(&mut self, name: &str, message: impl Into<String>) {
        self.errors.push(FieldError { pointer: name.to_owned(), message: message.into() });
    }

    fn missing<T>(&mut self, name: &str, otherwise: &str) -> Option<T> {
        let message = self.ask.take().unwrap_or_else(|| t(otherwise).to_owned());
        self.error(name, message);
        None
    }

    fn wrong<T>(&mut self, name: &str, message: impl Into<String>) -> Option<T> {
        self.ask = None;
        self.error(name, message);
        None
    }

    fn found<T>(&mut self, value: T) -> Option<T> {
        self.ask = None;
        Some(value)
    }

    /// A text of so many characters. A range from 0 makes it optional (and gives an empty text).
    pub fn text(&mut self, name: &str, length: RangeInclusive<usize>) -> Option<String> {
        let value = self.form.value(name).unwrap_or_default().to_owned();
        let chars = value.chars().count();
        if chars == 0 && *length.start() > 0 {
            return self.missing(name, "web-form-missing");
        }
        if chars > 0 && chars < *length.start() {
            return self.wrong(name, ta("web-form-too-short", &crate::args! {"n" => *length.start()}));
        }
        if chars > *length.end() {
            let args =
                crate::args! {"max" => format::number(*length.end() as i64), "n" => chars - length.end()};
            return self.wrong(name, ta("web-form-too-long", &args));
        }
        self.found(value)
    }

    /// A RUN in any usual writing.
    pub fn run(&mut self, name: &str) -> Option<Run> {
        let value = self.form.value(name).unwrap_or_default();
        if value.is_empty() {
            return self.missing(name, "web-form-run-missing");
        }
        match value.parse() {
            Ok(run) => self.found(run),
            Err(RunError::CheckDigit) => self.wrong(name, t("web-form-run-digit")),
            Err(RunError::Shape) => self.wrong(name, t("web-form-run-missing")),
        }
    }

    /// A mail address: something, an `@`, and a domain with a dot.
    pub fn email(&mut self, name: &str) -> Option<String> {
        let value = self.form.value(name).unwrap_or_default().to_owned();
        if value.is_empty() {
            return self.missing(name, "web-form-email");
        }
        if looks_like_email(&value) { self.found(value) } else { self.wrong(name, t("web-form-email")) }
    }

    /// Pesos: `45.230`, `$45.230`, `45230`; from 0 to `max`.
    pub fn money(&mut self, name: &str, max: Clp) -> Option<Clp> {
        let value = self.form.value(name).unwrap_or_default();
        if value.is_empty() {
            return self.missing(name, "web-form-money");
        }
        match parse_pesos(value) {
            Some(amount) if amount <= max => self.found(amount),
            Some(_) => self.wrong(name, ta("web-form-money-max", &crate::args! {"max" => max.to_string()})),
            None => self.wrong(name, t("web-form-money")),
        }
    }

    /// A whole number within a range; dots between thousands may be there.
    pub fn integer(&mut self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.form.value(name).unwrap_or_default();
        if value.is_empty() {
            return self.missing(name, "web-form-missing");
        }
        match value.replace('.', "").parse::<i64>() {
            Ok(n) if range.contains(&n) => self.found(n),
            _ => {
                let args = crate::args! {"min" => format::number(*range.start()), "max" => format::number(*range.end())};
                self.wrong(name, ta("web-form-integer", &args))
            }
        }
    }

    /// A date from one field (`10-12-2026`, `10/12/26`, `2026-12-10`) or from the three of the date component.
    pub fn date(&mut self, name: &str) -> Option<Date> {
        let parts =
            ["dia", "mes", "ano"].map(|p| self.form.value(&format!("{name}-{p}")).unwrap_or_default());
        let text = match self.form.value(name) {
            Some(whole) => whole.to_owned(),
            None if parts.iter().all(|p| p.is_empty()) => String::new(),
            None => parts.join("-"),
        };
        if text.is_empty() {
            return self.missing(name, "web-form-date");
        }
        match parse_date(&text) {
            Some(date) => self.found(date),
            None => self.wrong(name, t("web-form-date-wrong")),
        }
    }

    /// One of the options offered.
    pub fn choice(&mut self, name: &str, options: &[&str]) -> Option<String> {
        let value = self.form.value(name).unwrap_or_default();
        match options.iter().find(|o| **o == value && !value.is_empty()) {
            Some(option) => self.found((*option).to_owned()),
            None => self.missing(name, "web-form-choice"),
        }
    }

    /// Any number of the options offered, at least `min`.
    pub fn choices(&mut self, name: &str, options: &[&str], min: usize) -> Option<Vec<String>> {
        let chosen: Vec<String> =
            self.form.values(name).filter(|v| options.contains(v)).map(str::to_owned).collect();
        if chosen.len() < min { self.missing(name, "web-form-choice") } else { self.found(chosen) }
    }

    /// «Sí» or «No» (`si`, `no`).
    pub fn yes_no(&mut self, name: &str) -> Option<bool> {
        match self.form.value(name) {
            Some("si") => self.found(true),
            Some("no") => self.found(false),
            _ => self.missing(name, "web-form-choice"),
        }
    }

    /// A declaration that must be ticked.
    pub fn declaration(&mut self, name: &str) -> Option<()> {
        match self.form.value(name) {
            Some("si") => self.found(()),
            _ => self.missing(name, "web-form-declaration"),
        }
    }

    /// A file whose content is of one of these kinds.
    pub fn file(&mut self, name: &str, kinds: &[FileKind]) -> Option<&'a Upload> {
        let Some(file) = self.form.file(name) else { return self.missing(name, "web-form-file") };
        if file.size == 0 {
            return self.wrong(name, t("web-form-file-empty"));
        }
        let allowed = file.kind.is_some_and(|k| kinds.contains(&k));
        if allowed && file.says_its_kind() {
            return self.found(file);
        }
        let names = kinds.iter().map(|k| k.label()).collect::<Vec<_>>().join(", ");
        self.wrong(name, ta("web-form-file-kind", &crate::args! {"kinds" => names}))
    }

    /// A file, whatever it holds: for who only reads it, and keeps nothing.
    pub fn any_file(&mut self, name: &str) -> Option<&'a Upload> {
        match self.form.file(name) {
            None => self.missing(name, "web-form-file"),
            Some(file) if file.size == 0 => self.wrong(name, t("web-form-file-empty")),
            Some(file) => self.found(file),
        }
    }

    /// The same as reading with `read`, but an empty field gives `Some(None)`.
    pub fn optional<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> Option<T>,
    ) -> Option<Option<T>> {
        let three = ["dia", "mes", "ano"].iter().any(|p| self.form.has(&format!("{name}-{p}")));
        let empty = !self.form.has(name) && !three && self.form.file(name).is_none();
        if empty { self.found(None) } else { read(self, name).map(Some) }
    }

    /// The values, or the form to show again with what was typed and all errors.
    ///
    /// # Errors
    /// When any field noted an error.
    pub fn done<P: Parsed>(self, values: P) -> Result<P::Values, FormState> {
        match values.all() {
            Some(values) if self.errors.is_empty() => Ok(values),
            _ => Err(FormState::failed(self.form.typed(), self.errors)),
        }
    }
}

fn looks_like_email(text: &str) -> bool {
    let Some((user, domain)) = text.rsplit_once('@') else { return false };
    let plain = |s: &str| {
        !s.is_empty()
            && !s.contains(|c: char| c.is_whitespace() || c.is_control() || "<>()[],;\"".contains(c))
    };
    text.len() <= 254
        && plain(user)
        && !user.contains('@')
        && plain(domain)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains("..")
}

fn parse_pesos(text: &str) -> Option<Clp> {
    let text = text.trim_start_matches('$').trim();
    let groups: Vec<&str> = text.split('.').collect();
    let grouped =
        groups.len() == 1 || ((1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|g| g.len() == 3));
    let digits = groups.concat();
    let plain = !digits.is_empty() && digits.len() <= 15 && digits.bytes().all(|b| b.is_ascii_digit());
    if grouped && plain { digits.parse().ok().map(Clp) } else { None }
}

/// Day first, or ISO; two-digit years are of this century up to 79.
fn parse_date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['-', '/', '.', ' ']).filter(|p| !p.is_empty() && *p != "de").collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let (day, month, year) = if a.len() == 4 { (c, b, a) } else { (a, b, c) };
    let short = year.len() == 2;
    let year: i16 = year.parse().ok()?;
    let year = match year {
        0..=79 if short => 2000 + year,
        80..=99 if short => 1900 + year,
        1800..=2300 => year,
        _ => return None,
    };
    Date::new(year, format::parse_month(month)?, day.parse().ok()?).ok()
}

/// What [`Fields::done`] takes: a value read, or a tuple of them.
pub trait Parsed {
    /// The values without their `Option`.
    type Values;
    /// All of them, or nothing when one is missing.
    fn all(self) -> Option<Self::Values>;
}

impl<T> Parsed for Option<T> {
    type Values = T;
    fn all(self) -> Option<T> {
        self
    }
}

macro_rules! parsed {
    ($($t:ident)+) => {
        impl<$($t),+> Parsed for ($(Option<$t>,)+) {
            type Values = ($($t,)+);
            #[expect(non_snake_case, reason = "one name for the type and its value")]
            fn all(self) -> Option<Self::Values> {
                let ($($t,)+) = self;
                Some(($($t?,)+))
            }
        }
    };
}

parsed!(A);
parsed!(A B);
parsed!(A B C);
parsed!(A B C D);
parsed!(A B C D E);
parsed!(A B C D E F);
parsed!(A B C D E F G);
parsed!(A B C D E F G H);
parsed!(A B C D E F G H I);
parsed!(A B C D E F G H I J);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_04_amounts_dates_and_addresses_as_people_type_them() {
        assert_eq!(parse_pesos("$45.230"), Some(Clp(45_230)));
        assert_eq!(parse_pesos("45230"), Some(Clp(45_230)));
        for bad in ["45,5", "4.5", "-3", "", "1e9"] {
            assert_eq!(parse_pesos(bad), None, "{bad}");
        }
        let day = jiff::civil::date(2026, 12, 10);
        for good in ["10-12-2026", "10/12/26", "2026-12-10", "10 de diciembre de 2026", "10-dic-2026"] {
            assert_eq!(parse_date(good), Some(day), "{good}");
        }
        for bad in ["31-02-2026", "10-12", "a-b-c", "10-12-0026"] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
        assert!(looks_like_email("ana@ejemplo.cl"));
        for bad in ["ana", "ana@", "@x.cl", "a b@x.cl", "a@x", "a@x..cl", "a@b@x.cl"] {
            assert!(!looks_like_email(bad), "{bad}");
        }
    }
}

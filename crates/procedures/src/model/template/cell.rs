//! A cell of a table as people write it, by the way in which the document writes it.

use copihue_core::Run;
use copihue_documents::text::Style;
use jiff::civil::Date;
use serde_json::{Value, json};

/// Reads a cell. Without a style it only decides whether something shows. An empty one is empty.
///
/// # Errors
/// What it should be.
pub(super) fn read(cell: &str, style: Option<Style>) -> Result<Value, &'static str> {
    let Some(style) = style else { return decides(cell).map(Value::Bool).ok_or("«Sí» ni «No»") };
    if cell.is_empty() {
        return Ok(json!(""));
    }
    let read = match style {
        Style::Plain | Style::Upper => Some(json!(cell)),
        Style::Pesos => integer(&cell.replacen('$', "", 1)).map(|n| json!(n)),
        Style::Number => integer(cell).map(|n| json!(n)),
        Style::Date => date(cell).map(|date| json!(date.to_string())),
        Style::Run => cell.parse::<Run>().ok().map(|run| json!(run.compact())),
    };
    read.ok_or(style.what())
}

fn decides(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "sí" | "si" | "1" | "verdadero" | "true" => Some(true),
        "" | "no" | "0" | "falso" | "false" => Some(false),
        _ => None,
    }
}

/// `45230`, `45.230`, `-1.000`: points in threes, or none.
fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let mut groups = digits.split('.');
    let first = groups.next()?;
    let whole = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let pointed = digits.contains('.');
    if !whole(first) || (pointed && first.len() > 3) || !groups.all(|g| g.len() == 3 && whole(g)) {
        return None;
    }
    digits.replace('.', "").parse::<i64>().ok().map(|n| sign * n)
}

/// `2026-12-10`, `10-12-2026`, `10/12/2026`.
fn date(text: &str) -> Option<Date> {
    if let Ok(date) = text.parse() {
        return Some(date).filter(|_| text.len() == 10);
    }
    let by = if text.contains('/') { '/' } else { '-' };
    let parts: Vec<&str> = text.split(by).collect();
    let [day, month, year] = parts[..] else { return None };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_is_read_as_people_write_it_or_refused() {
        let right = [
            (Style::Pesos, "45.230", json!(45_230)),
            (Style::Pesos, "$ 1.045.230", json!(1_045_230)),
            (Style::Pesos, "-500", json!(-500)),
            (Style::Number, "45230", json!(45_230)),
            (Style::Date, "10-12-2026", json!("2026-12-10")),
            (Style::Date, "1/2/2026", json!("2026-02-01")),
            (Style::Date, "2026-12-10", json!("2026-12-10")),
            (Style::Run, "44.444.444-4", json!("44444444-4")),
            (Style::Plain, "1,5", json!("1,5")),
            (Style::Date, "", json!("")),
        ];
        for (style, cell, value) in right {
            assert_eq!(read(cell, Some(style)), Ok(value), "{cell}");
        }
        let wrong = [
            (Style::Pesos, "45.23"),
            (Style::Pesos, "4523.000"),
            (Style::Pesos, "1,5"),
            (Style::Number, "$5"),
            (Style::Number, "5."),
            (Style::Date, "31-02-2026"),
            (Style::Date, "10-12-26"),
            (Style::Date, "mañana"),
            (Style::Run, "44444444-5"),
        ];
        for (style, cell) in wrong {
            assert_eq!(read(cell, Some(style)), Err(style.what()), "{cell}");
        }
    }

    #[test]
    fn what_only_decides_is_yes_or_no() {
        for (cell, yes) in [
            ("Sí", true),
            ("SI", true),
            ("1", true),
            ("No", false),
            ("0", false),
            ("falso", false),
            ("", false),
        ] {
            assert_eq!(read(cell, None), Ok(json!(yes)), "{cell}");
        }
        assert!(read("quizás", None).is_err());
    }
}

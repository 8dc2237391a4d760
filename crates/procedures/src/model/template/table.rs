//! A table of data, as it is pasted from a spreadsheet: names in the first line, then a document a line.

use std::collections::BTreeMap;

use copihue_core::{Error, Result};
use copihue_documents::Template;
use serde_json::{Map, Value};

/// Errors that are told at once.
const MOST_TOLD: usize = 20;

/// The values of each row, with `given` in each. The columns are divided by tabs, semicolons or commas.
///
/// # Errors
/// `tabla_invalida` with what is wrong, line by line.
pub(crate) fn read(
    text: &str,
    template: &Template,
    given: &Map<String, Value>,
    most: usize,
) -> Result<Vec<Map<String, Value>>> {
    let mut lines =
        (1..).zip(text.trim_start_matches('\u{feff}').lines()).filter(|(_, l)| !l.trim().is_empty());
    let Some((_, head)) = lines.next() else { return Err(wrong([(1, "La tabla está vacía.".to_owned())])) };
    let by = ['\t', ';', ','].into_iter().find(|by| head.contains(*by)).unwrap_or('\t');
    let columns = cells(head, by);
    check(&columns, template, given)?;
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for (n, line) in lines {
        let found = cells(line, by);
        if found.len() != columns.len() {
            let text = format!("Tiene {} columnas y deben ser {}.", found.len(), columns.len());
            faults.push((n, text));
        }
        let mut row = given.clone();
        for (name, value) in columns.iter().zip(found) {
            put(&mut row, name, value);
        }
        rows.push(row);
    }
    if rows.is_empty() {
        faults.push((1, "Bajo los nombres no hay ninguna fila.".to_owned()));
    }
    if rows.len() > most {
        faults.push((most, format!("Hay más de {most} filas: divida la tabla.")));
    }
    if faults.is_empty() { Ok(rows) } else { Err(wrong(faults)) }
}

/// Names that the template asks for, and no others, each once.
fn check(columns: &[String], template: &Template, given: &Map<String, Value>) -> Result<()> {
    let mut faults = Vec::new();
    if !template.lists().is_empty() {
        faults.push((1, "Este documento tiene listas: no se puede emitir desde una tabla.".to_owned()));
    }
    let asked: Vec<String> = template.inputs().into_keys().map(|input| input.path).collect();
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for column in columns {
        *seen.entry(column).or_default() += 1;
    }
    faults.extend(
        seen.iter().filter(|(_, n)| **n > 1).map(|(c, _)| (1, format!("La columna «{c}» está dos veces."))),
    );
    let missing = asked.iter().filter(|name| !seen.contains_key(name.as_str()) && !given.contains_key(*name));
    faults.extend(missing.map(|name| (1, format!("Falta la columna «{name}»."))));
    let unknown = columns.iter().filter(|c| !asked.contains(c));
    faults.extend(unknown.map(|c| (1, format!("El documento no usa ningún dato «{c}»."))));
    if faults.is_empty() { Ok(()) } else { Err(wrong(faults)) }
}

/// What is wrong with a table, by line.
pub(crate) fn wrong(faults: impl IntoIterator<Item = (usize, String)>) -> Error {
    let told = faults.into_iter().take(MOST_TOLD).map(|(n, text)| format!("Línea {n}: {text}"));
    let text = told.collect::<Vec<_>>().join(" ");
    Error::invalid("tabla_invalida", "La tabla tiene errores y no se emitió nada.").field("tabla", text)
}

/// The cells of a line; one in quotes may hold the divider, and `""` for a quote.
fn cells(line: &str, by: char) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.trim_end_matches('\r').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' if quoted || cell.is_empty() => quoted = !quoted,
            c if c == by && !quoted => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            c => cell.push(c),
        }
    }
    cells.push(cell.trim().to_owned());
    cells
}

/// Puts a value under its path.
fn put(map: &mut Map<String, Value>, path: &str, value: String) {
    match path.split_once('.') {
        None => drop(map.insert(path.to_owned(), Value::String(value))),
        Some((first, rest)) => {
            let inner = map.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn template() -> Template {
        serde_json::from_value(json!({"format": "copihue/document/1", "header": {"institution": "{institucion}"},
            "title": "Permiso {anio}", "blocks": [{"type": "paragraph", "text": "{persona.nombre}: {monto:pesos}"}]}))
        .unwrap()
    }

    fn given() -> Map<String, Value> {
        Map::from_iter([("institucion".to_owned(), json!("Municipalidad"))])
    }

    #[test]
    fn a_table_from_a_spreadsheet_becomes_values() {
        let text = "anio\tpersona.nombre\tmonto\r\n2026\tAna \"la Ñusta\"\t1000\r\n\r\n2026\t\"Soto\tPérez\"\t2000\r\n";
        let rows = read(text, &template(), &given(), 10).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0]["persona"]["nombre"], "Ana \"la Ñusta\"");
        assert_eq!(
            (&rows[1]["persona"]["nombre"], &rows[1]["institucion"]),
            (&json!("Soto\tPérez"), &json!("Municipalidad"))
        );
        let semicolons =
            read("\u{feff}anio;persona.nombre;monto\n1;\"a;b \"\"c\"\"\";3", &template(), &given(), 10)
                .unwrap();
        assert_eq!(semicolons[0]["persona"]["nombre"], "a;b \"c\"");
    }

    #[test]
    fn all_that_is_wrong_is_told_by_its_line() {
        let told = |text: &str| read(text, &template(), &given(), 1).unwrap_err().fields()[0].message.clone();
        assert!(told("").contains("vacía"));
        let columns = told("anio;anio;otro\n1;2;3");
        for what in ["«anio» está dos veces", "Falta la columna «monto»", "ningún dato «otro»"] {
            assert!(columns.contains(what), "{columns}");
        }
        let lines = told("anio;persona.nombre;monto\n1;2;3\n1;2\n");
        assert!(
            lines.contains("Línea 3: Tiene 2 columnas y deben ser 3.") && lines.contains("más de 1 filas"),
            "{lines}"
        );
    }
}

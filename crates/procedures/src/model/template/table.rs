//! A table of data, as it is pasted from a spreadsheet: names in the first line, then a document a line.

use std::collections::{BTreeMap, BTreeSet};

use copihue_core::{Error, Result};
use copihue_documents::Template;
use copihue_documents::text::Style;
use serde_json::{Map, Value};

use super::cell;

/// Errors that are told at once.
const MOST_TOLD: usize = 20;

/// A row of the table.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Row {
    /// Where it begins in what was pasted.
    pub(crate) line: usize,
    /// What its first cell says: whose document it is.
    pub(crate) label: String,
    pub(crate) values: Map<String, Value>,
}

/// The columns that a template needs, each with how it is written; none only decides whether something shows.
pub(crate) fn columns(template: &Template, given: &[&str]) -> Vec<(String, Option<Style>)> {
    let inputs: Vec<_> = template.inputs().into_iter().map(|(input, style)| (input.path, style)).collect();
    let holds = |path: &str, style: Option<Style>| {
        style.is_none() && inputs.iter().any(|(other, _)| is_below(other, path))
    };
    let all = inputs.iter().filter(|(path, style)| !holds(path, *style) && !given.contains(&path.as_str()));
    all.cloned().collect()
}

fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
}

/// The values of each row, with `given` in each. The columns are divided by tabs, semicolons or commas.
///
/// # Errors
/// `tabla_invalida` with what is wrong, line by line.
pub(crate) fn read(
    text: &str,
    template: &Template,
    given: &Map<String, Value>,
    most: usize,
) -> Result<Vec<Row>> {
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let by = ['\t', ';', ','].into_iter().find(|by| head.contains(*by)).unwrap_or('\t');
    let mut records = records(text, by).into_iter();
    let Some((_, names)) = records.next() else {
        return Err(wrong([(1, "La tabla está vacía.".to_owned())]));
    };
    let given_names: Vec<&str> = given.keys().map(String::as_str).collect();
    let asked: BTreeMap<String, Option<Style>> = columns(template, &given_names).into_iter().collect();
    check(&names, &asked, template, given)?;
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let last = records.len();
    for (i, (line, mut cells)) in records.enumerate() {
        // The empty cells at the end of all are the blanks at the end of a text, which whoever pastes it may lose.
        if by == '\t' && i + 1 == last && cells.len() < names.len() {
            cells.resize(names.len(), String::new());
        }
        if cells.len() == names.len() {
            let label = cells.first().cloned().unwrap_or_default();
            let values =
                values(&names, &cells, (&asked, template, given), |fault| faults.push((line, fault)));
            rows.push(Row { line, label, values });
        } else {
            faults.push((line, format!("Tiene {} columnas y deben ser {}.", cells.len(), names.len())));
        }
    }
    if last == 0 {
        faults.push((1, "Bajo los nombres no hay ninguna fila.".to_owned()));
    }
    if last > most {
        faults.push((1, format!("Hay más de {most} filas: divida la tabla.")));
    }
    if faults.is_empty() { Ok(rows) } else { Err(wrong(faults)) }
}

fn values(
    names: &[String],
    cells: &[String],
    (asked, template, given): (&BTreeMap<String, Option<Style>>, &Template, &Map<String, Value>),
    mut fault: impl FnMut(String),
) -> Map<String, Value> {
    let mut row = given.clone();
    for (name, cell) in names.iter().zip(cells) {
        match cell::read(cell, asked.get(name).copied().flatten()) {
            Ok(value) => put(&mut row, name, value),
            Err(what) => fault(format!("En «{name}», «{cell}» no es {what}.")),
        }
    }
    // What holds others is there when one of them is.
    for name in template.conditions() {
        let below = || names.iter().zip(cells).filter(|(other, _)| is_below(other, &name));
        if below().next().is_some() && below().all(|(_, cell)| cell.is_empty()) {
            empty(&mut row, &name);
        }
    }
    row
}

/// Names that the template asks for, and no others, each once.
fn check(
    names: &[String],
    asked: &BTreeMap<String, Option<Style>>,
    template: &Template,
    given: &Map<String, Value>,
) -> Result<()> {
    let mut faults = Vec::new();
    if !template.lists().is_empty() {
        faults.push("Este documento tiene listas: no se puede emitir desde una tabla.".to_owned());
    }
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name.as_str()) {
            faults.push(format!("La columna «{name}» está dos veces."));
        } else if given.contains_key(name) {
            faults.push(format!("El dato «{name}» se agrega solo: quite esa columna."));
        } else if !asked.contains_key(name) {
            faults.push(format!("El documento no usa ningún dato «{name}»."));
        }
    }
    let missing = asked.keys().filter(|name| !seen.contains(name.as_str()));
    faults.extend(missing.map(|name| format!("Falta la columna «{name}».")));
    if faults.is_empty() { Ok(()) } else { Err(wrong(faults.into_iter().map(|fault| (1, fault)))) }
}

/// What is wrong with a table, by line.
pub(crate) fn wrong(faults: impl IntoIterator<Item = (usize, String)>) -> Error {
    let told = faults.into_iter().take(MOST_TOLD).map(|(n, text)| format!("Línea {n}: {text}"));
    let text = told.collect::<Vec<_>>().join(" ");
    Error::invalid("tabla_invalida", "La tabla tiene errores y no se emitió nada.").field("tabla", text)
}

/// The rows that are not blank, each with the line where it begins. A cell in quotes may hold the divider and line breaks, and
/// `""` for a quote.
fn records(text: &str, by: char) -> Vec<(usize, Vec<String>)> {
    let mut reader =
        Reader { line: 1, begun: 1, cells: Vec::new(), cell: String::new(), records: Vec::new() };
    let (mut quoted, mut closed) = (false, false);
    let text = text.replace("\r\n", "\n");
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => reader.cell.extend(chars.next()),
            '"' if quoted => (quoted, closed) = (false, true),
            '"' if reader.cell.trim().is_empty() && !closed => {
                reader.cell.clear();
                quoted = true;
            }
            '\n' if !quoted => {
                closed = false;
                reader.line_end();
            }
            c if c == by && !quoted => {
                closed = false;
                reader.cell_end();
            }
            c => {
                reader.line += usize::from(c == '\n');
                reader.cell.push(c);
            }
        }
    }
    reader.line_end();
    reader.records
}

struct Reader {
    line: usize,
    /// Where the present record began.
    begun: usize,
    cells: Vec<String>,
    cell: String,
    records: Vec<(usize, Vec<String>)>,
}

impl Reader {
    fn cell_end(&mut self) {
        self.cells.push(std::mem::take(&mut self.cell).trim().to_owned());
    }

    fn line_end(&mut self) {
        self.cell_end();
        let cells = std::mem::take(&mut self.cells);
        if cells.iter().any(|cell| !cell.is_empty()) {
            self.records.push((self.begun, cells));
        }
        self.line += 1;
        self.begun = self.line;
    }
}

/// Puts a value under its path.
fn put(map: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(map.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            let inner = map.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// Leaves nothing under a path.
fn empty(map: &mut Map<String, Value>, path: &str) {
    match path.split_once('.') {
        None => drop(map.insert(path.to_owned(), Value::Null)),
        Some((first, rest)) => {
            if let Some(Value::Object(inner)) = map.get_mut(first) {
                empty(inner, rest);
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
        assert_eq!((rows[1].line, rows[1].label.as_str()), (4, "2026"));
        let rows: Vec<_> = rows.into_iter().map(|row| row.values).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0]["persona"]["nombre"], "Ana \"la Ñusta\"");
        assert_eq!(
            (&rows[1]["persona"]["nombre"], &rows[1]["institucion"]),
            (&json!("Soto\tPérez"), &json!("Municipalidad"))
        );
        let semicolons =
            read("\u{feff}anio;persona.nombre;monto\n1;\"a;b \"\"c\"\"\";3", &template(), &given(), 10)
                .unwrap();
        assert_eq!(semicolons[0].values["persona"]["nombre"], "a;b \"c\"");
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

    #[test]
    fn a_quoted_cell_holds_line_breaks_and_lines_are_those_of_the_paste() {
        let text = "\n\nanio\tpersona.nombre\tmonto\n2026\t\"Ana\nSoto\"\t1.000\n\n2026\tEva\tmil\n";
        let error = read(text, &template(), &given(), 10).unwrap_err();
        let told = &error.fields()[0].message;
        assert!(told.starts_with("Línea 7: En «monto», «mil» no es un monto"), "{told}");
        let rows = read(&text.replace("mil", "$2.000"), &template(), &given(), 10).unwrap();
        assert_eq!(rows[0].values["persona"]["nombre"], "Ana\nSoto");
        assert_eq!((rows[0].line, rows[1].line, &rows[1].values["monto"]), (4, 7, &json!(2000)));
    }

    #[test]
    fn empty_cells_at_the_end_of_the_last_row_may_be_lost() {
        let rows = read("anio\tpersona.nombre\tmonto\n2026", &template(), &given(), 10).unwrap();
        assert_eq!(
            (&rows[0].values["persona"]["nombre"], &rows[0].values["monto"]),
            (&json!(""), &json!(""))
        );
        assert!(read("anio\tpersona.nombre\tmonto\n2026\n2026\ta\t1", &template(), &given(), 10).is_err());
    }

    #[test]
    fn a_column_does_not_stand_for_what_is_given() {
        let error = read("anio\tpersona.nombre\tmonto\tinstitucion\n1\t2\t3\t4", &template(), &given(), 10);
        let error = error.unwrap_err();
        assert!(error.fields()[0].message.contains("«institucion» se agrega solo"), "{error:?}");
    }

    #[test]
    fn what_only_decides_is_read_as_yes_or_no_and_what_holds_others_follows_them() {
        let template: Template = serde_json::from_value(json!({"format": "copihue/document/1",
            "header": {"institution": "M"}, "title": "{anio}", "blocks": [
            {"type": "paragraph", "when": "urgente", "text": "Urgente"},
            {"type": "paragraph", "when": "auto", "text": "{auto.marca}"}]}))
        .unwrap();
        assert_eq!(
            columns(&template, &[]).into_iter().map(|(name, _)| name).collect::<Vec<_>>(),
            ["anio", "auto.marca", "urgente"]
        );
        let read = |text: &str| read(text, &template, &Map::new(), 10);
        let rows = read("anio;urgente;auto.marca\n1;No;Fiat\n2;Sí;\n").unwrap();
        assert_eq!(
            (&rows[0].values["urgente"], &rows[0].values["auto"]),
            (&json!(false), &json!({"marca": "Fiat"}))
        );
        assert_eq!((&rows[1].values["urgente"], &rows[1].values["auto"]), (&json!(true), &Value::Null));
        let told = read("anio;urgente;auto.marca\n1;quizás;x").unwrap_err().fields()[0].message.clone();
        assert!(told.contains("«quizás» no es «Sí» ni «No»"), "{told}");
    }
}

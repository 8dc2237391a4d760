//! The list by which an operator creates many holders at once (carga masiva): every row is checked, and all that is wrong is told
//! with its line.

use std::collections::BTreeMap;

use copihue_core::Run;

use super::cert_request::MAX_MONTHS;
use super::holder::{HolderKind, Purposes};

/// Rows of a list at most.
pub const MOST_ROWS: usize = 2_000;
/// The columns, as the first line names them.
pub const COLUMNS: [&str; 5] = ["run", "correo", "tipo", "vigencia", "propositos"];

/// A row that is right by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: u64,
    /// RUN.
    pub run: Run,
    /// Where they are written to.
    pub email: String,
    /// Kind of user.
    pub kind: HolderKind,
    /// The longest life they may ask for, in months.
    pub months: u16,
    /// What they may ask certificates for.
    pub purposes: Purposes,
}

/// Something that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The line in the file, from 1.
    pub line: u64,
    /// The column, where it is one's.
    pub column: Option<&'static str>,
    /// What to do about it.
    pub message: String,
}

impl Fault {
    /// About a whole line.
    #[must_use]
    pub fn of_line(line: u64, message: impl Into<String>) -> Self {
        Self { line, column: None, message: message.into() }
    }
}

/// Reads a list: the rows, or everything that is wrong with it.
///
/// # Errors
/// At least one fault.
pub fn parse(text: &str) -> Result<Vec<Row>, Vec<Fault>> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let places = places(reader.headers().ok())?;
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let Ok(record) = record else {
            faults.push(Fault::of_line(1, "El archivo no se puede leer. Guárdelo como CSV UTF-8."));
            break;
        };
        let line = record.position().map_or(0, |position| line_at(text, position.byte()));
        if rows.len() + faults.len() >= MOST_ROWS {
            faults.push(Fault::of_line(line, format!("La lista tiene más de {MOST_ROWS} filas. Divídala.")));
            break;
        }
        if record.iter().any(|cell| !cell.is_empty()) {
            match row(line, places.map(|place| record.get(place).unwrap_or_default())) {
                Ok(row) => rows.push(row),
                Err(wrong) => faults.extend(wrong),
            }
        }
    }
    faults.extend(repeated(&rows));
    if rows.is_empty() && faults.is_empty() {
        faults.push(Fault::of_line(1, "La lista no tiene filas."));
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// The line of the record that is read at a place: the reader skips empty lines before it.
fn line_at(text: &str, byte: u64) -> u64 {
    let (before, rest) = text.split_at_checked(usize::try_from(byte).unwrap_or(0)).unwrap_or_default();
    let empty = &rest[..rest.len() - rest.trim_start_matches(['\r', '\n']).len()];
    let ends = |part: &str| part.bytes().filter(|b| *b == b'\n').count() as u64;
    1 + ends(before) + ends(empty)
}

fn places(headers: Option<&csv::StringRecord>) -> Result<[usize; 5], Vec<Fault>> {
    let name = |text: &str| copihue_core::text::fold(text);
    let place = |column: &str| headers.and_then(|h| h.iter().position(|own| name(own) == column));
    let missing: Vec<&str> = COLUMNS.into_iter().filter(|column| place(column).is_none()).collect();
    if missing.is_empty() {
        return Ok(COLUMNS.map(|column| place(column).unwrap_or_default()));
    }
    let text = format!("La primera línea debe nombrar las columnas. Falta: {}.", missing.join(", "));
    Err(vec![Fault::of_line(1, text)])
}

fn row(line: u64, cells: [&str; 5]) -> Result<Row, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut wrong = |column: usize, message: &str| {
        faults.push(Fault { line, column: Some(COLUMNS[column]), message: message.to_owned() });
    };
    let [run, email, kind, months, purposes] = cells;
    let run = run.parse().ok();
    if run.is_none() {
        wrong(0, "El RUN no es válido. Ejemplo: 12.345.678-5.");
    }
    if !is_mail(email) {
        wrong(1, "El correo no es válido. Ejemplo: nombre@institucion.cl.");
    }
    let kind = HolderKind::from_code(&copihue_core::text::fold(kind));
    if kind.is_none() {
        wrong(2, "El tipo debe ser funcionario o autoridad.");
    }
    let months = months.parse().ok().filter(|m| (1..=MAX_MONTHS).contains(m));
    if months.is_none() {
        wrong(3, "La vigencia debe ser un número de meses, de 1 a 36.");
    }
    let purposes = Purposes::from_code(&copihue_core::text::fold(purposes));
    if purposes.is_none() {
        wrong(4, "Los propósitos deben ser general, desatendido o ambos.");
    }
    match (run, kind, months, purposes) {
        (Some(run), Some(kind), Some(months), Some(purposes)) if faults.is_empty() => {
            Ok(Row { line, run, email: email.to_owned(), kind, months, purposes })
        }
        _ => Err(faults),
    }
}

fn is_mail(text: &str) -> bool {
    let Some((user, domain)) = text.rsplit_once('@') else { return false };
    let plain = |s: &str| {
        !s.is_empty()
            && !s.contains(|c: char| c.is_whitespace() || c.is_control() || "<>()[],;\"@".contains(c))
    };
    text.len() <= 254
        && plain(user)
        && plain(domain)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

fn repeated(rows: &[Row]) -> Vec<Fault> {
    let mut first: BTreeMap<u32, u64> = BTreeMap::new();
    let mut faults = Vec::new();
    for row in rows {
        match first.get(&row.run.number()) {
            Some(line) => faults.push(Fault {
                line: row.line,
                column: Some(COLUMNS[0]),
                message: format!("El RUN ya está en la línea {line}."),
            }),
            None => {
                first.insert(row.run.number(), row.line);
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "RUN;Correo;Tipo;Vigencia;Propósitos\n11.111.111-1;ana@muni.cl;Funcionario;12;general\n\n12345678-5;luis@muni.cl;autoridad;36;ambos\n";

    #[test]
    fn sig_03_a_list_is_read_as_people_write_it() {
        let rows = parse(&format!("\u{feff}{GOOD}")).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].line, rows[0].months, rows[0].purposes), (2, 12, Purposes::Attended));
        assert_eq!((rows[1].line, rows[1].kind), (4, HolderKind::Authority));
        assert_eq!(parse(&GOOD.replace(';', ",")).unwrap().len(), 2);
    }

    #[test]
    fn sig_03_everything_that_is_wrong_is_told_with_its_line() {
        let list = "run;correo;tipo;vigencia;propositos\n1-1;ana;jefe;40;todo\n11.111.111-1;ana@muni.cl;funcionario;12;general\n11111111-1;a@b.cl;funcionario;12;general\n";
        let faults = parse(list).unwrap_err();
        let lines: Vec<_> = faults.iter().map(|f| (f.line, f.column)).collect();
        let second = COLUMNS.map(|c| (2, Some(c)));
        assert_eq!(lines, [&second[..], &[(4, Some("run"))]].concat());
        assert!(faults[5].message.contains("línea 3"));
        assert!(parse("run;correo\n").unwrap_err()[0].message.contains("tipo, vigencia, propositos"));
        assert_eq!(parse("run;correo;tipo;vigencia;propositos\n").unwrap_err().len(), 1);
    }
}

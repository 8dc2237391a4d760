//! The metadata of the guide (§4): made by the platform, checked before anything is kept (EXP-40, EXP-41).

use copihue_core::{Error, Result, Run, Timestamp};
use serde_json::{Map, Value, json};

use super::case::{OpenCase, Party, Responsible};
use super::codes::{ActorKind, ActorRelation, InstitutionRelation, Mechanism, Sensitivity, outside};
use super::document::{Author, NewEntry, Privacy};

/// Mandatory elements of a case, apart from `MGDEE3_2` (from closure on) and `MGDEE53` (from the first entry on).
pub const CASE_MANDATORY: [&str; 15] = [
    "MGDEE1_1",
    "MGDEE1_5",
    "MGDEE2_2",
    "MGDEE3_1",
    "MGDEE4_1",
    "MGDEE4_2",
    "MGDEE51_1",
    "MGDEE51_3",
    "MGDEE51_4",
    "MGDEE52_1",
    "MGDEE52_2",
    "MGDEE6_1",
    "MGDEE6_4",
    "MGDEE7_1",
    "MGDEE8_1",
];

/// Mandatory elements of a document.
pub const DOCUMENT_MANDATORY: [&str; 12] = [
    "MGDDE1_1",
    "MGDDE1_6",
    "MGDDE3_2",
    "MGDDE4_1",
    "MGDDE4_2",
    "MGDDE5_3",
    "MGDDE61_1",
    "MGDDE61_3",
    "MGDDE7_1",
    "MGDDE7_4",
    "MGDDE8_3",
    "MGDDE10",
];

/// A mandatory element is missing.
#[must_use]
pub(crate) fn missing(element: &str) -> Error {
    Error::invalid("metadato_obligatorio", "Faltan metadatos obligatorios.")
        .field(format!("/{element}"), "Complete este dato.")
}

/// An element is missing that this case demands.
#[must_use]
pub(crate) fn conditional(element: &str) -> Error {
    Error::invalid("metadato_condicional", "Falta un metadato que es obligatorio en este caso.")
        .field(format!("/{element}"), "Complete este dato.")
}

/// `aaaa-mm-dd hh:mm:ss` in UTC, the form of the guide.
#[must_use]
pub(crate) fn instant(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{} {}", &text[..10], &text[11..19])
}

/// The institution as producer: its numeric code where known, else its letter code.
fn institution_code(number: Option<i64>, letters: &str) -> String {
    number.map_or_else(|| letters.to_owned(), |n| n.to_string())
}

/// The metadata of a case at its start.
#[must_use]
pub fn of_case(case: &OpenCase, iuie: &str) -> Value {
    let code = institution_code(case.institution_number, &case.institution);
    let mut actors = vec![responsible(&case.responsible)];
    actors.extend(case.parties.iter().map(party));
    let mut m = Map::new();
    let mut set = |element: &str, value: Value| m.insert(element.to_owned(), value);
    set("MGDEE1_1", json!(iuie));
    set("MGDEE1_4", json!("abierto"));
    set("MGDEE1_5", json!(case.title.trim()));
    set("MGDEE2_2", json!(case.subject.trim()));
    set("MGDEE3_1", json!(instant(case.at)));
    set("MGDEE4_1", json!(Mechanism::Digital.code()));
    set("MGDEE4_2", json!(format!("/expedientes/{}/{iuie}", case.institution)));
    set("MGDEE51_1", json!(code));
    set("MGDEE51_2", json!(case.institution_name));
    let mut custodian = json!({ "MGDEE51_3": InstitutionRelation::Custodian.code(), "MGDEE51_4": code });
    if case.institution_number.is_none() {
        custodian["MGDEE51_5"] = json!(case.institution_name);
    }
    set("MGDEE51", json!([custodian]));
    set("MGDEE52", Value::Array(actors));
    set("MGDEE6_1", json!(case.level.code()));
    set("MGDEE6_4", json!(case.sensitivity.code()));
    set("MGDEE7_1", json!(case.procedure_code));
    set("MGDEE7_2", json!(case.procedure_name));
    set("MGDEE8_1", json!("001"));
    Value::Object(m)
}

/// The actor row of whoever answers for a case.
#[must_use]
pub(crate) fn responsible(who: &Responsible) -> Value {
    let relation = ActorRelation::Responsible.code();
    let kind = ActorKind::Official.code();
    match who.run {
        Some(run) => json!({ "MGDEE52_1": relation, "MGDEE52_2": kind, "MGDEE52_3": run.compact() }),
        None => json!({ "MGDEE52_1": relation, "MGDEE52_2": kind, "MGDEE52_4": who.name }),
    }
}

fn party(party: &Party) -> Value {
    json!({
        "MGDEE52_1": ActorRelation::Party.code(),
        "MGDEE52_2": party.kind.code(),
        "MGDEE52_3": party.person.run.compact(),
    })
}

/// What the metadata of a document need to know of its case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocumentContext<'a> {
    /// The document's number.
    pub document: &'a str,
    /// Letter code of the institution.
    pub institution: &'a str,
    /// Its numeric code, where known.
    pub institution_number: Option<i64>,
    /// Its name.
    pub institution_name: &'a str,
    /// Territorial code of the commune.
    pub commune: Option<&'a str>,
    /// Code of the procedure.
    pub procedure_code: &'a str,
    /// Name of the procedure: the default keywords.
    pub procedure_name: &'a str,
    /// When it is incorporated.
    pub at: Timestamp,
}

/// The metadata of a document as it enters a case.
#[must_use]
pub fn of_document(entry: &NewEntry, cx: &DocumentContext<'_>) -> Value {
    let code = institution_code(cx.institution_number, cx.institution);
    let mut m = Map::new();
    let mut set = |element: &str, value: Value| m.insert(element.to_owned(), value);
    set("MGDDE1_1", json!(cx.document));
    set("MGDDE1_5", json!("1.0"));
    set("MGDDE1_6", json!(entry.title.trim()));
    if let Some(name) = &entry.file_name {
        set("MGDDE1_8", json!(name));
    }
    set("MGDDE2_1", json!(entry.blob.size.div_ceil(1024)));
    if let Some(pages) = entry.pages {
        set("MGDDE2_2", json!(pages));
    }
    set("MGDDE2_3", json!(extension(&entry.media_type)));
    set("MGDDE3_2", json!(cx.procedure_name));
    set("MGDDE3_3", json!("es"));
    if let Some(commune) = cx.commune {
        set("MGDDE3_4", json!(commune));
    }
    set("MGDDE4_1", json!(instant(entry.received_at)));
    set("MGDDE4_2", json!(instant(entry.received_at)));
    if !made_here(entry) {
        set("MGDDE4_3", json!(instant(cx.at)));
    }
    set("MGDDE5_1", json!(entry.kind.code()));
    set("MGDDE5_2", json!(entry.origin.code()));
    set("MGDDE5_3", json!(entry.mechanism.code()));
    set("MGDDE61", institutions(entry, &code));
    if !matches!(entry.author, Author::System(_)) {
        set("MGDDE62", json!([author(&entry.author)]));
    }
    set("MGDDE7_1", json!(entry.level.code()));
    let sensitive =
        if entry.privacy == Privacy::Sensitive { Sensitivity::Sensitive } else { Sensitivity::Ordinary };
    set("MGDDE7_4", json!(sensitive.code()));
    let is_advanced = !entry.signers.is_empty() || entry.signatures.iter().any(|s| s.advanced);
    set("MGDDE8_3", json!(if is_advanced { ADVANCED } else { SIMPLE }));
    let (signatures, signers) = signed(entry);
    if !signatures.is_empty() {
        set("MGDDE8", Value::Array(signatures));
        set("MGDDE84", Value::Array(signers));
    }
    set("MGDDE9_1", json!(cx.procedure_code));
    set("MGDDE9_2", json!(cx.procedure_name));
    set("MGDDE10", json!("1"));
    Value::Object(m)
}

/// `MGDDE8_1`, `MGDDE8_3`: an advanced signature.
const ADVANCED: u8 = 1;
/// `MGDDE8_1`: a simple signature. `MGDDE8_3`: no advanced one.
const SIMPLE: u8 = 2;

/// A row for each signature (`MGDDE8`), and one for who made it (`MGDDE84`).
fn signed(entry: &NewEntry) -> (Vec<Value>, Vec<Value>) {
    let signer = |name: &str, post: &str, run: Option<Run>| {
        let text = if post.is_empty() { name.to_owned() } else { format!("{name}, {post}") };
        let mut row = json!({ "MGDDE84_1": text });
        if let Some(run) = run {
            row["MGDDE84_2"] = json!(run.compact());
        }
        row
    };
    let here =
        entry.signers.iter().map(|s| (json!({ "MGDDE8_1": ADVANCED }), signer(&s.name, &s.post, s.run)));
    let found = entry.signatures.iter().map(|s| {
        let kind = if s.advanced { ADVANCED } else { SIMPLE };
        let row = json!({ "MGDDE8_1": kind, "MGDDE8_2": s.provider });
        (row, signer(&s.name, s.post.as_deref().unwrap_or_default(), s.run))
    });
    here.chain(found).unzip()
}

fn made_here(entry: &NewEntry) -> bool {
    entry.interoperated.is_none() && !matches!(entry.author, Author::Party(_))
}

/// At least the institutional author and the custodian; the author of interoperated data is who answered (EXP-09).
fn institutions(entry: &NewEntry, own: &str) -> Value {
    let author = entry.interoperated.as_ref().map_or(own, |i| &i.institution);
    json!([
        { "MGDDE61_1": author, "MGDDE61_3": InstitutionRelation::Author.code() },
        { "MGDDE61_1": own, "MGDDE61_3": InstitutionRelation::Custodian.code() },
    ])
}

fn author(author: &Author) -> Value {
    let relation = ActorRelation::Author.code();
    match author {
        Author::Party(person) => json!({
            "MGDDE62_1": relation, "MGDDE62_2": ActorKind::Citizen.code(), "MGDDE62_3": person.run.compact(),
        }),
        Author::Official(signer) => {
            let mut row = json!({ "MGDDE62_1": relation, "MGDDE62_2": ActorKind::Official.code() });
            match signer.run {
                Some(run) => row["MGDDE62_3"] = json!(run.compact()),
                None => row["MGDDE62_4"] = json!(signer.name),
            }
            row
        }
        Author::System(name) => json!({ "MGDDE62_1": relation, "MGDDE62_4": name }),
    }
}

fn extension(media_type: &str) -> &str {
    match media_type {
        "application/pdf" => "pdf",
        "application/json" => "json",
        "application/xml" | "text/xml" => "xml",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "text/plain" => "txt",
        other => other.rsplit('/').next().unwrap_or("bin"),
    }
}

/// Refuses a case's metadata without every element that is due now.
///
/// # Errors
/// `metadato_obligatorio`, `metadato_condicional`, `valor_fuera_de_lista`, each with its pointer.
pub fn check_case(m: &Value, closed: Closed) -> Result<()> {
    for element in CASE_MANDATORY {
        demand(m, element, missing)?;
    }
    if closed == Closed::Yes {
        demand(m, "MGDEE3_2", missing)?;
    }
    if !rows(m, "MGDEE52").any(|row| row["MGDEE52_1"] == ActorRelation::Responsible.code()) {
        return Err(missing("MGDEE52_1"));
    }
    if !rows(m, "MGDEE51").any(|row| row["MGDEE51_3"] == InstitutionRelation::Custodian.code()) {
        return Err(missing("MGDEE51_3"));
    }
    for row in rows(m, "MGDEE52") {
        if !filled(&row["MGDEE52_3"]) && !filled(&row["MGDEE52_4"]) {
            return Err(conditional("MGDEE52_4"));
        }
    }
    for row in rows(m, "MGDEE51") {
        let coded = row["MGDEE51_4"].as_str().is_some_and(|code| code.bytes().all(|b| b.is_ascii_digit()));
        if !coded && !filled(&row["MGDEE51_5"]) {
            return Err(conditional("MGDEE51_5"));
        }
    }
    in_list(m, "MGDEE6_1", 4)?;
    in_list(m, "MGDEE6_4", 2)
}

/// Whether the metadata are those of a closed case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Closed {
    /// From closure on: the end must be dated.
    Yes,
    /// Before it.
    No,
}

/// Refuses a document's metadata without every element that is due.
///
/// # Errors
/// As [`check_case`].
pub fn check_document(m: &Value) -> Result<()> {
    for element in DOCUMENT_MANDATORY {
        demand(m, element, missing)?;
    }
    for relation in [InstitutionRelation::Author, InstitutionRelation::Custodian] {
        if !rows(m, "MGDDE61").any(|row| row["MGDDE61_3"] == relation.code()) {
            return Err(missing("MGDDE61_3"));
        }
    }
    if m["MGDDE5_3"] == Mechanism::Digitised.code() {
        for element in ["MGDDE1_7", "MGDDE2_2", "MGDDE4_3", "MGDDE5_2", "MGDDE5_5", "MGDDE5_6"] {
            demand(m, element, conditional)?;
        }
    }
    if m["MGDDE5_2"] == super::codes::Origin::ExternalRepository.code() {
        demand(m, "MGDDE5_4", conditional)?;
    }
    for row in rows(m, "MGDDE62") {
        demand(row, "MGDDE62_1", conditional)?;
        demand(row, "MGDDE62_2", conditional)?;
        if !filled(&row["MGDDE62_3"]) && !filled(&row["MGDDE62_4"]) {
            return Err(conditional("MGDDE62_4"));
        }
    }
    in_list(m, "MGDDE5_1", 42)?;
    in_list(m, "MGDDE7_1", 4)?;
    in_list(m, "MGDDE7_4", 2)?;
    in_list(m, "MGDDE8_3", 2)
}

/// An element stands at the top, or in every row of its group (`MGDEE51_3` in `MGDEE51`).
fn demand(m: &Value, element: &str, error: fn(&str) -> Error) -> Result<()> {
    let group = element.rsplit_once('_').map_or(element, |(group, _)| group);
    let present = filled(&m[element])
        || rows(m, group).next().is_some() && rows(m, group).all(|row| filled(&row[element]));
    if present { Ok(()) } else { Err(error(element)) }
}

fn rows<'a>(m: &'a Value, group: &str) -> impl Iterator<Item = &'a Value> {
    m[group].as_array().into_iter().flatten()
}

fn filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        _ => true,
    }
}

fn in_list(m: &Value, element: &str, last: i64) -> Result<()> {
    match &m[element] {
        Value::Null => Ok(()),
        value if value.as_i64().is_some_and(|n| (1..=last).contains(&n)) => Ok(()),
        _ => Err(outside(element)),
    }
}

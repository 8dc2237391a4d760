//! Filing: the case file is opened, the request and what holders answered go into it, and the receipt is given.

use std::collections::HashMap;

use copihue_casefiles::{
    AccessLevel, ActorKind, Author, CaseRef, CaseState as FileState, Declaration, Direction, DocumentKind,
    Filing, FilingOrigin, Interoperated, Mechanism, NewEntry, OpenCase, Origin, Party, Presenter, Privacy,
    Responsible, Sensitivity, Stage,
};
use copihue_core::{Result, Timestamp};
use copihue_db::Tx;
use copihue_db::blobs::{BlobRef, Staged};
use copihue_signing::verify::FoundSignature;
use copihue_web::args;
use copihue_web::locale::{t, ta};
use serde_json::Value;

use super::Procedures;
use crate::model::definition::{Definition, Schema, Shape};
use crate::model::form::{get, pretty};
use crate::model::machine::{CaseState, Facts};
use crate::store::case::CaseRow;

/// What signatures were found in which files, by their hash.
pub(super) type FoundIn = HashMap<[u8; 32], Vec<FoundSignature>>;

/// A paper of the filing: its title, its bytes, and the query that it comes from.
pub(super) struct Paper {
    title: String,
    staged: Staged,
    query: Option<(String, String)>,
}

impl Procedures {
    /// The request and the answers as readable papers, staged before the transaction.
    pub(super) async fn papers(
        &self,
        d: &Definition,
        state: &CaseState,
        facts: &Facts,
    ) -> Result<Vec<Paper>> {
        let mut papers = Vec::new();
        let text = request(d, state, facts);
        let title = ta("procedures-request-title", &args! {"procedure" => d.title.es()});
        papers.push(Paper { title, staged: self.parts().blobs.stage(text.into_bytes()).await?, query: None });
        for (id, answer) in &state.reg {
            let (Some(query), Some(data)) = (d.queries.get(id), &answer.data) else { continue };
            let from = args! {"source" => answer.source.as_str(), "at" => answer.at.as_str()};
            let mut text = format!("{}\n\n{}\n\n", query.title.es(), ta("procedures-answer-head", &from));
            lines(data, "", &mut text);
            papers.push(Paper {
                title: query.title.es().to_owned(),
                staged: self.parts().blobs.stage(text.into_bytes()).await?,
                query: Some((answer.source.clone(), query.service.clone())),
            });
        }
        Ok(papers)
    }

    /// The signatures in the person's files that the data names, looked for before the transaction (SIG-15).
    pub(super) async fn found_in(&self, d: &Definition, state: &CaseState) -> Result<FoundIn> {
        let (mut pointers, mut found) = (Vec::new(), FoundIn::new());
        files(&d.data, "", &mut pointers);
        for pointer in pointers {
            let Some(file) = get(&state.data, &pointer) else { continue };
            let Some(blob) = blob_of(file).filter(|_| is_no_picture(file)) else { continue };
            let name = file.get("name").and_then(Value::as_str).unwrap_or_default();
            let bytes = self.parts().blobs.get(blob.sha256).await?;
            found.insert(blob.sha256, self.parts().signing.signatures_in(name, bytes.into()).await?);
        }
        Ok(found)
    }

    /// Opens the case file, files the papers and the person's files, and gives the receipt (EXP-06).
    pub(super) fn file_request(
        &self,
        tx: &mut Tx<'_>,
        row: &mut CaseRow,
        d: &Definition,
        (papers, found): (&[Paper], &FoundIn),
        now: Timestamp,
    ) -> Result<()> {
        let institution = self.parts().directory.institution(&row.institution);
        let unit = self.unit_name(&row.institution, &d.unit);
        let case = self.parts().casefiles.open(
            tx,
            &OpenCase {
                institution: row.institution.clone(),
                institution_name: self.institution_name(&row.institution),
                institution_number: institution.as_ref().and_then(|i| i.gescode_id),
                commune: institution.as_ref().and_then(|i| i.commune),
                zone: self.place(&row.institution).zone,
                procedure_code: d.catalog.cpat.clone(),
                procedure_name: d.title.es().to_owned(),
                title: d.title.es().to_owned(),
                subject: d.title.es().to_owned(),
                parties: vec![Party { person: row.person.clone(), kind: ActorKind::Citizen }],
                responsible: Responsible {
                    official: None,
                    run: None,
                    name: unit.clone(),
                    post: unit,
                    unit: d.unit.clone(),
                },
                roles: d.access.roles(),
                level: AccessLevel::Public,
                sensitivity: Sensitivity::Ordinary,
                at: now,
            },
        )?;
        let mut documents = Vec::new();
        for paper in papers {
            let blob = paper.staged.put(tx)?;
            let mut entry = self.incoming(row, &paper.title, blob, now);
            entry.media_type = "text/plain".to_owned();
            if let Some((source, service)) = &paper.query {
                entry.kind = DocumentKind::RECORD;
                entry.author = Author::System("copihue");
                entry.origin = Origin::Interoperability;
                entry.interoperated = Some(Interoperated {
                    institution: source.clone(),
                    service: service.clone(),
                    consent: None,
                    trace: None,
                });
            }
            let filed = self.parts().casefiles.file(tx, &case, &entry)?;
            if paper.query.is_none() {
                documents.push(filed);
            }
        }
        documents.extend(self.file_uploads(tx, row, &case, (d, found), now)?);
        let certificate = self.parts().casefiles.certify_filing(
            tx,
            &case,
            &Filing {
                received_at: now,
                origin: FilingOrigin::FormularioWeb,
                presenter: Some(Presenter { run: row.person.run, on_behalf_of: None }),
                documents,
                declaration: Declaration::NotNeeded,
            },
        )?;
        self.parts().casefiles.set_state(tx, &case, FileState::InProgress, &Author::System("copihue"))?;
        row.iuie = Some(case.iuie);
        row.casefile = Some(case.id);
        row.filed = Some(certificate.effective.at);
        Ok(())
    }

    fn incoming(&self, row: &CaseRow, title: &str, blob: BlobRef, now: Timestamp) -> NewEntry {
        let mut entry = NewEntry::new(title, DocumentKind::REQUEST, blob, now);
        entry.direction = Direction::Incoming;
        entry.stage = Stage::Initiation;
        entry.mechanism = Mechanism::Digital;
        entry.author = Author::Party(row.person.clone());
        entry.holders = vec![row.person.id];
        entry.privacy = Privacy::Personal;
        entry
    }

    /// The person's files that the data names: each once, by its hash.
    pub(super) fn file_uploads(
        &self,
        tx: &mut Tx<'_>,
        row: &CaseRow,
        case: &CaseRef,
        (d, found): (&Definition, &FoundIn),
        now: Timestamp,
    ) -> Result<Vec<copihue_casefiles::EntryRef>> {
        let mut pointers = Vec::new();
        files(&d.data, "", &mut pointers);
        let mut filed = Vec::new();
        for pointer in pointers {
            let Some(file) = get(&row.state.data, &pointer) else { continue };
            let text = |key: &str| file.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let Some(blob) = blob_of(file) else { continue };
            let mut entry = self.incoming(row, &text("name"), blob, now);
            entry.kind = DocumentKind::RECORD;
            entry.media_type = text("type");
            entry.file_name = Some(text("name"));
            entry.signatures = found.get(&blob.sha256).cloned().unwrap_or_default();
            filed.push(self.parts().casefiles.file(tx, case, &entry)?);
        }
        Ok(filed)
    }

    pub(super) fn unit_name(&self, institution: &str, unit: &str) -> String {
        self.parts().directory.unit(institution, unit).map_or_else(|| unit.to_owned(), |u| u.name.clone())
    }
}

fn blob_of(file: &Value) -> Option<BlobRef> {
    let mut sha256 = [0; 32];
    hex::decode_to_slice(file.get("sha256")?.as_str()?, &mut sha256).ok()?;
    Some(BlobRef { sha256, size: file.get("size")?.as_u64()? })
}

/// A picture holds no signature.
fn is_no_picture(file: &Value) -> bool {
    file.get("type").and_then(Value::as_str).is_none_or(|kind| !kind.starts_with("image/"))
}

/// Pointers of the files of a schema (lists of files are not part of the samples).
fn files(schema: &Schema, at: &str, out: &mut Vec<String>) {
    match &schema.shape {
        Shape::File => out.push(at.to_owned()),
        Shape::Object { properties, .. } => {
            properties.iter().for_each(|(name, s)| files(s, &format!("{at}/{name}"), out))
        }
        _ => {}
    }
}

/// The request as the law wants it: who, to whom, when, what was said (LBPA 30).
fn request(d: &Definition, state: &CaseState, facts: &Facts) -> String {
    let run = facts.applicant.run.parse::<copihue_core::Run>().map(|r| r.to_string()).unwrap_or_default();
    let head = args! {
        "institution" => facts.institution_name.as_str(), "name" => facts.applicant.name.as_str(), "run" => run,
        "date" => copihue_core::text::long_date(facts.today), "medium" => t("procedures-notice-medium"),
        "product" => d.catalog.product.as_str(),
    };
    let mut text = format!("{}\n\n{}\n\n", d.title.es(), ta("procedures-request-head", &head));
    answers(&d.data, &Value::Object(state.data.clone()), &mut text);
    text
}

fn answers(schema: &Schema, value: &Value, text: &mut String) {
    match (&schema.shape, value) {
        (Shape::Object { properties, .. }, Value::Object(map)) => {
            for (name, schema) in properties {
                if let Some(value) = map.get(name) {
                    answers(schema, value, text);
                }
            }
        }
        (Shape::List { items, .. }, Value::Array(values)) => {
            values.iter().for_each(|v| answers(items, v, text))
        }
        _ if schema.title.is_empty() => {}
        _ => text.push_str(&format!("{}: {}\n", schema.title, pretty(schema, value))),
    }
}

fn lines(value: &Value, at: &str, text: &mut String) {
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(k, v)| lines(v, &if at.is_empty() { k.clone() } else { format!("{at}.{k}") }, text)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, v)| lines(v, &format!("{at}.{}", i + 1), text))
        }
        Value::String(s) => text.push_str(&format!("{at}: {s}\n")),
        other => text.push_str(&format!("{at}: {other}\n")),
    }
}

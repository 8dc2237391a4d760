//! Containers (ASiC, EN 319 162-1), judged: the ZIP first, then each signature in it, then whether each file is under one.

mod manifest;
mod package;

use std::collections::BTreeSet;

use copihue_core::Timestamp;
use copihue_core::json::sha256;
use manifest::Manifest;
use package::Package;
pub(super) use package::kind;

use super::detect::Kind;
use super::file::Given;
use super::material::Material;
use super::timestamp::{DocumentTimestamp, Known, TimestampVerdict, Token};
use super::trust::TrustStore;
use super::verdict::{Changes, Coverage, Indication, SignatureVerdict, SubIndication};
use super::{cades, effort, xml};
use crate::ers::{EvidenceVerdict, verify_record};

/// What is said of a container.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) signatures: Vec<SignatureVerdict>,
    pub(super) timestamps: Vec<DocumentTimestamp>,
    pub(super) evidence: Vec<EvidenceVerdict>,
    /// Each file, and whether something that was judged is over it.
    pub(super) files: Vec<(String, bool)>,
}

/// Judges everything in a container.
///
/// # Errors
/// What is wrong with the container itself, for a technician.
pub(super) fn judge_all(
    bytes: &[u8],
    kind: Kind,
    trust: &TrustStore,
    known_at: Timestamp,
) -> Result<Judged, &'static str> {
    let package = Package::open(bytes)?;
    if kind == Kind::AsicS && package.data().count() != 1 {
        return Err("a container of one file that holds another number of them");
    }
    let mut container = Container {
        package: &package,
        manifests: manifest::all(&package)?,
        trust,
        known_at,
        covered: BTreeSet::new(),
        judged: Judged::default(),
    };
    container.judge_proofs();
    container.judge_signatures()?;
    let Container { mut judged, covered, .. } = container;
    judged.files = package.data().map(|f| (f.name.to_owned(), covered.contains(f.name))).collect();
    for signature in &mut judged.signatures {
        if judged.files.iter().any(|(_, is_covered)| !is_covered) {
            signature.coverage = Coverage::Partial;
        }
    }
    Ok(judged)
}

struct Container<'a> {
    package: &'a Package,
    manifests: Vec<Manifest>,
    trust: &'a TrustStore,
    known_at: Timestamp,
    covered: BTreeSet<String>,
    judged: Judged,
}

impl Container<'_> {
    /// Timestamps and evidence records over files of the container, signatures among them.
    fn judge_proofs(&mut self) {
        for file in self.package.meta() {
            if file.name.ends_with(".tst") {
                let (over, names) = self.proved_by(file.name);
                let judged = over.and_then(|bytes| self.stamp(file.bytes, bytes));
                self.note_stamp(file.name, judged, &names);
            } else if file.name.ends_with(".ers") {
                self.judge_record(file);
            }
        }
    }

    /// What a proof is over: the manifest that names it, or else the only file; and the files that this covers.
    fn proved_by(&self, proof: &str) -> (Result<&[u8], SubIndication>, Vec<String>) {
        if let Some(manifest) = self.manifests.iter().find(|m| m.proof == proof) {
            let names = manifest.references.iter().map(|r| r.name.clone()).collect();
            let bytes = self.package.bytes(&manifest.name).ok_or(SubIndication::SignedDataNotFound);
            return (manifest.check(self.package).and(bytes), names);
        }
        let mut data = self.package.data();
        match (data.next(), data.next()) {
            (Some(only), None) => (over(only.bytes), vec![only.name.to_owned()]),
            _ => (Err(SubIndication::SignedDataNotFound), Vec::new()),
        }
    }

    fn stamp(&self, token: &[u8], over: &[u8]) -> Result<TimestampVerdict, SubIndication> {
        let material = Material::default();
        Token::open(token)?.judge(
            &[over],
            &[],
            Known { trust: self.trust, material: &material, at: self.known_at },
        )
    }

    fn note_stamp(&mut self, id: &str, judged: Result<TimestampVerdict, SubIndication>, names: &[String]) {
        if judged.is_ok() {
            self.covered.extend(names.iter().cloned());
        }
        self.judged.timestamps.push(DocumentTimestamp {
            id: id.to_owned(),
            problem: judged.as_ref().err().copied(),
            covers: names.to_vec(),
            stamp: judged.ok(),
            changes_after: Changes::None,
        });
    }

    fn judge_record(&mut self, record: Given<'_>) {
        let manifest = self.manifests.iter().find(|m| m.proof == record.name);
        let named = manifest.map(|m| m.references.iter().map(|r| r.name.clone()).collect::<Vec<_>>());
        let names = named.unwrap_or_else(|| self.package.data().map(|f| f.name.to_owned()).collect());
        let mut verdicts = Vec::new();
        for name in &names {
            let bytes = over(self.package.bytes(name).unwrap_or_default()).unwrap_or_default();
            match verify_record(record.bytes, sha256(bytes), self.trust, self.known_at) {
                Ok(verdict) => verdicts.push((name.clone(), verdict)),
                Err(problem) => return self.note_stamp(record.name, Err(problem), &names),
            }
        }
        for (name, verdict) in verdicts {
            self.covered.insert(name.clone());
            self.judged.evidence.push(EvidenceVerdict { of: Some(name), ..verdict });
        }
    }

    /// When a file of the container is proved to have existed.
    fn known_since(&self, name: &str) -> Timestamp {
        let stamps = self.judged.timestamps.iter().filter(|t| t.covers.iter().any(|n| n == name));
        let records = self.judged.evidence.iter().filter(|e| e.of.as_deref() == Some(name)).map(|e| e.since);
        stamps.filter_map(DocumentTimestamp::proves).chain(records).fold(self.known_at, Timestamp::min)
    }

    fn judge_signatures(&mut self) -> Result<(), &'static str> {
        for file in self.package.meta() {
            let known_at = self.known_since(file.name);
            if file.name.ends_with(".p7s") {
                self.judge_cms(file, known_at)?;
            } else if file.name.contains("signatures") && file.name.ends_with(".xml") {
                let data: Vec<Given<'_>> = self.package.data().collect();
                let judged = xml::judge_all(file.bytes, &data, self.trust, known_at)?;
                let passed = judged.signatures.iter().all(|s| s.indication == Indication::TotalPassed);
                if passed && !judged.is_covered {
                    return Err("a file of signatures that says more than it signs");
                }
                self.covered.extend(judged.files);
                self.take(file.name, judged.signatures);
            }
        }
        Ok(())
    }

    fn judge_cms(&mut self, file: Given<'_>, known_at: Timestamp) -> Result<(), &'static str> {
        let (over, names) = self.proved_by(file.name);
        let content = over.ok();
        let broken = over.err();
        let mut signatures = cades::judge_all(file.bytes, content, self.trust, known_at)?;
        if let Some(problem) = broken {
            signatures.iter_mut().for_each(|s| s.fail(problem));
        } else {
            self.covered.extend(names);
        }
        self.take(file.name, signatures);
        Ok(())
    }

    fn take(&mut self, name: &str, signatures: Vec<SignatureVerdict>) {
        let is_archived =
            self.judged.timestamps.iter().any(|t| t.proves().is_some() && t.covers.iter().any(|n| n == name));
        for mut signature in signatures {
            signature.id = format!("{name}: {}", signature.id);
            if is_archived && signature.level == "B-LT" {
                signature.level = "B-LTA";
            }
            self.judged.signatures.push(signature);
        }
    }
}

/// What a signature or proof is over, which is hashed for each of them.
fn over(bytes: &[u8]) -> Result<&[u8], SubIndication> {
    effort::spend(effort::Key::Short, bytes.len())?;
    Ok(bytes)
}

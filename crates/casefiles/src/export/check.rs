//! Checks an exported case with nothing but the file and a policy: no network, no database, no trust in who gave it.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use aws_lc_rs::digest::{Context, SHA256};
use copihue_core::text::printable;
use copihue_core::{Result, Timestamp};
use copihue_tlog::policy::Policy;
use copihue_tlog::{Verified, verify_proof};
use serde_json::{Value, json as object};

use super::{ExportEntry, ExportFiling, ExportIndex, INDEX, POLICY, README};
use crate::model::chain::{self, genesis};

/// More than the index of the largest case.
const MAX_INDEX: u64 = 64 << 20;
const MAX_RECEIPT: u64 = 1 << 20;

/// What can be said of an exported case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Judgement {
    /// Everything fits.
    Whole,
    /// Something was changed, taken out or put in.
    Changed,
    /// Nothing was found wrong, but something can't be checked with what is at hand.
    Undecided,
}

/// Something that does not fit, or can't be checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The file or entry it is about.
    pub place: String,
    /// Stable: `formato`, `cadena`, `detalle`, `archivo_cambiado`, `archivo_falta`, `archivo_sobra`, `comprobante_de_otro`,
    /// `sin_comprobante`, or the reason of the receipt's verdict.
    pub code: &'static str,
    /// In Spanish.
    pub text: String,
}

/// The verdict on an exported case.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ExportVerdict {
    /// `<institution>/<IUIe>`.
    pub case: String,
    /// When it was exported, as the export says.
    pub exported_at: Option<Timestamp>,
    /// How many entries the index has.
    pub entries: usize,
    /// How many documents came with it and are the ones of the index.
    pub documents: usize,
    /// How many entries come without their content. Why, the file can't prove.
    pub hidden: usize,
    /// How many entries tell what they are, and come without their document.
    pub without_document: usize,
    /// How many receipts of the public log verify.
    pub receipts: usize,
    /// The head of the chain, lower-case hex.
    pub head: String,
    /// What was changed.
    pub findings: Vec<Finding>,
    /// What can't be checked.
    pub doubts: Vec<Finding>,
}

impl ExportVerdict {
    /// In one word.
    #[must_use]
    pub fn judgement(&self) -> Judgement {
        match (self.findings.is_empty(), self.doubts.is_empty()) {
            (false, _) => Judgement::Changed,
            (true, false) => Judgement::Undecided,
            (true, true) => Judgement::Whole,
        }
    }
}

/// Checks that every document is the one of the index, that the index is one unbroken chain, and that each link of it
/// stands in the public log.
pub fn verify_export<R: Read + Seek>(reader: R, policy: &Policy) -> ExportVerdict {
    let mut verdict = ExportVerdict::default();
    if let Err(finding) = check(reader, policy, &mut verdict) {
        verdict.findings.push(finding);
    }
    verdict
}

fn finding(place: impl Into<String>, code: &'static str, text: impl Into<String>) -> Finding {
    Finding { place: printable(&place.into()), code, text: text.into() }
}

fn unreadable(place: &str) -> Finding {
    finding(place, "formato", "no es un expediente exportado por esta plataforma, o el archivo está dañado")
}

fn check<R: Read + Seek>(
    reader: R,
    policy: &Policy,
    verdict: &mut ExportVerdict,
) -> std::result::Result<(), Finding> {
    let zip = ::zip::ZipArchive::new(reader).map_err(|_| unreadable("ZIP"))?;
    let names: Option<Vec<String>> = zip.file_names().map(|name| Some(name.ok()?.into_owned())).collect();
    let names = names.ok_or_else(|| unreadable("ZIP"))?;
    let roots: Vec<&str> = names
        .iter()
        .filter_map(|name| name.strip_suffix(INDEX))
        .filter(|root| root.is_empty() || root.ends_with('/'))
        .collect();
    let [root] = roots.as_slice() else { return Err(unreadable(INDEX)) };
    let root = (*root).to_owned();
    let mut package = Package { zip, names, root, used: BTreeSet::new() };
    let index = package.small(INDEX, MAX_INDEX).ok_or_else(|| unreadable(INDEX))?;
    let index: ExportIndex = serde_json::from_slice(&index).map_err(|_| unreadable(INDEX))?;
    if index.v != 1 {
        return Err(unreadable(INDEX));
    }
    verdict.case = printable(&index.exp);
    verdict.exported_at = Some(index.exportado);
    verdict.entries = index.entradas.len();
    let heads = heads(&index).map_err(|_| broken_chain())?;
    verdict.head = heads.last().cloned().unwrap_or_default();
    if verdict.head != index.cabeza {
        return Err(broken_chain());
    }
    let mut checker = Checker { package, policy, index: &index, verdict };
    checker.opening(&heads[0]);
    for (entry, head) in index.entradas.iter().zip(&heads[1..]) {
        checker.entry(entry, head);
    }
    for filing in &index.presentaciones {
        checker.filing(filing);
    }
    checker.nothing_besides();
    Ok(())
}

fn broken_chain() -> Finding {
    finding(INDEX, "cadena", "el índice fue cambiado: sus entradas no forman la cadena que dice")
}

/// The head before the first entry and after each.
fn heads(index: &ExportIndex) -> Result<Vec<String>> {
    let mut head = genesis(&index.exp, index.creado)?;
    let mut all = vec![hex::encode(head)];
    let skeletons: Vec<_> = index.entradas.iter().map(|e| e.entrada.clone()).collect();
    chain::replay(&index.exp, index.creado, &skeletons)?;
    for skeleton in &skeletons {
        head = skeleton.link(&head)?;
        all.push(hex::encode(head));
    }
    Ok(all)
}

/// The ZIP, and which of its files the index speaks of.
struct Package<R> {
    zip: ::zip::ZipArchive<R>,
    names: Vec<String>,
    root: String,
    used: BTreeSet<String>,
}

impl<R: Read + Seek> Package<R> {
    /// A file as our exports hold it: stored as it is. What was packed could be a thousand times what it seems.
    fn stored(&mut self, full: &str) -> Option<::zip::read::ZipFile<'_, R>> {
        let file = self.zip.by_name(full).ok()?;
        (file.compression() == ::zip::CompressionMethod::Stored).then_some(file)
    }

    /// A file that is small enough; `None` when it isn't there, or isn't small.
    fn small(&mut self, name: &str, most: u64) -> Option<Vec<u8>> {
        let full = format!("{}{name}", self.root);
        let mut bytes = Vec::new();
        self.stored(&full)?.take(most + 1).read_to_end(&mut bytes).ok()?;
        self.used.insert(full);
        (bytes.len() as u64 <= most).then_some(bytes)
    }

    /// The SHA-256 of a file of this length; `None` when it isn't there, `Some(None)` when it is longer or damaged.
    fn sha256(&mut self, name: &str, length: u64) -> Option<Option<String>> {
        let full = format!("{}{name}", self.root);
        // Each document is one entry's: read again for another, it would only be work.
        if !self.used.insert(full.clone()) {
            return Some(None);
        }
        let file = self.stored(&full)?;
        let (mut context, mut read) = (Context::new(&SHA256), 0);
        let mut file = file.take(length.saturating_add(1));
        let mut buffer = vec![0; 64 << 10];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => {
                    context.update(&buffer[..n]);
                    read += n as u64;
                }
                Err(_) => return Some(None),
            }
        }
        Some((read == length).then(|| hex::encode(context.finish())))
    }
}

struct Checker<'a, R> {
    package: Package<R>,
    policy: &'a Policy,
    index: &'a ExportIndex,
    verdict: &'a mut ExportVerdict,
}

impl<R: Read + Seek> Checker<'_, R> {
    fn opening(&mut self, head: &str) {
        let expected = [("record", object!(self.index.exp)), ("head", object!(head))];
        self.receipt("apertura", self.index.apertura.as_deref(), "casefile.opened", &expected);
    }

    fn entry(&mut self, entry: &ExportEntry, head: &str) {
        let place = format!("entrada {}", entry.entrada.n);
        match (&entry.sal, &entry.detalle) {
            (Some(salt), Some(detail)) => {
                if is_committed(salt, detail, &entry.entrada.c) {
                    self.document(entry, detail);
                } else {
                    let text = "la descripción del documento no es la que se registró";
                    self.verdict.findings.push(finding(place.as_str(), "detalle", text));
                }
            }
            _ => self.verdict.hidden += 1,
        }
        let record = format!("{}/{}", self.index.exp, entry.entrada.n);
        let expected = [("record", object!(record)), ("head", object!(head))];
        self.receipt(&place, entry.comprobante.as_deref(), "casefile.entry", &expected);
    }

    /// The file is the one that the index commits to.
    fn document(&mut self, entry: &ExportEntry, detail: &Value) {
        let Some(name) = &entry.archivo else {
            self.verdict.without_document += 1;
            return;
        };
        let length = detail.get("bytes").and_then(Value::as_u64).unwrap_or_default();
        match self.package.sha256(name, length) {
            Some(found) if found.as_deref() == detail.get("sha256").and_then(Value::as_str) => {
                self.verdict.documents += 1;
            }
            Some(_) => {
                let text = "el archivo fue cambiado después de incorporarse al expediente";
                self.verdict.findings.push(finding(name, "archivo_cambiado", text));
            }
            None => {
                let text = "el índice nombra este archivo y no viene en el ZIP";
                self.verdict.findings.push(finding(name, "archivo_falta", text));
            }
        }
    }

    fn filing(&mut self, filing: &ExportFiling) {
        let received = filing.certificado.get("recibido").cloned().unwrap_or_default();
        let record = format!("{}/{}", self.index.exp, filing.documento);
        let expected =
            [("record", object!(record)), ("document", object!(filing.documento)), ("received", received)];
        let place = format!("presentación {}", filing.documento);
        self.receipt(&place, filing.comprobante.as_deref(), "casefile.filing", &expected);
    }

    /// A receipt verifies, and is of this act and no other.
    fn receipt(&mut self, place: &str, file: Option<&str>, kind: &str, expected: &[(&str, Value)]) {
        let Some(file) = file else {
            let text = "no trae su comprobante: se exportó antes de que estuviera listo. Expórtelo de nuevo";
            return self.verdict.doubts.push(finding(place, "sin_comprobante", text));
        };
        let Some(bytes) = self.package.small(file, MAX_RECEIPT) else {
            let text = "el índice nombra este archivo y no viene en el ZIP";
            return self.verdict.findings.push(finding(file, "archivo_falta", text));
        };
        match verify_proof(&String::from_utf8_lossy(&bytes), self.policy) {
            Ok(verified) if is_of(&verified, kind, expected) => self.verdict.receipts += 1,
            Ok(_) => {
                let text = "el comprobante es de otro hecho";
                self.verdict.findings.push(finding(place, "comprobante_de_otro", text));
            }
            Err(reason) => {
                let found = finding(place, reason.code(), reason.explanation());
                let list = match reason.is_undecided() {
                    true => &mut self.verdict.doubts,
                    false => &mut self.verdict.findings,
                };
                list.push(found);
            }
        }
    }

    /// A file that the index does not name could be taken for one of the case.
    fn nothing_besides(&mut self) {
        let known = [README, POLICY].map(|name| format!("{}{name}", self.package.root));
        let files = self.package.names.iter().filter(|name| !name.ends_with('/'));
        for name in files.filter(|name| !self.package.used.contains(*name) && !known.contains(name)) {
            let text = "este archivo no es parte del expediente: alguien lo agregó al ZIP";
            self.verdict.findings.push(finding(name.as_str(), "archivo_sobra", text));
        }
    }
}

fn is_committed(salt: &str, detail: &Value, commitment: &str) -> bool {
    let salt: Option<[u8; 16]> = hex::decode(salt).ok().and_then(|bytes| bytes.try_into().ok());
    salt.and_then(|salt| chain::commitment(&salt, detail).ok()).is_some_and(|c| hex::encode(c) == commitment)
}

/// The receipt's kind and fields say that it is of this act.
fn is_of(verified: &Verified, kind: &str, expected: &[(&str, Value)]) -> bool {
    verified.kind.as_deref() == Some(kind)
        && verified.origin.ends_with("/casefile")
        && expected.iter().all(|(name, value)| verified.fields.get(*name) == Some(value))
}

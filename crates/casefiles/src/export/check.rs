//! Checks an exported case with nothing but the file and a policy: no network, no database, no trust in who gave it.

mod package;
mod seal;

use std::io::{Read, Seek};

use copihue_core::json::sha256_hex;
use copihue_core::text::printable;
use copihue_core::{Result, Timestamp};
use copihue_signing::verify::{AnchorKind, TrustStore};
use copihue_tlog::policy::Policy;
use copihue_tlog::{Verified, verify_proof};
use serde_json::{Value, json as object};

use super::{ExportAct, ExportEntry, ExportFiling, ExportIndex, INDEX, SEAL, VERSION, file_name};
use crate::model::chain::{self, genesis};
use package::Package;

/// More than the index of the largest case.
const MAX_INDEX: u64 = 64 << 20;
const MAX_RECEIPT: u64 = 1 << 20;
const MAX_SEAL: u64 = 64 << 10;

/// Whom the reader believes, and when.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    /// Of the public log.
    pub policy: &'a Policy,
    /// Of the institutions' seals.
    pub seals: &'a TrustStore,
    /// The present.
    pub now: Timestamp,
}

/// An institution's seal on an export.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seal {
    /// The institution, by its certificate.
    pub by: String,
    /// When, as the seal says.
    pub at: Timestamp,
    /// What kind of authority vouches for the certificate; `None` for one that is not trusted.
    pub kind: Option<AnchorKind>,
}

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
    /// Stable: `formato`, `cadena`, `detalle`, `archivo_cambiado`, `archivo_falta`, `archivo_sobra`, `archivo_renombrado`,
    /// `sello_falta`, `sello_falso`, `sello_de_otro`, `sello_no_reconocido`, `sello_de_otra_institucion`, `indice_cambiado`,
    /// `entradas_cortadas`, `certificado_cambiado`, `comprobante_de_otro`, `sin_comprobante`, or the reason of the
    /// receipt's verdict.
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
    /// The seal on all of it, when it is of this export.
    pub seal: Option<Seal>,
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

/// Checks that the index is the one that the institution sealed, every document the one of the index, the index one
/// unbroken chain, and that each link of it stands in the public log.
pub fn verify_export<R: Read + Seek>(reader: R, trust: &Trust<'_>) -> ExportVerdict {
    let mut verdict = ExportVerdict::default();
    if let Err(finding) = check(reader, trust, &mut verdict) {
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
    trust: &Trust<'_>,
    verdict: &mut ExportVerdict,
) -> std::result::Result<(), Finding> {
    let mut package = Package::open(reader)?;
    let bytes = package.small(INDEX, MAX_INDEX).ok_or_else(|| unreadable(INDEX))?;
    let index: ExportIndex = serde_json::from_slice(&bytes).map_err(|_| unreadable(INDEX))?;
    if index.v != VERSION {
        return Err(unreadable(INDEX));
    }
    verdict.case = printable(&index.exp);
    verdict.exported_at = Some(index.exportado);
    verdict.entries = index.entradas.len();
    seal::of_export(package.small(SEAL, MAX_SEAL), &index, &sha256_hex(&bytes), trust, verdict);
    let heads = heads(&index).map_err(|_| broken_chain())?;
    verdict.head = heads.last().cloned().unwrap_or_default();
    if verdict.head != index.cabeza {
        return Err(broken_chain());
    }
    let mut checker = Checker { package, trust, index: &index, verdict };
    checker.opening(&heads[0]);
    for (entry, head) in index.entradas.iter().zip(&heads[1..]) {
        checker.entry(entry, head);
    }
    for filing in &index.presentaciones {
        checker.filing(filing);
    }
    for act in &index.actos {
        checker.act(act);
    }
    let besides = checker.package.besides();
    verdict.findings.extend(besides);
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

struct Checker<'a, R> {
    package: Package<R>,
    trust: &'a Trust<'a>,
    index: &'a ExportIndex,
    verdict: &'a mut ExportVerdict,
}

impl<R: Read + Seek> Checker<'_, R> {
    fn opening(&mut self, head: &str) {
        let expected = [("record", object!(self.index.exp)), ("head", object!(head))];
        self.receipt("apertura", self.index.apertura.as_deref(), (OWN, "casefile.opened"), &expected);
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
        self.receipt(&place, entry.comprobante.as_deref(), (OWN, "casefile.entry"), &expected);
    }

    /// The file is the one that the index commits to.
    fn document(&mut self, entry: &ExportEntry, detail: &Value) {
        let Some(name) = &entry.archivo else {
            self.verdict.without_document += 1;
            return;
        };
        if *name != self.named(entry, detail) {
            let text = "el archivo se llama de otra manera que el documento del índice";
            self.verdict.findings.push(finding(name, "archivo_renombrado", text));
        }
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

    /// What our exports call the document of an entry.
    fn named(&self, entry: &ExportEntry, detail: &Value) -> String {
        let text = |key: &str| detail.get(key).and_then(Value::as_str).unwrap_or_default();
        let day = self.index.zona.date(entry.entrada.rec);
        file_name(entry.entrada.n, day, text("titulo"), text("formato"))
    }

    fn filing(&mut self, filing: &ExportFiling) {
        let received = filing.certificado.get("recibido").cloned().unwrap_or_default();
        let record = format!("{}/{}", self.index.exp, filing.documento);
        let expected =
            [("record", object!(record)), ("document", object!(filing.documento)), ("received", received)];
        let place = format!("presentación {}", filing.documento);
        let proved = self.receipt(&place, filing.comprobante.as_deref(), (OWN, "casefile.filing"), &expected);
        seal::of_filing(filing, &place, proved.as_ref(), self.trust, self.verdict);
    }

    fn act(&mut self, act: &ExportAct) {
        let place = format!("acto «{}»", act.titulo);
        let expected = [("record", object!(act.registro))];
        self.receipt(&place, act.comprobante.as_deref(), (&act.bitacora, &act.hecho), &expected);
    }

    /// A receipt verifies, and is of this act and no other.
    fn receipt(
        &mut self,
        place: &str,
        file: Option<&str>,
        act: (&str, &str),
        expected: &[(&str, Value)],
    ) -> Option<Verified> {
        let Some(file) = file else {
            let text = "no trae su comprobante: se exportó antes de que estuviera listo. Expórtelo de nuevo";
            self.verdict.doubts.push(finding(place, "sin_comprobante", text));
            return None;
        };
        let Some(bytes) = self.package.small(file, MAX_RECEIPT) else {
            let text = "el índice nombra este archivo y no viene en el ZIP";
            self.verdict.findings.push(finding(file, "archivo_falta", text));
            return None;
        };
        match verify_proof(&String::from_utf8_lossy(&bytes), self.trust.policy) {
            Ok(verified) if is_of(&verified, act, expected) => {
                self.verdict.receipts += 1;
                return Some(verified);
            }
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
        None
    }
}

fn is_committed(salt: &str, detail: &Value, commitment: &str) -> bool {
    let salt: Option<[u8; 16]> = hex::decode(salt).ok().and_then(|bytes| bytes.try_into().ok());
    salt.and_then(|salt| chain::commitment(&salt, detail).ok()).is_some_and(|c| hex::encode(c) == commitment)
}

/// The ledger of the case files' own acts.
const OWN: &str = "casefile";

/// The receipt's ledger, kind and fields say that it is of this act.
fn is_of(verified: &Verified, (ledger, kind): (&str, &str), expected: &[(&str, Value)]) -> bool {
    verified.kind.as_deref() == Some(kind)
        && verified.origin.rsplit('/').next() == Some(ledger)
        && expected.iter().all(|(name, value)| verified.fields.get(*name) == Some(value))
}

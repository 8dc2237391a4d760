//! The authorisation of a batch: what its holder allowed to be signed, and nothing else (specs signing §5).
//!
//! It names the documents by the root of a Merkle tree (RFC 6962) over a leaf for each. The holder's own key signs it, so that nobody who
//! can write to the database, or who stole an application's secret, can put a document under it.

use copihue_core::json::{canonical, sha256};
use copihue_core::{Error, Id, Result, Timestamp};
use copihue_tlog::merkle::{Frontier, leaf_hash};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::batch::BatchItem;
use super::level::Level;

/// How long an authorisation holds.
pub const VALID_MS: i64 = 10 * 60_000;

/// What is signed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorisation {
    /// Says what this is, so that no other signed thing passes for one.
    #[serde(rename = "tipo")]
    kind: String,
    /// The batch.
    #[serde(rename = "lote")]
    pub batch: String,
    /// The institution's code.
    #[serde(rename = "institucion")]
    pub institution: String,
    /// The holder's id.
    #[serde(rename = "titular")]
    pub official: String,
    /// Serial number of the certificate, hex.
    #[serde(rename = "certificado")]
    pub certificate: String,
    /// Root over the documents, hex.
    #[serde(rename = "raiz")]
    pub root: String,
    /// How many documents there are.
    #[serde(rename = "documentos")]
    pub items: u64,
    /// The step of the one-time code that was spent; none where a process signs by a standing permission.
    #[serde(rename = "paso_otp", skip_serializing_if = "Option::is_none")]
    pub otp_step: Option<i64>,
    /// How many of the documents the holder had opened.
    #[serde(rename = "abiertos")]
    pub opened: u64,
    /// When it was given, in milliseconds.
    #[serde(rename = "desde")]
    pub from: i64,
    /// When it ends, in milliseconds.
    #[serde(rename = "hasta")]
    pub until: i64,
}

const KIND: &str = "autorizacion_de_firma";

/// Who authorises what.
pub struct Grant<'a> {
    /// The batch.
    pub batch: Id,
    /// The institution's code.
    pub institution: &'a str,
    /// The holder.
    pub official: Id,
    /// Serial number of their certificate.
    pub certificate: String,
    /// The step of the code that was spent.
    pub otp_step: Option<i64>,
    /// How many of the documents they had opened.
    pub opened: u64,
}

impl Authorisation {
    /// Of these documents, from now on.
    ///
    /// # Errors
    /// When a document can't be written down: a defect.
    pub fn new(grant: &Grant<'_>, items: &[BatchItem], level: Level, now: Timestamp) -> Result<Self> {
        Ok(Self {
            kind: KIND.to_owned(),
            batch: grant.batch.to_string(),
            institution: grant.institution.to_owned(),
            official: grant.official.to_string(),
            certificate: grant.certificate.clone(),
            root: hex::encode(root(items, level)?),
            items: items.len() as u64,
            otp_step: grant.otp_step,
            opened: grant.opened,
            from: now.millis(),
            until: now.plus_millis(VALID_MS).millis(),
        })
    }

    /// Until when it holds.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        Timestamp::from_millis(self.until)
    }
}

/// A document under a permit: what can be signed of a batch, and only that.
pub struct Permitted<'a>(&'a BatchItem);

impl Permitted<'_> {
    /// The document.
    #[must_use]
    pub fn item(&self) -> &BatchItem {
        self.0
    }

    /// Whether these bytes are those that were authorised.
    ///
    /// # Errors
    /// `documento_alterado`, when they are others.
    pub fn check(&self, bytes: &[u8]) -> Result<()> {
        if sha256(bytes) == self.0.sha256 { Ok(()) } else { Err(altered()) }
    }
}

/// The document is no longer the one that was prepared.
#[must_use]
pub fn altered() -> Error {
    Error::conflict(
        "documento_alterado",
        "El documento cambió desde que usted lo revisó. Ábralo de nuevo y fírmelo otra vez.",
    )
}

/// An authorisation whose signature was checked, held against the documents that are there.
#[derive(Debug)]
pub struct Permit {
    until: Timestamp,
    items: Vec<BatchItem>,
}

impl Permit {
    /// From the signed record's payload and all documents of the batch, in order.
    ///
    /// # Errors
    /// `autorizacion_ajena`, when it is of another batch or holder, or the documents are not those that it names.
    pub fn open(payload: &[u8], grant: &Grant<'_>, items: Vec<BatchItem>, level: Level) -> Result<Self> {
        let foreign =
            || Error::forbidden("La autorización no corresponde a estos documentos, así que no se firman.");
        let said: Authorisation = serde_json::from_slice(payload).map_err(|e| foreign().context(e))?;
        let fits = said.kind == KIND
            && said.batch == grant.batch.to_string()
            && said.institution == grant.institution
            && said.official == grant.official.to_string()
            && said.certificate == grant.certificate
            && said.items == items.len() as u64
            && said.root == hex::encode(root(&items, level)?);
        if fits { Ok(Self { until: said.until(), items }) } else { Err(foreign()) }
    }

    /// Whether it still holds.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.until
    }

    /// The documents, each of which may be signed.
    pub fn documents(&self) -> impl Iterator<Item = Permitted<'_>> {
        self.items.iter().map(Permitted)
    }
}

/// The root over the documents: a leaf for each with its place, its hash, and how it is to be signed.
fn root(items: &[BatchItem], level: Level) -> Result<[u8; 32]> {
    let mut tree = Frontier::default();
    for item in items {
        let leaf = json!({
            "n": item.n,
            "documento": item.item,
            "sha256": hex::encode(item.sha256),
            "estampa": item.place.text(),
            "motivo": item.reason,
            "nivel": level.name(),
        });
        tree.push(leaf_hash(canonical(&leaf)?.as_ref()));
    }
    Ok(tree.root())
}

#[cfg(test)]
mod tests {
    use copihue_core::{Bucket, SeededRandom};

    use super::*;
    use crate::model::batch::ItemState;
    use crate::model::place::Place;

    fn id(n: u64) -> Id {
        Id::new(Timestamp::from_millis(1), Bucket::new(1), &SeededRandom::new(n))
    }

    fn grant() -> Grant<'static> {
        Grant {
            batch: id(1),
            institution: "PE-MUN-00301",
            official: id(2),
            certificate: "0a".into(),
            otp_step: Some(7),
            opened: 1,
        }
    }

    fn items(n: u8) -> Vec<BatchItem> {
        let item = |n: u8| BatchItem {
            n: i64::from(n),
            item: n.to_string(),
            name: "oficio.pdf".into(),
            paper: None,
            sha256: sha256(&[n]),
            place: Place::Invisible,
            reason: None,
            state: ItemState::Pending,
            signed: None,
            reached: None,
            shortfall: None,
            attempts: 0,
            error: None,
        };
        (0..n).map(item).collect()
    }

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn payload(items: &[BatchItem]) -> Vec<u8> {
        let given = Authorisation::new(&grant(), items, Level::T, NOW).unwrap();
        serde_json::to_vec(&given).unwrap()
    }

    #[test]
    fn sig_16_only_the_documents_that_were_authorised_are_signed() {
        let record = payload(&items(5));
        let permit = Permit::open(&record, &grant(), items(5), Level::T).unwrap();
        assert!(permit.holds(NOW) && !permit.holds(NOW.plus_millis(VALID_MS)));
        let third = permit.documents().nth(2).unwrap();
        assert!(third.check(&[2]).is_ok());
        assert_eq!(third.check(&[3]).unwrap_err().code(), "documento_alterado");
    }

    #[test]
    fn sig_16_a_document_added_changed_moved_or_dropped_afterwards_stops_the_whole() {
        let record = payload(&items(5));
        let open = |items, level| Permit::open(&record, &grant(), items, level);
        let mut changed = items(5);
        changed[3].sha256 = sha256(b"otro");
        let mut moved = items(5);
        moved.swap(0, 1);
        let mut placed = items(5);
        placed[0].place = Place::parse("ultima:abajo-derecha").unwrap();
        for wrong in [items(6), items(4), changed, moved, placed] {
            assert!(open(wrong, Level::T).is_err());
        }
        assert!(open(items(5), Level::B).is_err());
    }

    #[test]
    fn sig_16_an_authorisation_of_another_batch_holder_or_certificate_is_none() {
        let record = payload(&items(2));
        for wrong in [
            Grant { batch: id(9), ..grant() },
            Grant { official: id(9), ..grant() },
            Grant { institution: "PE-MUN-00015", ..grant() },
            Grant { certificate: "0b".into(), ..grant() },
        ] {
            assert!(Permit::open(&record, &wrong, items(2), Level::T).is_err());
        }
        assert!(Permit::open(b"{}", &grant(), items(2), Level::T).is_err());
    }
}

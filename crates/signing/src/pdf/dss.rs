//! Validation data appended to a signed PDF (`/DSS`, ETSI EN 319 142-1 §5.4.2).

use super::object::{Dict, Object, Ref};
use super::reader::Reader;
use super::update::Update;
use super::{PdfError, PdfResult};

/// What proves, later and offline, that every certificate counted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ValidationData {
    /// Certificates in DER.
    pub certificates: Vec<Vec<u8>>,
    /// Lists of revoked certificates in DER.
    pub crls: Vec<Vec<u8>>,
    /// OCSP responses in DER.
    pub ocsps: Vec<Vec<u8>>,
}

/// More than any honest file brings of one kind.
const MOST: usize = 256;

impl ValidationData {
    /// What a file brings.
    pub(crate) fn read(reader: &Reader<'_>) -> PdfResult<Self> {
        let (_, catalog) = reader.root()?;
        let store = reader.value(&catalog, "DSS")?;
        let Some(store) = store.as_dict() else { return Ok(Self::default()) };
        Ok(Self {
            certificates: streams(reader, store, "Certs")?,
            crls: streams(reader, store, "CRLs")?,
            ocsps: streams(reader, store, "OCSPs")?,
        })
    }

    /// Adds what is not there yet.
    pub(crate) fn add(&mut self, other: Self) {
        let add = |all: &mut Vec<Vec<u8>>, more: Vec<Vec<u8>>| {
            for one in more {
                if !all.contains(&one) {
                    all.push(one);
                }
            }
        };
        add(&mut self.certificates, other.certificates);
        add(&mut self.crls, other.crls);
        add(&mut self.ocsps, other.ocsps);
    }

    fn parts(&self) -> [(&'static str, &[Vec<u8>]); 3] {
        [("Certs", &self.certificates), ("CRLs", &self.crls), ("OCSPs", &self.ocsps)]
    }
}

fn streams(reader: &Reader<'_>, store: &Dict, key: &str) -> PdfResult<Vec<Vec<u8>>> {
    let list = reader.value(store, key)?;
    let items = list.as_array().unwrap_or_default();
    if items.len() > MOST {
        return Err(PdfError::Limit("validation data"));
    }
    // One that can't be read proves nothing, and takes nothing away from the others.
    let one = |o: &Object| reader.stream(o.as_ref()?.number).ok().map(|(_, bytes)| bytes);
    Ok(items.iter().filter_map(one).collect())
}

/// Appends what the file does not bring already.
///
/// # Errors
/// When the PDF is damaged.
pub fn append_dss(pdf: &[u8], data: &ValidationData) -> PdfResult<Vec<u8>> {
    let reader = Reader::open(pdf)?;
    let (root, mut catalog) = reader.root()?;
    let known = ValidationData::read(&reader)?;
    let mut store = match reader.value(&catalog, "DSS")? {
        Object::Dict(dict) => dict,
        _ => Dict::default().with("Type", Object::name_of("DSS")),
    };
    let mut update = Update::new(&reader)?;
    for ((key, new), (_, old)) in data.parts().into_iter().zip(known.parts()) {
        let mut list = reader.value(&store, key)?.as_array().unwrap_or_default().to_vec();
        let mut added: Vec<&Vec<u8>> = Vec::new();
        for der in new.iter().filter(|der| !old.contains(der)) {
            if !added.contains(&der) {
                added.push(der);
                list.push(Object::Ref(stream(&mut update, der)));
            }
        }
        if !list.is_empty() {
            store.set(key, Object::Array(list));
        }
    }
    match catalog.get("DSS").and_then(Object::as_ref) {
        Some(id) => update.put(id, Object::Dict(store)),
        None => {
            let id = update.allocate();
            update.put(id, Object::Dict(store));
            catalog.set("DSS", Object::Ref(id));
            update.put(root, Object::Dict(catalog));
        }
    }
    Ok(update.finish(0).bytes)
}

fn stream(update: &mut Update<'_, '_>, der: &[u8]) -> Ref {
    let id = update.allocate();
    update.put(id, Object::Stream(Dict::default(), der.to_vec()));
    id
}

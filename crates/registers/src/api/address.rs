//! What lies below a register's address.

use copihue_tlog::tile::decimal;

use crate::model::definition::is_code;
use crate::model::item::ItemHash;

/// How an answer is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Format {
    Json,
    Csv,
    Tsv,
}

/// What is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Resource {
    Register,
    Entries,
    Entry(u64),
    Records,
    Record(String),
    History(String),
    /// The records with this value in this field.
    Facet {
        field: String,
        value: String,
    },
    Item(ItemHash),
    RootProof,
    EntryProof {
        number: u64,
        total: u64,
    },
    ConsistencyProof {
        from: u64,
        to: u64,
    },
    Download(Option<(u64, u64)>),
}

/// A resource, and the format that the address names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Address {
    pub(super) resource: Resource,
    pub(super) format: Option<Format>,
}

/// Of a value that is looked for, in bytes.
const LONGEST: usize = 500;
const PROOF: &str = "merkle:sha-256";

impl Address {
    /// Reads what follows `/registers/{name}/`. `None` for anything that isn't served.
    pub(super) fn parse(path: &str) -> Option<Self> {
        let endings = [(".json", Format::Json), (".csv", Format::Csv), (".tsv", Format::Tsv)];
        let ending = endings.into_iter().find_map(|(end, f)| Some((path.strip_suffix(end)?, f)));
        let (path, format) = ending.map_or((path, None), |(path, format)| (path, Some(format)));
        let parts: Vec<&str> = path.split('/').collect();
        Some(Self { resource: resource(&parts)?, format })
    }
}

/// Whether it could be a field's.
fn is_name(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
}

fn resource(parts: &[&str]) -> Option<Resource> {
    let number = |text: &str| decimal(text).filter(|n| i64::try_from(*n).is_ok());
    let key = |text: &str| is_code(text).then(|| text.to_owned());
    Some(match parts {
        ["register"] => Resource::Register,
        ["entries"] => Resource::Entries,
        ["entries", n] => Resource::Entry(number(n).filter(|n| *n > 0)?),
        ["records"] => Resource::Records,
        ["records", k] => Resource::Record(key(k)?),
        ["records", k, "entries"] => Resource::History(key(k)?),
        ["records", field, value] if is_name(field) && (1..=LONGEST).contains(&value.len()) => {
            Resource::Facet { field: (*field).to_owned(), value: (*value).to_owned() }
        }
        ["items", hash] => Resource::Item(hash.parse().ok()?),
        ["next", "blobs", hash] => {
            // The multihash of SHA-256 begins with its number and length.
            Resource::Item(format!("sha-256:{}", hash.strip_prefix("1220")?).parse().ok()?)
        }
        ["proof", "register", PROOF] => Resource::RootProof,
        ["proof", "entry", n, total, PROOF] => {
            Resource::EntryProof { number: number(n)?, total: number(total)? }
        }
        ["proof", "consistency", from, to, PROOF] => {
            Resource::ConsistencyProof { from: number(from)?, to: number(to)? }
        }
        ["download-rsf"] => Resource::Download(None),
        ["download-rsf", from, to] => Resource::Download(Some((number(from)?, number(to)?))),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn led_12_addresses_are_read_one_way() {
        let read = |path: &str| Address::parse(path).map(|a| (a.resource, a.format));
        assert_eq!(read("records.csv"), Some((Resource::Records, Some(Format::Csv))));
        assert_eq!(read("records/13201"), Some((Resource::Record("13201".into()), None)));
        assert_eq!(
            read("records/2026-06-07-15/entries.json"),
            Some((Resource::History("2026-06-07-15".into()), Some(Format::Json)))
        );
        let facet = Resource::Facet { field: "region".into(), value: "13".into() };
        assert_eq!(read("records/region/13.csv"), Some((facet, Some(Format::Csv))));
        assert_eq!(read(&format!("records/nombre/{}", "x".repeat(501))), None);
        assert_eq!(read("download-rsf/3/7"), Some((Resource::Download(Some((3, 7))), None)));
        let hash = "0".repeat(64);
        assert_eq!(read(&format!("items/sha-256:{hash}")), read(&format!("next/blobs/1220{hash}")));
        for bad in [
            "",
            "entries/0",
            "entries/01",
            "entries/+1",
            "records/a b",
            "records/../x",
            "items/sha-256:00",
            "proof/entry/1/2",
            "download-rsf/1",
            "records.xml",
            "entries/99999999999999999999",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}

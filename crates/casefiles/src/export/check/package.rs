//! The ZIP that is checked, and which of its files the index speaks of.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use aws_lc_rs::digest::{Context, SHA256};

use super::{Finding, finding, unreadable};
use crate::export::{INDEX, POLICY, README};

pub(super) struct Package<R> {
    zip: ::zip::ZipArchive<R>,
    names: Vec<String>,
    root: String,
    used: BTreeSet<String>,
}

impl<R: Read + Seek> Package<R> {
    /// A ZIP with one index, in whatever folder.
    pub(super) fn open(reader: R) -> Result<Self, Finding> {
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
        Ok(Self { zip, names, root, used: BTreeSet::new() })
    }

    /// A file as our exports hold it: stored as it is. What was packed could be a thousand times what it seems.
    fn stored(&mut self, full: &str) -> Option<::zip::read::ZipFile<'_, R>> {
        let file = self.zip.by_name(full).ok()?;
        (file.compression() == ::zip::CompressionMethod::Stored).then_some(file)
    }

    /// A file that is small enough; `None` when it isn't there, or isn't small.
    pub(super) fn small(&mut self, name: &str, most: u64) -> Option<Vec<u8>> {
        let full = format!("{}{name}", self.root);
        let mut bytes = Vec::new();
        self.stored(&full)?.take(most + 1).read_to_end(&mut bytes).ok()?;
        self.used.insert(full);
        (bytes.len() as u64 <= most).then_some(bytes)
    }

    /// The SHA-256 of a file of this length; `None` when it isn't there, `Some(None)` when it is longer or damaged.
    pub(super) fn sha256(&mut self, name: &str, length: u64) -> Option<Option<String>> {
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

    /// Files that the index does not name: they could be taken for ones of the case.
    pub(super) fn besides(&self) -> Vec<Finding> {
        let known = [README, POLICY].map(|name| format!("{}{name}", self.root));
        let files = self.names.iter().filter(|name| !name.ends_with('/'));
        let text = "este archivo no es parte del expediente: alguien lo agregó al ZIP";
        files
            .filter(|name| !self.used.contains(*name) && !known.contains(name))
            .map(|name| finding(name.as_str(), "archivo_sobra", text))
            .collect()
    }
}

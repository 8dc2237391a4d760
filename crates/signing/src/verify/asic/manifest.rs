//! `ASiCManifest`: what a CMS, a timestamp or an evidence record of a container is over, by its digests.

use roxmltree::Node;

use super::package::Package;
use crate::hash::Hash;
use crate::verify::effort;
use crate::verify::file::decoded;
use crate::verify::verdict::SubIndication;
use crate::verify::xml::{attribute, base64_of, child, children, hash_of};
use crate::xml::{DSIG, parse};

const ASIC: &str = "http://uri.etsi.org/02918/v1.2.1#";

/// A manifest, read.
pub(super) struct Manifest {
    pub(super) name: String,
    /// The signature or proof that is over it.
    pub(super) proof: String,
    pub(super) references: Vec<Reference>,
}

/// A file and its digest.
pub(super) struct Reference {
    pub(super) name: String,
    hash: Option<Hash>,
    digest: Vec<u8>,
}

/// Each manifest of a container.
///
/// # Errors
/// When one can't be read.
pub(super) fn all(package: &Package) -> Result<Vec<Manifest>, &'static str> {
    const NAMES: [&str; 3] =
        ["META-INF/ASiCManifest", "META-INF/ASiCArchiveManifest", "META-INF/ASiCEvidenceRecordManifest"];
    let is_manifest = |name: &str| NAMES.iter().any(|n| name.starts_with(n)) && name.ends_with(".xml");
    let files = package.meta().filter(|f| is_manifest(f.name));
    files.map(|f| Manifest::read(f.name, f.bytes).ok_or("a manifest that can't be read")).collect()
}

impl Manifest {
    fn read(name: &str, bytes: &[u8]) -> Option<Self> {
        let document = parse(std::str::from_utf8(bytes).ok()?).ok()?;
        let root = document.root_element();
        root.has_tag_name((ASIC, "ASiCManifest")).then_some(())?;
        let proof = decoded(attribute(child(root, (ASIC, "SigReference"))?, "URI")?)?;
        let references =
            children(root, (ASIC, "DataObjectReference")).map(Reference::read).collect::<Option<Vec<_>>>()?;
        (!references.is_empty()).then(|| Self { name: name.to_owned(), proof, references })
    }

    /// Whether each file that it names is there, and is the one that it means.
    pub(super) fn check(&self, package: &Package) -> Result<(), SubIndication> {
        self.references.iter().try_for_each(|reference| {
            let bytes = package.bytes(&reference.name).ok_or(SubIndication::SignedDataNotFound)?;
            let hash = reference.hash.ok_or(SubIndication::CryptoConstraintsFailure)?;
            effort::spend(effort::Key::Short, bytes.len())?;
            let is_it = hash.of(&[bytes]).as_ref() == reference.digest;
            if is_it { Ok(()) } else { Err(SubIndication::HashFailure) }
        })
    }
}

impl Reference {
    fn read(node: Node<'_, '_>) -> Option<Self> {
        Some(Self {
            name: decoded(attribute(node, "URI")?)?,
            hash: hash_of(attribute(child(node, (DSIG, "DigestMethod"))?, "Algorithm")?),
            digest: base64_of(child(node, (DSIG, "DigestValue"))?)?,
        })
    }
}

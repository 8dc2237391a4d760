//! Evidence records (RFC 4998): one timestamp shows for any number of documents that they existed, and a new one in time keeps
//! it shown when the authority's certificate ends.

mod record;
mod tree;
mod verify;

pub(crate) use record::{ArchiveTimestamp, Chain, EvidenceRecord, covered, read_path, write_path};
pub(crate) use tree::{Digest, Hash256, Path, Tree, chunk_of, path_of, paths_under};
pub(crate) use verify::judge;
pub use verify::{EvidenceVerdict, is_record, verify_record, verify_record_of};

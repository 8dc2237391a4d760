//! A static copy of the logs: an address, or a folder, with `<ledger>/checkpoint` and `<ledger>/tile/…`.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use copihue_core::{Error, Result};
use copihue_tlog::tile::{TilePath, WIDTH, unbundled};

use crate::net::{Limits, Net};
use crate::record::Family;

/// A checkpoint with its cosignatures.
const NOTE: Limits = Limits { time: Duration::from_secs(5), bytes: 256 << 10 };
/// A bundle of the largest entries that the format allows.
const BUNDLE: Limits = Limits { time: Duration::from_secs(30), bytes: 17 << 20 };

/// Where a copy is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum LogCopy {
    Address(String),
    Folder(PathBuf),
}

/// As the operator wrote it.
impl fmt::Display for LogCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => f.write_str(address),
            Self::Folder(folder) => folder.display().fmt(f),
        }
    }
}

impl LogCopy {
    pub(crate) fn parse(text: &str) -> Self {
        if text.starts_with("http://") || text.starts_with("https://") {
            Self::Address(text.trim_end_matches('/').to_owned())
        } else {
            Self::Folder(text.into())
        }
    }

    async fn file(&self, net: &Net, path: &str, limits: Limits) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Address(address) => {
                let reply = net.get(&format!("{address}/{path}"), limits).await?;
                match reply.status {
                    200 => Ok(Some(reply.body)),
                    404 => Ok(None),
                    status => Err(Error::unavailable(format_args!("{path}: HTTP {status}"))),
                }
            }
            Self::Folder(folder) => match tokio::fs::read(folder.join(path)).await {
                Ok(bytes) => Ok(Some(bytes)),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(e) => Err(Error::unavailable(format_args!("{path}: {e}"))),
            },
        }
    }

    /// The copy's latest checkpoint; `None` when it has none of this log.
    pub(crate) async fn checkpoint(&self, net: &Net, family: Family) -> Result<Option<String>> {
        let bytes = self.file(net, &format!("{}/checkpoint", family.name()), NOTE).await?;
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// The first `width` entries of bundle `n`.
    pub(crate) async fn bundle(&self, net: &Net, family: Family, n: u64, width: u64) -> Result<Vec<String>> {
        let path = |width: u64| {
            let width = u16::try_from(width).unwrap_or(u16::MAX);
            format!("{}/{}", family.name(), TilePath::Entries { n, width })
        };
        let mut bytes = self.file(net, &path(width), BUNDLE).await?;
        if bytes.is_none() && width < WIDTH {
            // A partial bundle may go once the full one exists.
            bytes = self.file(net, &path(WIDTH), BUNDLE).await?;
        }
        let missing = || Error::unavailable(format_args!("{} is missing or cut", path(width)));
        texts(&bytes.ok_or_else(missing)?, width).ok_or_else(missing)
    }
}

/// The first `count` entries of a bundle. `None` when it has fewer, or they are not text (ours always are).
fn texts(bundle: &[u8], count: u64) -> Option<Vec<String>> {
    let entries = unbundled(bundle)?;
    let wanted = entries.get(..usize::try_from(count).ok()?)?;
    wanted.iter().map(|entry| String::from_utf8(entry.to_vec()).ok()).collect()
}

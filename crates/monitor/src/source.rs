//! Where a log is read: a web address, a folder, or whatever else answers its paths.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use copihue_tlog::tile::TilePath;

use crate::http::Http;
use crate::trouble::Trouble;

/// The static files of one log.
pub trait Source: Send + Sync + 'static {
    /// The bytes at a path below the log's prefix (`checkpoint`, `tile/0/000`), `None` when there are none; at most
    /// `limit` of them.
    fn get(
        &self,
        path: String,
        limit: usize,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, Trouble>> + Send;
}

/// As large as 256 of the largest entries.
const MAX_BUNDLE: usize = 256 * (65_535 + 2);
const MAX_TILE: usize = 8_192;
const MAX_CHECKPOINT: usize = 256 * 1024;

/// The log's checkpoint. `None` before the first.
pub(crate) async fn checkpoint(source: &impl Source) -> Result<Option<String>, Trouble> {
    let bytes = source.get("checkpoint".to_owned(), MAX_CHECKPOINT).await?;
    // What is no text is no checkpoint: it fails where its shape is checked.
    Ok(bytes.map(|bytes| String::from_utf8(bytes).unwrap_or_default()))
}

/// A tile or bundle; a partial one that is gone is the beginning of the full one, as C2SP says.
pub(crate) async fn tile(source: &impl Source, path: TilePath) -> Result<Option<Vec<u8>>, Trouble> {
    let limit = if matches!(path, TilePath::Entries { .. }) { MAX_BUNDLE } else { MAX_TILE };
    if let Some(bytes) = source.get(path.to_string(), limit).await? {
        return Ok(Some(bytes));
    }
    let full = path.full();
    if full == path { Ok(None) } else { source.get(full.to_string(), limit).await }
}

/// A log in a folder: `checkpoint`, `tile/…`.
#[derive(Clone, Debug)]
pub struct Folder(Arc<PathBuf>);

impl Folder {
    /// The log whose files lie here.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(Arc::new(path.into()))
    }
}

impl Source for Folder {
    async fn get(&self, path: String, limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
        let file = self.0.join(path);
        let read = move || {
            if std::fs::metadata(&file)?.len() > limit as u64 {
                return Err(std::io::Error::other(format!("{} es demasiado grande", file.display())));
            }
            std::fs::read(&file)
        };
        match tokio::task::spawn_blocking(read).await.map_err(Trouble::unreachable)? {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(e) => Err(Trouble::unreachable(e)),
        }
    }
}

/// A log at a web address or in a folder, as somebody names it.
#[derive(Clone, Debug)]
pub enum Address {
    /// `https://…`.
    Web(Http),
    /// Anything else.
    Folder(Folder),
}

impl Address {
    /// What the text names.
    ///
    /// # Errors
    /// When this machine can't speak HTTP.
    pub fn of(text: &str) -> Result<Self, Trouble> {
        let web = text.starts_with("http://") || text.starts_with("https://");
        if web { Http::new(text).map(Self::Web) } else { Ok(Self::Folder(Folder::new(text))) }
    }
}

impl Source for Address {
    async fn get(&self, path: String, limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
        match self {
            Self::Web(web) => web.get(path, limit).await,
            Self::Folder(folder) => folder.get(path, limit).await,
        }
    }
}

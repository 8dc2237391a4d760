//! An uploaded file: its real kind by content, its size, its hash.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use copihue_core::{Error, Result};

/// Kinds of files that people may send, known by content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// PDF.
    Pdf,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// Word (2007 and later).
    Docx,
    /// Excel (2007 and later).
    Xlsx,
    /// OpenDocument text.
    Odt,
    /// XML.
    Xml,
    /// Text in UTF-8.
    Text,
}

impl FileKind {
    /// PDF and pictures: what most procedures ask for.
    pub const COMMON: &'static [Self] = &[Self::Pdf, Self::Jpeg, Self::Png];

    /// The name people know it by.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Jpeg => "JPG",
            Self::Png => "PNG",
            Self::Docx => "Word",
            Self::Xlsx => "Excel",
            Self::Odt => "OpenDocument",
            Self::Xml => "XML",
            Self::Text => "texto",
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Xml => "application/xml",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// The extensions it may carry; the first is the usual one.
    #[must_use]
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Odt => &["odt"],
            Self::Xml => &["xml"],
            Self::Text => &["txt", "csv"],
        }
    }

    /// By content, from the first bytes. `None`: unknown, or something nobody may send (programs, archives).
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        let Some(kind) = infer::get(head) else { return Self::of_text(head) };
        Some(match kind.mime_type() {
            "application/pdf" => Self::Pdf,
            "image/jpeg" => Self::Jpeg,
            "image/png" => Self::Png,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Self::Docx,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => Self::Xlsx,
            "application/vnd.oasis.opendocument.text" => Self::Odt,
            "text/xml" => Self::Xml,
            _ => return None,
        })
    }

    fn of_text(head: &[u8]) -> Option<Self> {
        let text = match std::str::from_utf8(head) {
            Ok(text) => text,
            // The head may end within a character.
            Err(e) if e.error_len().is_none() => std::str::from_utf8(&head[..e.valid_up_to()]).ok()?,
            Err(_) => return None,
        };
        let plain = !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
        (plain && !text.is_empty()).then_some(Self::Text)
    }
}

/// A file that came with a form. The bytes lie in memory when small, else in a file that goes with the value.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The form field.
    pub field: String,
    /// The name as it may be shown: no path, no control or direction marks, at most 100 characters.
    pub name: String,
    /// What it is, by content.
    pub kind: Option<FileKind>,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    pub(super) content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Memory(Bytes),
    Disk(Arc<tempfile::TempPath>),
}

impl Upload {
    /// Whether the name's extension agrees with the content.
    #[must_use]
    pub fn says_its_kind(&self) -> bool {
        let extension = self.name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
        match (self.kind, extension) {
            (Some(kind), Some(e)) => kind.extensions().contains(&e.as_str()),
            _ => false,
        }
    }

    /// The media type by content, `application/octet-stream` when unknown.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        self.kind.map_or("application/octet-stream", FileKind::media_type)
    }

    /// All bytes, read into memory.
    ///
    /// # Errors
    /// When the temporary file can't be read.
    pub async fn bytes(&self) -> Result<Bytes> {
        match &self.content {
            Content::Memory(bytes) => Ok(bytes.clone()),
            Content::Disk(path) => {
                let bytes = tokio::fs::read(path.as_ref()).await;
                bytes.map(Bytes::from).map_err(|e| Error::internal(format_args!("read upload: {e}")))
            }
        }
    }

    /// Where the bytes lie, when they are on disk.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.content {
            Content::Memory(_) => None,
            Content::Disk(path) => Some(path.as_ref()),
        }
    }
}

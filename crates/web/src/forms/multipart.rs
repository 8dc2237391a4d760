//! Multipart bodies: fields in memory, files streamed to disk once they pass a small size.

use std::io::Write;
use std::sync::Arc;

use axum::body::Body;
use bytes::BytesMut;
use copihue_core::{Error, Kind, Result};
use multer::{Field, Multipart};

use super::data::{FormData, cleaned, too_large, within_limit};
use super::pieces::{Pieces, Unseen};
use super::upload::Content;
use super::{FileKind, Upload, clean};
use crate::cx::Cx;
use crate::failure::Failure;
use crate::locale::t;

/// Enough for every kind of [`FileKind`], inner names of office files included.
const HEAD: usize = 16 << 10;

pub(super) async fn read(cx: &Cx, content_type: &str, body: Body) -> std::result::Result<FormData, Failure> {
    let boundary = multer::parse_boundary(content_type).map_err(unreadable)?;
    let limits = cx.web().config().limits;
    let total = cx.upload_limit();
    let constraints = multer::Constraints::new()
        .size_limit(multer::SizeLimit::new().whole_stream(total).per_field(limits.file.max(limits.body)));
    let unseen = Unseen::default();
    let pieces = Pieces::new(body, unseen.clone());
    let mut parts = Multipart::with_constraints(pieces, boundary, constraints);
    let mut form = FormData::default();
    let mut text_bytes = 0;
    while let Some(field) = next(cx, &mut parts, &unseen).await? {
        if form.values.len() + form.files.len() >= limits.parts {
            return Err(Error::new(Kind::TooLarge, "demasiadas_partes", t("web-form-too-many-fields")).into());
        }
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            None => {
                let value = read_text(cx, field, &unseen).await?;
                text_bytes += value.len() as u64;
                if text_bytes > limits.body {
                    return Err(too_large(limits.body).into());
                }
                form.values.push((name, value));
            }
            Some(file_name) => {
                let file = read_file(cx, (field, &unseen), name, &file_name).await?;
                // Browsers send an empty part for a file field that was left empty.
                if file.size > 0 || !file_name.is_empty() {
                    form.files.push(file);
                }
            }
        }
        if form.files.len() > limits.files {
            return Err(
                Error::new(Kind::TooLarge, "demasiados_archivos", t("web-form-too-many-files")).into()
            );
        }
    }
    within_limit(cx, form.values.len())?;
    Ok(form)
}

async fn next<'a>(cx: &Cx, parts: &mut Multipart<'a>, unseen: &Unseen) -> Result<Option<Field<'a>>> {
    let idle = cx.web().config().timeouts.body_idle;
    let field = tokio::time::timeout(idle, parts.next_field()).await.map_err(|_| slow())?;
    unseen.seen();
    field.map_err(|e| refused(cx, e))
}

async fn chunk(cx: &Cx, field: &mut Field<'_>, unseen: &Unseen) -> Result<Option<bytes::Bytes>> {
    let idle = cx.web().config().timeouts.body_idle;
    let chunk = tokio::time::timeout(idle, field.chunk()).await.map_err(|_| slow())?;
    unseen.seen();
    cx.hear();
    chunk.map_err(|e| refused(cx, e))
}

async fn read_text(cx: &Cx, mut field: Field<'_>, unseen: &Unseen) -> Result<String> {
    let limit = cx.web().config().limits.body;
    let mut bytes = BytesMut::new();
    while let Some(piece) = chunk(cx, &mut field, unseen).await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() as u64 > limit {
            return Err(too_large(limit));
        }
    }
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Error::invalid("caracteres_invalidos", t("web-form-characters")))?;
    cleaned(text)
}

async fn read_file(
    cx: &Cx,
    (mut field, unseen): (Field<'_>, &Unseen),
    name: String,
    file_name: &str,
) -> Result<Upload> {
    let limits = cx.web().config().limits;
    let mut sink = Sink::new(cx.web().config().upload_dir.clone(), limits.file_memory);
    while let Some(piece) = chunk(cx, &mut field, unseen).await? {
        if sink.size + piece.len() as u64 > limits.file {
            return Err(too_large(limits.file));
        }
        sink = sink.write(piece).await?;
    }
    Ok(sink.finish(name, clean::file_name(file_name)))
}

/// Takes the pieces of a file: in memory up to a size, then on disk.
struct Sink {
    memory: BytesMut,
    disk: Option<tempfile::NamedTempFile>,
    head: Vec<u8>,
    size: u64,
    hash: aws_lc_rs::digest::Context,
    dir: std::path::PathBuf,
    keep: usize,
}

impl Sink {
    fn new(dir: std::path::PathBuf, keep: usize) -> Self {
        let hash = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        Self { memory: BytesMut::new(), disk: None, head: Vec::new(), size: 0, hash, dir, keep }
    }

    async fn write(mut self, piece: bytes::Bytes) -> Result<Self> {
        self.size += piece.len() as u64;
        self.hash.update(&piece);
        let missing = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..missing]);
        if self.disk.is_none() && self.memory.len() + piece.len() <= self.keep {
            self.memory.extend_from_slice(&piece);
            return Ok(self);
        }
        tokio::task::spawn_blocking(move || self.spill(&piece))
            .await
            .map_err(|e| Error::internal(format_args!("upload task: {e}")))?
    }

    fn spill(mut self, piece: &[u8]) -> Result<Self> {
        let failed = |e: std::io::Error| Error::unavailable(format_args!("upload to disk: {e}"));
        let mut file = match self.disk.take() {
            Some(file) => file,
            None => tempfile::NamedTempFile::new_in(&self.dir).map_err(failed)?,
        };
        file.write_all(&std::mem::take(&mut self.memory))
            .and_then(|()| file.write_all(piece))
            .map_err(failed)?;
        self.disk = Some(file);
        Ok(self)
    }

    fn finish(self, field: String, name: String) -> Upload {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(self.hash.finish().as_ref());
        let content = match self.disk {
            Some(file) => Content::Disk(Arc::new(file.into_temp_path())),
            None => Content::Memory(self.memory.freeze()),
        };
        Upload { field, name, kind: FileKind::of(&self.head), size: self.size, sha256, content }
    }
}

fn slow() -> Error {
    Error::invalid("cuerpo_incompleto", t("web-form-incomplete"))
}

fn unreadable(e: multer::Error) -> Error {
    Error::invalid("formulario_ilegible", t("web-form-unreadable")).context(e)
}

fn refused(cx: &Cx, e: multer::Error) -> Error {
    match e {
        multer::Error::FieldSizeExceeded { limit, .. } => too_large(limit),
        multer::Error::StreamSizeExceeded { .. } => too_large(cx.upload_limit()),
        other => unreadable(other),
    }
}

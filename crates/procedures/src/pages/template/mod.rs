//! Templates for people who are no programmers: blocks that are added, moved and written in forms, a picture of the document
//! beside them, what the law demands told where it is missing, and a second person who puts it in force.

pub(super) mod block;
pub(super) mod bulk;
pub(super) mod editor;
mod fields;
pub(super) mod list;
pub(super) mod sample;
pub(super) mod version;
mod whole;

use copihue_core::{Error, Result};
use copihue_web::Cx;
use copihue_web::components::{Table, table};

use crate::app::{Procedures, Wording};
use crate::model::template::{Key, Version};

/// Where it all is.
const HOME: &str = "/gestion/plantillas";

/// The address of a document's template.
fn path_of(key: &Key) -> String {
    format!("{HOME}/{}/{}", key.procedure, key.document)
}

/// The document of an address, of the hat's institution.
fn key_of(app: &Procedures, cx: &Cx, procedure: &str, document: &str) -> Result<Key> {
    app.key(cx.require_actor()?, procedure, document)
}

/// A version of an address, with what its document is.
async fn load(
    app: &Procedures,
    cx: &Cx,
    (procedure, document, number): (&str, &str, &str),
) -> Result<(Version, Wording)> {
    let key = key_of(app, cx, procedure, document)?;
    let version = app.version(&key, number_of(number)?).await?;
    Ok((version, app.wording(&key).await?))
}

/// The address of a version.
fn address(version: &Version) -> String {
    format!("{}/{}", path_of(&version.key), version.number)
}

/// A table whose name stands above it already.
fn grid<'a>(cx: &Cx, name: &str, columns: &[&str]) -> Table<'a> {
    columns.iter().fold(table(cx.t(name)).quiet_caption(), |table, column| table.column(cx.t(column)))
}

fn number_of(text: &str) -> Result<u32> {
    text.parse().map_err(|_| Error::not_found())
}

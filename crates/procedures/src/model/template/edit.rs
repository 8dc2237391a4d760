//! One step of the writing.

use copihue_core::{Error, Result};
use copihue_documents::Template;
use copihue_documents::template::Block;
use copihue_documents::text::Text;

use super::Kind;

/// A document has no more blocks than a person can keep in view.
const MAX_BLOCKS: usize = 100;
/// Of the template as it is kept.
const MAX_BYTES: usize = 200_000;

/// What is done to a template.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Change {
    /// A new block where one of its kind belongs.
    Add(Kind),
    /// One that is written already, where one of its kind belongs.
    Insert(Box<Block>),
    /// One place up.
    Up(usize),
    /// One place down.
    Down(usize),
    Remove(usize),
    /// Another text for a block.
    Put(usize, Box<Block>),
    Head(Box<Head>),
}

/// What stands above the blocks.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Head {
    pub(crate) institution: Text,
    pub(crate) unit: Option<Text>,
    pub(crate) reference: Option<Text>,
    pub(crate) title: Text,
    pub(crate) subtitle: Option<Text>,
}

/// The template after a change. Answers where the block is that was touched.
///
/// # Errors
/// Not found for a block that is not there; `plantilla_limite` beyond a hundred blocks or 200,000 bytes.
pub(crate) fn apply(template: &mut Template, change: Change) -> Result<Option<usize>> {
    let (count, blocks) = (template.blocks.len(), &mut template.blocks);
    let there = |at: usize| if at < count { Ok(at) } else { Err(Error::not_found()) };
    let touched = match change {
        Change::Add(kind) => {
            let (at, block) = (kind.place(template), kind.blank().ok_or_else(Error::not_found)?);
            template.blocks.insert(at, block);
            Some(at)
        }
        Change::Insert(block) => {
            let at = Kind::of(&block).place(template);
            template.blocks.insert(at, *block);
            Some(at)
        }
        Change::Up(at) => {
            let to = there(at)?.checked_sub(1).ok_or_else(Error::not_found)?;
            blocks.swap(at, to);
            Some(to)
        }
        Change::Down(at) => {
            blocks.swap(there(at)?, there(at + 1)?);
            Some(at + 1)
        }
        Change::Remove(at) => {
            blocks.remove(there(at)?);
            None
        }
        Change::Put(at, block) => {
            let at = there(at)?;
            blocks[at] = *block;
            Some(at)
        }
        Change::Head(head) => {
            let Head { institution, unit, reference, title, subtitle } = *head;
            (template.header.institution, template.header.unit, template.header.reference) =
                (institution, unit, reference);
            (template.title, template.subtitle) = (title, subtitle);
            None
        }
    };
    if template.blocks.len() > MAX_BLOCKS || serde_json::to_string(template)?.len() > MAX_BYTES {
        let text = format!(
            "El documento es demasiado largo: tiene más de {MAX_BLOCKS} bloques o de {MAX_BYTES} letras."
        );
        return Err(Error::invalid("plantilla_limite", text));
    }
    Ok(touched)
}

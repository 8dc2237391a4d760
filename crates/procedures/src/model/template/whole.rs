//! A template as it is written, whole, with what decides whether each part shows: what who approves it reads beside one example.

use copihue_documents::Template;
use copihue_documents::template::{Block, Item};
use copihue_documents::text::{Text, When};

/// What a line of a block is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Says {
    Institution,
    Unit,
    Reference,
    Title,
    Subtitle,
    /// Text of its own.
    Text,
    /// A line of a list.
    Item,
    /// A column's title and what each of its cells says.
    Column,
    /// What the last row of a table says.
    Total,
    Name,
    Post,
    Note,
}

/// A line, as it is written.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Line {
    pub(crate) says: Says,
    /// What stands before it.
    pub(crate) label: String,
    pub(crate) text: String,
    /// The list over which it repeats.
    pub(crate) each: Option<String>,
    pub(crate) when: Option<When>,
}

impl Line {
    fn new(says: Says, text: &Text) -> Self {
        Self { says, label: String::new(), text: text.source().to_owned(), each: None, when: None }
    }

    fn labelled(says: Says, label: &Text, text: &Text) -> Self {
        Self { label: label.source().to_owned(), ..Self::new(says, text) }
    }
}

/// A block by what it says: another one has another. It is the same wherever the block stands.
pub(crate) fn print(block: &Block) -> String {
    copihue_core::json::sha256_hex(serde_json::to_string(block).unwrap_or_default().as_bytes())
}

/// What stands above the blocks.
pub(crate) fn head(template: &Template) -> Vec<Line> {
    let optional = |says, text: &Option<Text>| text.as_ref().map(|text| Line::new(says, text));
    let mut lines = vec![Line::new(Says::Institution, &template.header.institution)];
    lines.extend(optional(Says::Unit, &template.header.unit));
    lines.extend(optional(Says::Reference, &template.header.reference));
    lines.push(Line::new(Says::Title, &template.title));
    lines.extend(optional(Says::Subtitle, &template.subtitle));
    lines
}

/// All that a block says.
pub(crate) fn whole(block: &Block) -> Vec<Line> {
    let optional = |says, text: &Option<Text>| text.as_ref().map(|text| Line::new(says, text));
    match block {
        Block::Heading(b) => vec![Line::new(Says::Text, &b.text)],
        Block::Paragraph(b) => vec![Line::new(Says::Text, &b.text)],
        Block::Facts(b) | Block::Highlight(b) => b
            .items
            .iter()
            .map(|f| Line { when: f.when.clone(), ..Line::labelled(Says::Item, &f.label, &f.value) })
            .collect(),
        Block::Table(b) => {
            let mut lines: Vec<Line> = optional(Says::Title, &b.caption).into_iter().collect();
            lines.extend(b.columns.iter().map(|c| Line {
                each: Some(b.rows.clone()),
                ..Line::labelled(Says::Column, &c.label, &c.value)
            }));
            lines.extend(b.total.iter().map(|text| Line::new(Says::Total, text)));
            lines
        }
        Block::List(b) => b.items.iter().map(item).collect(),
        Block::Section(b) => {
            [Line::new(Says::Title, &b.heading)].into_iter().chain(b.items.iter().map(item)).collect()
        }
        Block::Notice(b) => {
            optional(Says::Title, &b.title).into_iter().chain([Line::new(Says::Text, &b.text)]).collect()
        }
        Block::Signature(b) => [Line::new(Says::Name, &b.name), Line::new(Says::Post, &b.post)]
            .into_iter()
            .chain(optional(Says::Institution, &b.institution))
            .chain(optional(Says::Note, &b.note))
            .collect(),
        Block::Verify(_) | Block::PageBreak(_) => Vec::new(),
    }
}

fn item(item: &Item) -> Line {
    match item {
        Item::Plain(text) => Line::new(Says::Item, text),
        Item::Rich(rich) => {
            Line { each: rich.rows.clone(), when: rich.when.clone(), ..Line::new(Says::Item, &rich.text) }
        }
    }
}

//! The shape of a template: a JSON document of typed blocks.

use serde::{Deserialize, Serialize};

use crate::text::{Text, When};

/// A document template, `copihue/document/1`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Always `copihue/document/1`.
    pub format: Format,
    /// What stands above the title on the first page, and small on the next ones.
    pub header: Header,
    /// The document's title: its first heading.
    pub title: Text,
    /// A line under the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<Text>,
    /// Parts without which the act can't be sent to signature (PRO-31, Ley 19.880 arts. 11 and 41).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legal_parts: Vec<LegalPart>,
    /// The content, in order.
    pub blocks: Vec<Block>,
}

/// The version of the shape.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Format {
    /// The one that exists.
    #[serde(rename = "copihue/document/1")]
    V1,
}

/// Who issues, and under which reference.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The institution's name.
    pub institution: Text,
    /// Its unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Text>,
    /// Number or case id, at the right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Text>,
}

/// A part that the law demands of a resolution.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalPart {
    /// Competence and norms.
    Vistos,
    /// Facts and grounds (art. 11).
    Considerandos,
    /// What is decided (art. 41).
    Decision,
    /// The appeals that are open, before whom, and until when (art. 41).
    Recursos,
}

impl LegalPart {
    /// Its name in Spanish.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vistos => "vistos",
            Self::Considerandos => "considerandos",
            Self::Decision => "decisión",
            Self::Recursos => "recursos",
        }
    }
}

/// One block.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// A heading.
    Heading(Heading),
    /// A paragraph.
    Paragraph(Paragraph),
    /// Labels with their values.
    Facts(Facts),
    /// The one to four values that the document is about, large.
    Highlight(Facts),
    /// A table with one row for each object of an array.
    Table(Table),
    /// A list.
    List(List),
    /// A box that catches the eye.
    Notice(Notice),
    /// A numbered part of an act.
    Section(Section),
    /// Who signs.
    Signature(Signature),
    /// Code, QR and address for verification. Shows nothing when the document has no code (a preview).
    Verify(Verify),
    /// Goes on with a new page.
    PageBreak(PageBreak),
}

/// A heading.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    /// Its text.
    pub text: Text,
    /// 1 (default) or 2.
    #[serde(default = "one")]
    pub level: u8,
    /// Condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// A paragraph. A line break in a value begins a new line.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paragraph {
    /// Its text.
    pub text: Text,
    /// Its look.
    #[serde(default)]
    pub look: Look,
    /// Condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// How a paragraph looks.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// 10.5 points.
    #[default]
    Normal,
    /// Bold.
    Strong,
    /// 8.5 points, gray.
    Small,
    /// Ranged right: place and date.
    Right,
}

/// Labels with their values.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The pairs.
    pub items: Vec<Fact>,
    /// Pairs side by side: 1 (default) or 2. A highlight always sets its pairs side by side.
    #[serde(default = "one")]
    pub columns: u8,
    /// Condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// A label with its value. An empty value prints «—».
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What it is.
    pub label: Text,
    /// What it says.
    pub value: Text,
    /// Condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// A table.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The name of an array; in the columns, names are looked up in each of its objects first, then in the document.
    pub rows: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// What the table is about, read aloud before it and printed above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<Text>,
    /// A last row in bold, one text for each column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub total: Vec<Text>,
    /// Condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// A column of a table.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its header.
    pub label: Text,
    /// Its cells.
    pub value: Text,
    /// Which side its text is ranged to.
    #[serde(default)]
    pub align: Align,
    /// Its share of the width (default 1).
    #[serde(default = "one")]
    pub width: u8,
}

/// Which side a text is ranged to.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Left.
    #[default]
    Left,
    /// Right, for amounts.
    Right,
}

/// A list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Its items.
    pub items: Vec<Item>,
    /// What stands before each.
    #[serde(default)]
    pub marker: Marker,
    /// Condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// What stands before an item.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marker {
    /// A dot.
    #[default]
    Bullet,
    /// `1.`
    Number,
    /// `a)`
    Letter,
    /// `1°`, as acts number their grounds.
    Ordinal,
    /// Nothing: plain paragraphs.
    None,
}

/// An item: a text, or a text with a condition or one item for each element of an array (`{item}` when it isn't an object).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Item {
    /// A text.
    Plain(Text),
    /// More than a text.
    Rich(RichItem),
}

/// See [`Item`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RichItem {
    /// Its text.
    pub text: Text,
    /// The name of an array to repeat over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<String>,
    /// Condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// A box.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// In bold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Below.
    pub text: Text,
    /// Condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// A part of an act with its heading and its points.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Which legal part it is, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<LegalPart>,
    /// `VISTOS`, `RESUELVO`.
    pub heading: Text,
    /// Its points.
    pub items: Vec<Item>,
    /// How the points are numbered.
    #[serde(default)]
    pub marker: Marker,
    /// Condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// Who signs.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The signer's name.
    pub name: Text,
    /// The post.
    pub post: Text,
    /// The institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<Text>,
    /// A small line below, such as the law that gives the signature its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// Condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// The verification box.
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// Condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// A new page.
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageBreak {
    /// Condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

impl Block {
    /// The block's condition.
    #[must_use]
    pub fn when(&self) -> Option<&When> {
        match self {
            Self::Heading(b) => b.when.as_ref(),
            Self::Paragraph(b) => b.when.as_ref(),
            Self::Facts(b) | Self::Highlight(b) => b.when.as_ref(),
            Self::Table(b) => b.when.as_ref(),
            Self::List(b) => b.when.as_ref(),
            Self::Notice(b) => b.when.as_ref(),
            Self::Section(b) => b.when.as_ref(),
            Self::Signature(b) => b.when.as_ref(),
            Self::Verify(b) => b.when.as_ref(),
            Self::PageBreak(b) => b.when.as_ref(),
        }
    }
}

const fn one() -> u8 {
    1
}

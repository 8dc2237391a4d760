//! The blocks as their writers know them.

use copihue_documents::Template;
use copihue_documents::template::{Block, LegalPart};
use serde_json::{Value, json};

/// What a block is to its writer: the parts of an act are kinds of their own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Heading,
    Paragraph,
    Facts,
    Highlight,
    Table,
    List,
    Notice,
    Section,
    Part(LegalPart),
    Distribution,
    Signature,
    Verify,
    PageBreak,
}

/// How the distribution is headed; that is how it is known.
const DISTRIBUTION: &str = "Distribución";

impl Kind {
    /// In the order in which an act has them.
    pub(crate) const ALL: [Self; 16] = [
        Self::Part(LegalPart::Vistos),
        Self::Part(LegalPart::Considerandos),
        Self::Part(LegalPart::Decision),
        Self::Part(LegalPart::Recursos),
        Self::Distribution,
        Self::Heading,
        Self::Paragraph,
        Self::Facts,
        Self::Highlight,
        Self::Table,
        Self::List,
        Self::Notice,
        Self::Section,
        Self::Signature,
        Self::Verify,
        Self::PageBreak,
    ];

    /// In addresses, forms, and the keys of its name.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Heading => "titulo",
            Self::Paragraph => "parrafo",
            Self::Facts => "datos",
            Self::Highlight => "destacado",
            Self::Table => "tabla",
            Self::List => "lista",
            Self::Notice => "aviso",
            Self::Section => "seccion",
            Self::Part(LegalPart::Vistos) => "vistos",
            Self::Part(LegalPart::Considerandos) => "considerando",
            Self::Part(LegalPart::Decision) => "resuelvo",
            Self::Part(LegalPart::Recursos) => "recursos",
            Self::Distribution => "distribucion",
            Self::Signature => "firma",
            Self::Verify => "verificacion",
            Self::PageBreak => "salto",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    pub(crate) fn of(block: &Block) -> Self {
        match block {
            Block::Heading(_) => Self::Heading,
            Block::Paragraph(_) => Self::Paragraph,
            Block::Facts(_) => Self::Facts,
            Block::Highlight(_) => Self::Highlight,
            Block::Table(_) => Self::Table,
            Block::List(_) => Self::List,
            Block::Notice(_) => Self::Notice,
            Block::Section(b) => match b.part {
                Some(part) => Self::Part(part),
                None if b.heading.source() == DISTRIBUTION => Self::Distribution,
                None => Self::Section,
            },
            Block::Signature(_) => Self::Signature,
            Block::Verify(_) => Self::Verify,
            Block::PageBreak(_) => Self::PageBreak,
        }
    }

    /// A new one, with what is the same in every act and room for the rest.
    pub(crate) fn blank(self) -> Option<Block> {
        let section = |part: Value, heading: &str, marker: &str| json!({"type": "section", "part": part, "heading": heading, "marker": marker, "items": [""]});
        let pair = json!([{"label": "", "value": ""}]);
        serde_json::from_value(match self {
            Self::Heading => json!({"type": "heading", "text": ""}),
            Self::Paragraph => json!({"type": "paragraph", "text": ""}),
            Self::Facts => json!({"type": "facts", "items": pair}),
            Self::Highlight => json!({"type": "highlight", "items": pair}),
            Self::Table => json!({"type": "table", "rows": "", "columns": [{"label": "", "value": ""}]}),
            Self::List => json!({"type": "list", "items": [""]}),
            Self::Notice => json!({"type": "notice", "text": ""}),
            Self::Section => section(Value::Null, "", "number"),
            Self::Part(part @ LegalPart::Vistos) => section(json!(part), "Vistos", "none"),
            Self::Part(part @ LegalPart::Considerandos) => section(json!(part), "Considerando", "ordinal"),
            Self::Part(part @ LegalPart::Decision) => section(json!(part), "Resuelvo", "ordinal"),
            Self::Part(part @ LegalPart::Recursos) => section(json!(part), "Recursos", "bullet"),
            Self::Distribution => section(Value::Null, DISTRIBUTION, "number"),
            Self::Signature => json!({"type": "signature", "name": "{firmante}", "post": "{cargo}"}),
            Self::Verify => json!({"type": "verify"}),
            Self::PageBreak => json!({"type": "page_break"}),
        })
        .ok()
    }

    /// Where a new one goes when nobody says: a part of the law behind the parts before it, all else above who signs.
    pub(crate) fn place(self, template: &Template) -> usize {
        let is_end = |block: &Block| matches!(block, Block::Signature(_) | Block::Verify(_));
        let end = template.blocks.iter().position(is_end).unwrap_or(template.blocks.len());
        let Self::Part(part) = self else { return end };
        let before = |block: &Block| matches!(block, Block::Section(b) if b.part.is_some_and(|p| p < part));
        template.blocks.iter().rposition(before).map_or_else(
            || {
                let after =
                    |block: &Block| matches!(block, Block::Section(b) if b.part.is_some_and(|p| p > part));
                template.blocks.iter().position(after).unwrap_or(end)
            },
            |at| at + 1,
        )
    }

    /// Whether there is anything to write in it.
    pub(crate) const fn is_written(self) -> bool {
        !matches!(self, Self::Verify | Self::PageBreak)
    }
}

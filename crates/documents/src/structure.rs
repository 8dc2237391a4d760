//! The kinds of elements in a document's structure tree (ISO 32000-1, 14.8.4).

/// What an element is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Tag {
    P,
    /// `H1` for level 1; the title is what readers list.
    Heading {
        level: u8,
        title: String,
    },
    List(Numbering),
    Item,
    Label,
    Body,
    Div,
    /// An empty summary is none.
    Table {
        summary: String,
    },
    Head,
    Rows,
    Row,
    HeaderCell(Scope),
    /// How many columns it spans.
    Cell {
        span: u8,
    },
    Caption,
    Figure {
        alt: String,
    },
    Link,
}

/// What a header cell is the header of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Scope {
    Row,
    Column,
}

/// How the items of a list are labelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Numbering {
    None,
    Disc,
    Decimal,
    LowerAlpha,
}

impl Tag {
    /// The standard structure type.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::P => "P",
            Self::Heading { level: 0 | 1, .. } => "H1",
            Self::Heading { level: 2, .. } => "H2",
            Self::Heading { .. } => "H3",
            Self::List(_) => "L",
            Self::Item => "LI",
            Self::Label => "Lbl",
            Self::Body => "LBody",
            Self::Div => "Div",
            Self::Table { .. } => "Table",
            Self::Head => "THead",
            Self::Rows => "TBody",
            Self::Row => "TR",
            Self::HeaderCell(_) => "TH",
            Self::Cell { .. } => "TD",
            Self::Caption => "Caption",
            Self::Figure { .. } => "Figure",
            Self::Link => "Link",
        }
    }

    /// An empty cell keeps its place in its row; any other element without content is left out.
    pub(crate) const fn stays_empty(&self) -> bool {
        matches!(self, Self::HeaderCell(_) | Self::Cell { .. })
    }
}

impl Scope {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Row => "Row",
            Self::Column => "Column",
        }
    }
}

impl Numbering {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Disc => "Disc",
            Self::Decimal => "Decimal",
            Self::LowerAlpha => "LowerAlpha",
        }
    }
}

//! Layout of forms and of the pages that only show.

use serde::{Deserialize, Serialize};

use super::Text;
use crate::model::expr::Expr;

/// A form: pages of nodes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Its pages, in order.
    pub pages: Vec<Page>,
}

/// One thing a page.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Its id within the form.
    pub id: String,
    /// Its heading.
    pub title: Text,
    /// Whether it is shown.
    #[serde(default = "Expr::always")]
    pub when: Expr,
    /// What stands on it.
    pub nodes: Vec<Layout>,
}

/// A thing on a page.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Something to fill in.
    Field(Box<Field>),
    /// A heading with things under it, perhaps repeated per item of a list.
    Section(Section),
    /// A paragraph.
    Text(Words),
    /// A boxed paragraph.
    Inset(Words),
    /// A paragraph nobody should miss.
    Warning(Words),
    /// Labels with values; from a holder: with its source and time.
    Facts(Facts),
    /// Rows.
    Table(Table),
}

/// Something to fill in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// JSON pointer into the data; `-` stands for the item of the repeat around.
    pub at: String,
    /// How it looks.
    pub widget: Widget,
    /// What it asks.
    pub label: Text,
    /// How to answer.
    #[serde(default)]
    pub help: Text,
    /// Whether it is shown.
    #[serde(default = "Expr::always")]
    pub visible: Expr,
    /// Whether it is only shown.
    #[serde(default = "no")]
    pub readonly: Expr,
    /// Whether it must be answered.
    #[serde(default = "Expr::always")]
    pub required: Expr,
    /// What stands there at first.
    #[serde(default)]
    pub default: Option<Expr>,
    /// Further rules, with what to do when they fail.
    #[serde(default)]
    pub check: Vec<Rule>,
    /// The browser's `autocomplete` token.
    #[serde(default)]
    pub autocomplete: Option<String>,
}

fn no() -> Expr {
    Expr::from("false")
}

/// A rule of a field.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Must be true.
    pub rule: Expr,
    /// What to do when it is not.
    pub message: Text,
}

/// How a field looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Widget {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// Whole number.
    Number,
    /// Pesos.
    Money,
    /// Yes or no.
    Boolean,
    /// One of a few.
    Choice,
    /// Several of a few.
    Choices,
    /// Day, month, year.
    Date,
    /// RUN.
    Run,
    /// E-mail.
    Email,
    /// Telephone.
    Phone,
    /// One of many.
    List,
    /// A file.
    File,
    /// A sworn box, never ticked beforehand.
    Declaration,
    /// Yes or no to the use of sensitive data; a no never blocks.
    Consent,
}

/// A heading with things under it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its heading.
    pub title: Text,
    /// Whether it is shown.
    #[serde(default = "Expr::always")]
    pub visible: Expr,
    /// Once per item of a list.
    #[serde(default)]
    pub repeat: Option<Repeat>,
    /// What stands under it.
    pub nodes: Vec<Layout>,
}

/// A repeated section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// JSON pointer of the list.
    pub at: String,
    /// Fewest items.
    pub min: u32,
    /// Most items.
    pub max: u32,
    /// Text of the button that adds one.
    pub add: Text,
}

/// Words, fixed or by a rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Fixed.
    #[serde(default)]
    pub text: Text,
    /// By a rule.
    #[serde(default)]
    pub value: Option<Expr>,
    /// Whether they are shown.
    #[serde(default = "Expr::always")]
    pub visible: Expr,
}

/// Labels with values.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Their heading.
    #[serde(default)]
    pub title: Text,
    /// The query they come from: its source and time are shown.
    #[serde(default)]
    pub query: Option<String>,
    /// Whether they are shown.
    #[serde(default = "Expr::always")]
    pub visible: Expr,
    /// Each fact.
    pub items: Vec<Fact>,
}

/// A label with its value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What it is.
    pub label: Text,
    /// Its value.
    pub value: Expr,
    /// Whether it is shown.
    #[serde(default = "Expr::always")]
    pub visible: Expr,
}

/// Rows of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What it shows.
    pub caption: Text,
    /// The list.
    pub rows: Expr,
    /// Its columns; rules see `item`.
    pub columns: Vec<Column>,
    /// Whether it is shown.
    #[serde(default = "Expr::always")]
    pub visible: Expr,
    /// A last row of the same number of cells.
    #[serde(default)]
    pub total: Vec<Expr>,
}

/// A column.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its heading.
    pub label: Text,
    /// The cell.
    pub value: Expr,
    /// Whether numbers stand in it.
    #[serde(default)]
    pub numeric: bool,
}

impl Layout {
    /// Every field in it, sections included.
    pub fn fields<'a>(&'a self, out: &mut Vec<&'a Field>) {
        match self {
            Self::Field(field) => out.push(field),
            Self::Section(section) => section.nodes.iter().for_each(|n| n.fields(out)),
            _ => {}
        }
    }

    fn places<'a>(&'a self, out: &mut Vec<&'a str>) {
        match self {
            Self::Field(field) => out.push(&field.at),
            Self::Section(Section { repeat: Some(repeat), .. }) => out.push(&repeat.at),
            Self::Section(section) => section.nodes.iter().for_each(|n| n.places(out)),
            _ => {}
        }
    }

    /// The repeat of the list at this pointer.
    fn repeat(&self, list: &str) -> Option<&Repeat> {
        match self {
            Self::Section(Section { repeat: Some(repeat), .. }) => Some(repeat).filter(|r| r.at == list),
            Self::Section(section) => section.nodes.iter().find_map(|n| n.repeat(list)),
            _ => None,
        }
    }
}

impl Page {
    /// The repeat of the list at this pointer, when the page has it.
    #[must_use]
    pub fn repeat(&self, list: &str) -> Option<&Repeat> {
        self.nodes.iter().find_map(|n| n.repeat(list))
    }
}

impl Form {
    /// Where it writes: JSON pointers of its fields, and of its lists as wholes.
    #[must_use]
    pub fn places(&self) -> Vec<&str> {
        let mut out = Vec::new();
        self.pages.iter().flat_map(|p| &p.nodes).for_each(|n| n.places(&mut out));
        out
    }

    /// Every field of every page.
    #[must_use]
    pub fn fields(&self) -> Vec<&Field> {
        let mut out = Vec::new();
        self.pages.iter().flat_map(|p| &p.nodes).for_each(|n| n.fields(&mut out));
        out
    }
}

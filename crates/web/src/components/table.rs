//! Tables that become cards on small screens.

use maud::{Markup, Render, html};

use super::Text;

/// A column of a table.
#[derive(Clone)]
pub struct Column<'a> {
    label: Text<'a>,
    numeric: bool,
}

impl<'a> Column<'a> {
    /// A column of texts.
    pub fn new(label: impl Into<Text<'a>>) -> Self {
        Self { label: label.into(), numeric: false }
    }

    /// A column of numbers, to the right.
    pub fn numeric(label: impl Into<Text<'a>>) -> Self {
        Self { label: label.into(), numeric: true }
    }
}

/// A table with caption.
#[derive(Clone)]
pub struct Table<'a> {
    caption: Text<'a>,
    columns: Vec<Column<'a>>,
    rows: Vec<Vec<Markup>>,
    empty: Option<Text<'a>>,
    caption_class: &'static str,
}

impl<'a> Table<'a> {
    /// Adds a column.
    #[must_use]
    pub fn column(mut self, label: impl Into<Text<'a>>) -> Self {
        self.columns.push(Column::new(label));
        self
    }

    /// Adds a column of numbers.
    #[must_use]
    pub fn numeric(mut self, label: impl Into<Text<'a>>) -> Self {
        self.columns.push(Column::numeric(label));
        self
    }

    /// Adds a row: a cell for each column; the first is the row's heading.
    #[must_use]
    pub fn row(mut self, cells: Vec<Markup>) -> Self {
        self.rows.push(cells);
        self
    }

    /// Adds rows.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Vec<Markup>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// What is said in place of the table when it has no rows.
    #[must_use]
    pub fn empty(mut self, text: impl Into<Text<'a>>) -> Self {
        self.empty = Some(text.into());
        self
    }

    /// The caption only for screen readers: a heading above says the same.
    #[must_use]
    pub fn quiet_caption(mut self) -> Self {
        self.caption_class = "hidden";
        self
    }

    fn cell(&self, index: usize, cell: &Markup) -> Markup {
        let column = self.columns.get(index);
        let numeric = column.is_some_and(|c| c.numeric);
        // On small screens the header row is gone; each cell says its label itself, as real text.
        let content = html! {
            @if let Some(column) = column { span.cell-label aria-hidden="true" { (column.label) } }
            span.cell-value { (cell) }
        };
        if index == 0 {
            html! { th scope="row" role="rowheader" { (content) } }
        } else {
            html! { td.numeric[numeric] role="cell" { (content) } }
        }
    }
}

impl Render for Table<'_> {
    fn render(&self) -> Markup {
        if let (true, Some(text)) = (self.rows.is_empty(), &self.empty) {
            return html! { p.empty { (text) } };
        }
        // The roles say again what `display: block` on small screens takes away in some browsers.
        html! {
            table.table role="table" {
                caption class=(self.caption_class) { (self.caption) }
                thead role="rowgroup" {
                    tr role="row" {
                        @for column in &self.columns {
                            th.numeric[column.numeric] scope="col" role="columnheader" { (column.label) }
                        }
                    }
                }
                tbody role="rowgroup" {
                    @for row in &self.rows {
                        tr role="row" { @for (index, cell) in row.iter().enumerate() { (self.cell(index, cell)) } }
                    }
                }
            }
        }
    }
}

/// A table with this caption.
///
/// ```
/// use copihue_web::{components::table, html};
/// let page = table("Documentos").column("Nombre").numeric("Páginas").row(vec![html! { "Permiso" }, html! { "1" }]);
/// assert!(html! { (page) }.into_string().contains("<caption"));
/// ```
pub fn table<'a>(caption: impl Into<Text<'a>>) -> Table<'a> {
    Table {
        caption: caption.into(),
        columns: Vec::new(),
        rows: Vec::new(),
        empty: None,
        caption_class: "caption",
    }
}

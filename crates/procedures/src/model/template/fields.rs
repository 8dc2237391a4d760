//! Blocks as the fields of a form, and back. A field that stays empty is none.

use copihue_core::{Error, Result};
use copihue_documents::template::{
    Align, Block, Column, Fact, Facts, Heading, Item, List, Look, Marker, Notice, Paragraph, RichItem,
    Section, Signature, Table,
};
use copihue_documents::text::{Text, When};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Head;

/// More lines than this no form shows.
const MOST: usize = 60;

/// A block's fields with what they hold, in no order.
pub(crate) fn filled(block: &Block) -> Vec<(String, String)> {
    let mut out = Out(Vec::new());
    out.put("cuando", &code(&block.when()));
    match block {
        Block::Heading(b) => {
            out.put("texto", b.text.source());
            out.put("nivel", &b.level.to_string());
        }
        Block::Paragraph(b) => {
            out.put("texto", b.text.source());
            out.put("aspecto", &code(&b.look));
        }
        Block::Facts(b) | Block::Highlight(b) => {
            out.put("columnas", &b.columns.to_string());
            for (i, fact) in b.items.iter().enumerate() {
                out.put(&format!("etiqueta-{i}"), fact.label.source());
                out.put(&format!("valor-{i}"), fact.value.source());
                out.put(&format!("cuando-{i}"), &code(&fact.when));
            }
        }
        Block::Table(b) => out.table(b),
        Block::List(b) => out.items(b.marker, &b.items),
        Block::Section(b) => {
            out.put("titulo", b.heading.source());
            out.items(b.marker, &b.items);
        }
        Block::Notice(b) => {
            out.optional("titulo", b.title.as_ref());
            out.put("texto", b.text.source());
        }
        Block::Signature(b) => {
            out.put("nombre", b.name.source());
            out.put("cargo", b.post.source());
            out.optional("institucion", b.institution.as_ref());
            out.optional("nota", b.note.as_ref());
        }
        Block::Verify(_) | Block::PageBreak(_) => {}
    }
    out.0
}

struct Out(Vec<(String, String)>);

impl Out {
    fn put(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    fn optional(&mut self, name: &str, text: Option<&Text>) {
        self.put(name, text.map_or("", Text::source));
    }

    fn items(&mut self, marker: Marker, items: &[Item]) {
        self.put("marcador", &code(&marker));
        for (i, item) in items.iter().enumerate() {
            match item {
                Item::Plain(text) => self.put(&format!("punto-{i}"), text.source()),
                Item::Rich(rich) => {
                    self.put(&format!("punto-{i}"), rich.text.source());
                    self.put(&format!("repite-{i}"), rich.rows.as_deref().unwrap_or_default());
                    self.put(&format!("cuando-{i}"), &code(&rich.when));
                }
            }
        }
    }

    fn table(&mut self, table: &Table) {
        self.put("filas", &table.rows);
        self.optional("titulo", table.caption.as_ref());
        for (i, column) in table.columns.iter().enumerate() {
            self.put(&format!("columna-{i}"), column.label.source());
            self.put(&format!("celda-{i}"), column.value.source());
            self.put(&format!("lado-{i}"), &code(&column.align));
            self.put(&format!("ancho-{i}"), &column.width.to_string());
            self.optional(&format!("total-{i}"), table.total.get(i));
        }
    }
}

/// A choice as it is written in a template; empty for none.
fn code(choice: &impl Serialize) -> String {
    match serde_json::to_value(choice) {
        Ok(Value::String(code)) => code,
        _ => String::new(),
    }
}

/// The block of the same kind as `like` that a form says.
///
/// # Errors
/// `plantilla_invalida`, field by field.
pub(crate) fn read(like: &Block, posted: &dyn Fn(&str) -> String) -> Result<Block> {
    let mut form = Form { posted, error: None };
    let block = form.block(like);
    form.done(block)
}

/// What stands above the blocks, as a form says.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_head(posted: &dyn Fn(&str) -> String) -> Result<Head> {
    let mut form = Form { posted, error: None };
    let head = Head {
        institution: form.text("institucion"),
        unit: form.optional("unidad"),
        reference: form.optional("referencia"),
        title: form.text("titulo"),
        subtitle: form.optional("subtitulo"),
    };
    form.done(head)
}

struct Form<'a> {
    posted: &'a dyn Fn(&str) -> String,
    error: Option<Error>,
}

impl Form<'_> {
    fn done<T>(self, value: T) -> Result<T> {
        self.error.map_or(Ok(value), Err)
    }

    fn value(&self, name: &str) -> String {
        (self.posted)(name).replace("\r\n", "\n").trim().to_owned()
    }

    fn wrong(&mut self, name: &str, why: String) {
        let error = self
            .error
            .take()
            .unwrap_or_else(|| Error::invalid("plantilla_invalida", "Hay algo que corregir en este bloque."));
        self.error = Some(error.field(name, why));
    }

    /// An empty text stays one: it is told at the block, and needs not be written now.
    fn text(&mut self, name: &str) -> Text {
        match self.value(name).parse() {
            Ok(text) => text,
            Err(error) => {
                self.wrong(name, format!("{error}."));
                Text::default()
            }
        }
    }

    fn optional(&mut self, name: &str) -> Option<Text> {
        (!self.value(name).is_empty()).then(|| self.text(name))
    }

    fn choice<T: DeserializeOwned + Default>(&mut self, name: &str) -> T {
        serde_json::from_value(Value::String(self.value(name))).unwrap_or_default()
    }

    fn number(&mut self, name: &str) -> u8 {
        self.value(name).parse().unwrap_or(1)
    }

    /// Empty is always; what can't be read is told, or a condition would be lost unseen.
    fn when(&mut self, name: &str) -> Option<When> {
        let value = self.value(name);
        if value.is_empty() {
            return None;
        }
        let read = serde_json::from_value(Value::String(value)).ok();
        if read.is_none() {
            self.wrong(name, "Esta condición no se entiende: elija una de la lista.".to_owned());
        }
        read
    }

    fn block(&mut self, like: &Block) -> Block {
        let when = self.when("cuando");
        match like {
            Block::Heading(_) => {
                Block::Heading(Heading { text: self.text("texto"), level: self.number("nivel"), when })
            }
            Block::Paragraph(_) => {
                let look: Look = self.choice("aspecto");
                Block::Paragraph(Paragraph { text: self.text("texto"), look, when })
            }
            Block::Facts(_) => Block::Facts(self.facts(when)),
            Block::Highlight(_) => Block::Highlight(self.facts(when)),
            Block::Table(_) => Block::Table(self.table(when)),
            Block::List(_) => {
                Block::List(List { items: self.items(), marker: self.choice("marcador"), when })
            }
            Block::Section(b) => {
                let (heading, items) = (self.text("titulo"), self.items());
                Block::Section(Section {
                    part: b.part,
                    heading,
                    items,
                    marker: self.choice("marcador"),
                    when,
                })
            }
            Block::Notice(_) => {
                Block::Notice(Notice { title: self.optional("titulo"), text: self.text("texto"), when })
            }
            Block::Signature(_) => Block::Signature(Signature {
                name: self.text("nombre"),
                post: self.text("cargo"),
                institution: self.optional("institucion"),
                note: self.optional("nota"),
                when,
            }),
            Block::Verify(_) | Block::PageBreak(_) => like.clone(),
        }
    }

    fn facts(&mut self, when: Option<When>) -> Facts {
        let mut items = Vec::new();
        for i in 0..MOST {
            let [label, value] = ["etiqueta", "valor"].map(|name| format!("{name}-{i}"));
            if !self.value(&label).is_empty() || !self.value(&value).is_empty() {
                let when = self.when(&format!("cuando-{i}"));
                items.push(Fact { label: self.text(&label), value: self.text(&value), when });
            }
        }
        Facts { items, columns: self.number("columnas"), when }
    }

    fn items(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        for i in 0..MOST {
            let name = format!("punto-{i}");
            if self.value(&name).is_empty() {
                continue;
            }
            let text = self.text(&name);
            let rows = Some(self.value(&format!("repite-{i}"))).filter(|rows| !rows.is_empty());
            let when = self.when(&format!("cuando-{i}"));
            items.push(match (&rows, &when) {
                (None, None) => Item::Plain(text),
                _ => Item::Rich(RichItem { text, rows, when }),
            });
        }
        items
    }

    fn table(&mut self, when: Option<When>) -> Table {
        let (mut columns, mut total) = (Vec::new(), Vec::new());
        for i in 0..MOST {
            let [label, value, sum] = ["columna", "celda", "total"].map(|name| format!("{name}-{i}"));
            if self.value(&label).is_empty() && self.value(&value).is_empty() {
                continue;
            }
            let align: Align = self.choice(&format!("lado-{i}"));
            let width = self.number(&format!("ancho-{i}")).clamp(1, 10);
            columns.push(Column { label: self.text(&label), value: self.text(&value), align, width });
            total.push(self.text(&sum));
        }
        if total.iter().all(|text| text.source().is_empty()) {
            total.clear();
        }
        Table { rows: self.value("filas"), columns, caption: self.optional("titulo"), total, when }
    }
}

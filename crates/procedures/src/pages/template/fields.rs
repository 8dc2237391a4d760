//! The fields of each kind of block. Lists have two empty lines at their end: more come when these are saved.

use copihue_documents::Template;
use copihue_documents::template::Block;
use copihue_web::components::{details, radios, select, text_input, textarea};
use copihue_web::{Cx, FormState, Markup, args, html};

/// Lines beyond those that are written.
const SPARE: usize = 2;
const LONG: usize = 5_000;
const SHORT: usize = 300;

/// The names that a text may use: those of the definition, and what the template reads in its lists.
pub(super) struct Names<'a> {
    all: Vec<&'a str>,
    lists: Vec<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn new(names: &'a [String], template: &'a Template) -> Self {
        let mut all: Vec<&str> = names.iter().map(String::as_str).collect();
        all.sort_unstable();
        all.dedup();
        Self { lists: template.lists(), all }
    }

    pub(super) fn all(&self) -> &[&'a str] {
        &self.all
    }
}

pub(super) fn head_fields(cx: &Cx, state: &FormState) -> Markup {
    html! {
        (text_input("institucion", cx.t("procedures-field-institution")).max(SHORT).state(state))
        (text_input("unidad", cx.t("procedures-field-unit")).max(SHORT).optional().state(state))
        (text_input("referencia", cx.t("procedures-field-reference")).hint(cx.t("procedures-field-reference-hint")).max(SHORT).optional().state(state))
        (text_input("titulo", cx.t("procedures-field-title")).max(SHORT).state(state))
        (text_input("subtitulo", cx.t("procedures-field-subtitle")).max(SHORT).optional().state(state))
    }
}

pub(super) fn fields(cx: &Cx, block: &Block, names: &Names<'_>, state: &FormState) -> Markup {
    let form = Form { cx, names, state };
    let own = match block {
        Block::Heading(_) => html! {
            (form.short("texto", "procedures-field-text"))
            (form.choice("nivel", "procedures-field-level", &["1", "2"]))
        },
        Block::Paragraph(_) => html! {
            (form.long("texto", "procedures-field-text"))
            (form.choice("aspecto", "procedures-field-look", &["normal", "strong", "small", "right"]))
        },
        Block::Facts(b) => html! {
            (form.facts(b.items.len()))
            (form.choice("columnas", "procedures-field-columns", &["1", "2"]))
        },
        Block::Highlight(b) => form.facts(b.items.len()),
        Block::Table(b) => form.table(b.columns.len()),
        Block::List(b) => form.items(b.items.len()),
        Block::Section(b) => html! {
            (form.short("titulo", "procedures-field-heading"))
            (form.items(b.items.len()))
        },
        Block::Notice(_) => html! {
            (form.optional("titulo", "procedures-field-notice-title"))
            (form.long("texto", "procedures-field-text"))
        },
        Block::Signature(_) => html! {
            (form.short("nombre", "procedures-field-name"))
            (form.short("cargo", "procedures-field-post"))
            (form.optional("institucion", "procedures-field-institution"))
            (form.optional("nota", "procedures-field-note"))
        },
        Block::Verify(_) | Block::PageBreak(_) => html!(),
    };
    let demanded = matches!(block, Block::Section(b) if b.part.is_some());
    html! {
        (own)
        // What the law demands has no condition.
        @if !demanded { (form.options(form.when("cuando", cx.t("procedures-field-when").to_owned()))) }
    }
}

struct Form<'a> {
    cx: &'a Cx,
    names: &'a Names<'a>,
    state: &'a FormState,
}

impl Form<'_> {
    fn short(&self, name: &str, label: &str) -> Markup {
        html!((text_input(name, self.cx.t(label)).max(SHORT).state(self.state)))
    }

    fn optional(&self, name: &str, label: &str) -> Markup {
        html!((text_input(name, self.cx.t(label)).max(SHORT).optional().state(self.state)))
    }

    fn long(&self, name: &str, label: &str) -> Markup {
        html!((textarea(name, self.cx.t(label)).max(LONG).state(self.state)))
    }

    fn choice(&self, name: &str, label: &str, options: &[&str]) -> Markup {
        let chosen = self.state.value(name);
        let chosen = if chosen.is_empty() { options[0] } else { chosen };
        let list = radios(name, self.cx.t(label)).value(chosen).inline();
        html!(
            (options.iter().fold(list, |list, option| {
                list.option(*option, self.cx.t(&format!("procedures-choice-{name}-{option}")))
            }))
        )
    }

    /// What can be chosen, and what is: it may lie below a name that is offered, and a choice that is not offered is lost.
    fn with_present<'n>(&self, names: &[&'n str], present: &'n str) -> Vec<&'n str> {
        let new = Some(present).filter(|name| !name.is_empty() && !names.contains(name));
        names.iter().copied().chain(new).collect()
    }

    /// Always, or only with or without a value.
    fn when(&self, name: &str, label: String) -> Markup {
        let mut list = select(name, label).hint(self.cx.t("procedures-field-when-hint"));
        let present = self.state.value(name);
        let present = present.strip_prefix('!').unwrap_or(present);
        for path in self.with_present(self.names.all(), present) {
            let with = self.cx.ta("procedures-choice-with", &args! {"name" => path});
            let without = self.cx.ta("procedures-choice-without", &args! {"name" => path});
            list = list.option(path.to_owned(), with).option(format!("!{path}"), without);
        }
        html!((list.optional().state(self.state)))
    }

    fn line(&self, i: usize, inputs: Markup) -> Markup {
        html! {
            fieldset.line {
                legend { (self.cx.ta("procedures-field-line", &args! {"n" => i + 1})) }
                (inputs)
            }
        }
    }

    fn line_when(&self, i: usize) -> Markup {
        self.when(&format!("cuando-{i}"), self.cx.t("procedures-field-when-line").to_owned())
    }

    /// What few lines need.
    fn options(&self, inputs: Markup) -> Markup {
        details(self.cx.t("procedures-field-options"), inputs)
    }

    fn facts(&self, written: usize) -> Markup {
        html! {
            @for i in 0..written + SPARE {
                (self.line(i, html! {
                    (self.optional(&format!("etiqueta-{i}"), "procedures-field-label"))
                    (self.optional(&format!("valor-{i}"), "procedures-field-value"))
                    (self.options(html!((self.line_when(i)))))
                }))
            }
        }
    }

    fn items(&self, written: usize) -> Markup {
        let mut lists = self.names.lists.clone();
        lists.extend(self.names.all().iter().filter(|n| !self.names.lists.contains(n)));
        html! {
            (self.choice("marcador", "procedures-field-marker", &["bullet", "number", "letter", "ordinal", "none"]))
            @for i in 0..written + SPARE {
                (self.line(i, html! {
                    (textarea(format!("punto-{i}"), self.cx.t("procedures-field-item")).max(LONG).optional().state(self.state))
                    (self.options(html!((self.repeats(&format!("repite-{i}"), &lists)) (self.line_when(i)))))
                }))
            }
        }
    }

    fn repeats(&self, name: &str, lists: &[&str]) -> Markup {
        let list = select(name, self.cx.t("procedures-field-repeats"))
            .hint(self.cx.t("procedures-field-repeats-hint"));
        let list = self.with_present(lists, self.state.value(name)).into_iter().fold(list, |list, path| {
            list.option(path.to_owned(), self.cx.ta("procedures-choice-each", &args! {"name" => path}))
        });
        html!((list.optional().state(self.state)))
    }

    fn table(&self, written: usize) -> Markup {
        let list = select("filas", self.cx.t("procedures-field-rows"));
        let offered = self.with_present(self.names.all(), self.state.value("filas"));
        let list = offered.into_iter().fold(list, |list, path| list.option(path.to_owned(), path));
        html! {
            (self.optional("titulo", "procedures-field-caption"))
            (list.state(self.state))
            @for i in 0..(written + SPARE).min(8) {
                (self.line(i, html! {
                    (self.optional(&format!("columna-{i}"), "procedures-field-column"))
                    (self.optional(&format!("celda-{i}"), "procedures-field-cell"))
                    (self.optional(&format!("total-{i}"), "procedures-field-total"))
                    (self.side(&format!("lado-{i}")))
                    (text_input(format!("ancho-{i}"), self.cx.t("procedures-field-width")).max(2).narrow().optional().state(self.state))
                }))
            }
        }
    }

    fn side(&self, name: &str) -> Markup {
        let list =
            select(name, self.cx.t("procedures-field-side")).hint(self.cx.t("procedures-field-side-hint"));
        let list = list.option("left", self.cx.t("procedures-choice-lado-left"));
        html!((list.option("right", self.cx.t("procedures-choice-lado-right")).optional().state(self.state)))
    }
}

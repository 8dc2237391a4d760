//! A file to send.

use maud::{Markup, Render, html};

use super::Text;
use super::field::Field;
use crate::format;
use crate::forms::{FileKind, FormState};
use crate::locale::{t, ta};

/// A file field. The form is made with [`crate::Cx::upload_form`].
#[derive(Clone)]
pub struct FileInput<'a> {
    field: Field<'a>,
    kinds: &'a [FileKind],
    max: u64,
    several: Several,
}

/// How many files one field takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Several {
    No,
    Yes,
}

impl<'a> FileInput<'a> {
    /// Kinds it takes; PDF, JPG and PNG otherwise. None: any file.
    #[must_use]
    pub fn kinds(mut self, kinds: &'a [FileKind]) -> Self {
        self.kinds = kinds;
        self
    }

    /// Bytes at most; 20 MB otherwise.
    #[must_use]
    pub fn max_bytes(mut self, max: u64) -> Self {
        self.max = max;
        self
    }

    /// What to know before choosing, beside the kinds and the size.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Text<'a>>) -> Self {
        self.field.hint = Some(hint.into());
        self
    }

    /// Takes several files at once.
    #[must_use]
    pub fn several(mut self) -> Self {
        self.several = Several::Yes;
        self
    }

    /// Says «(opcional)».
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.field.need = super::field::Need::Optional;
        self
    }

    /// The error from the form's state. The file itself can't be given back, so it says to choose again.
    #[must_use]
    pub fn state(mut self, state: &'a FormState) -> Self {
        self.field.take_error(state);
        if (state.has_errors() || state.is_rescued()) && self.field.error.is_none() {
            self.field.hint = Some(t("web-file-again").into());
        }
        self
    }
}

impl Render for FileInput<'_> {
    fn render(&self) -> Markup {
        let mut f = self.field.clone();
        let labels = self.kinds.iter().map(|k| k.label()).collect::<Vec<_>>();
        let kinds = match labels.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} o {last}", first.join(", ")),
        };
        let max = format::size(self.max);
        let rule = match labels.as_slice() {
            [] => ta("web-file-hint-any", &crate::args! {"max" => max}),
            _ => ta("web-file-hint", &crate::args! {"kinds" => kinds, "max" => max}),
        };
        f.hint = Some(match f.hint.take() {
            Some(own) => format!("{own}. {rule}").into(),
            None => rule.into(),
        });
        let accept: Vec<String> =
            self.kinds.iter().flat_map(|k| k.extensions()).map(|e| format!(".{e}")).collect();
        let accept = (!accept.is_empty()).then(|| accept.join(","));
        html! {
            div class=(f.group_class()) {
                (f.label())
                (f.notes())
                input.file type="file" id=(f.name) name=(f.name) accept=[accept] data-max=(self.max)
                    data-too-large=(t("web-file-too-large")) data-hash-label=(t("web-file-hash"))
                    multiple[self.several == Several::Yes]
                    aria-describedby=[f.described_by()] aria-invalid=[f.invalid()];
                p.hint.file-hash hidden aria-live="polite" {}
            }
        }
    }
}

/// A file; its content is checked when it arrives ([`crate::Fields::file`]).
pub fn file_upload<'a>(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> FileInput<'a> {
    FileInput {
        field: Field::new(name, label),
        kinds: FileKind::COMMON,
        max: 20_000_000,
        several: Several::No,
    }
}

//! Translations: every text of the interface goes through Fluent, es-CL first.
//!
//! Each crate registers its catalogue once with [`locale!`](crate::locale!). Keys start with the crate's name
//! (`casefiles-page-title`). Messages without variables are formatted once, so that [`t`] is one look-up.

use std::collections::HashMap;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

/// One crate's catalogue. Made by [`locale!`](crate::locale!).
#[derive(Clone, Copy)]
pub struct LocaleSource {
    /// The crate's name, the prefix of its keys.
    pub name: &'static str,
    /// The text of `locales/es-CL.ftl`.
    pub text: &'static str,
}

inventory::collect!(LocaleSource);

/// Registers a crate's catalogue.
///
/// ```
/// copihue_web::locale!("example", "example-greeting = Hola, { $name }\n");
/// use copihue_web::{args, locale};
/// assert_eq!(locale::ta("example-greeting", &args! {"name" => "Ana"}), "Hola, Ana");
/// ```
#[macro_export]
macro_rules! locale {
    ($name:literal, $text:expr) => {
        $crate::inventory::submit! {
            $crate::locale::LocaleSource { name: $name, text: $text }
        }
    };
}

/// Values for a message: `args! {"n" => 3, "name" => person.name.as_str()}`.
#[macro_export]
macro_rules! args {
    ($($name:literal => $value:expr),* $(,)?) => {{
        let mut args = $crate::locale::Args::new();
        $( args.set($name, $value); )*
        args
    }};
}

/// Values for a message.
pub type Args<'a> = FluentArgs<'a>;

struct Catalogue {
    bundle: FluentBundle<FluentResource>,
    fixed: HashMap<String, String>,
}

/// The keys of a catalogue, in order.
pub(crate) fn keys(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase())).filter_map(|line| {
        let (key, _) = line.split_once('=')?;
        Some(key.trim_end())
    })
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| build(inventory::iter::<LocaleSource>.into_iter()))
}

fn build<'a>(sources: impl Iterator<Item = &'a LocaleSource>) -> Catalogue {
    let locale = unic_langid::LanguageIdentifier::from_bytes(b"es-CL").unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Isolation marks would break what people copy and what tests compare; es-CL is written one way only.
    bundle.set_use_isolating(false);
    let mut names = Vec::new();
    for source in sources {
        let resource = FluentResource::try_new(source.text.to_owned()).unwrap_or_else(|(partial, errors)| {
            tracing::error!(catalogue = source.name, ?errors, "a catalogue has errors");
            partial
        });
        if bundle.add_resource(resource).is_err() {
            tracing::error!(catalogue = source.name, "a catalogue repeats a key");
        }
        names.extend(keys(source.text).map(str::to_owned));
    }
    let fixed = names.into_iter().filter_map(|key| Some((fixed_text(&bundle, &key)?, key)));
    let fixed = fixed.map(|(text, key)| (key, text)).collect();
    Catalogue { bundle, fixed }
}

/// The text of a message that needs no values.
fn fixed_text(bundle: &FluentBundle<FluentResource>, key: &str) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
    errors.is_empty().then_some(text)
}

/// Shown in place of a text that does not exist; `check_locale` keeps it out of builds.
const MISSING: &str = "[falta un texto]";

/// The text of a message without values.
#[must_use]
pub fn t(key: &str) -> &'static str {
    if let Some(text) = catalogue().fixed.get(key) {
        return text;
    }
    tracing::error!(key, "missing text, or a text that needs values");
    MISSING
}

/// The text of a message with its values.
#[must_use]
pub fn ta(key: &str, args: &Args<'_>) -> String {
    let catalogue = catalogue();
    let Some(pattern) = catalogue.bundle.get_message(key).and_then(|m| m.value()) else {
        tracing::error!(key, "missing text");
        return MISSING.to_owned();
    };
    let mut errors = Vec::new();
    let text = catalogue.bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
    if !errors.is_empty() {
        tracing::error!(key, ?errors, "a text could not be formatted");
    }
    text
}

/// The text, when `key` is one of the catalogue's that needs no values.
#[must_use]
pub fn lookup(key: &str) -> Option<&'static str> {
    catalogue().fixed.get(key).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_09_plurals_follow_spanish_rules() {
        let text = "x-n = { $n ->\n    [one] Un día\n   *[other] { $n } días\n }\n";
        let c = build([LocaleSource { name: "x", text }].iter());
        let pattern = c.bundle.get_message("x-n").unwrap().value().unwrap();
        let say =
            |n: i64| c.bundle.format_pattern(pattern, Some(&args! {"n" => n}), &mut vec![]).into_owned();
        assert_eq!((say(1), say(3)), ("Un día".to_owned(), "3 días".to_owned()));
        assert!(!c.fixed.contains_key("x-n"));
    }
}

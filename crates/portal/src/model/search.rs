//! Search over the catalogue: folded accents, Spanish stems, the same tokens on both sides.
//!
//! The index lives in memory: a State's whole catalogue is a few thousand procedures, and a query over it
//! takes microseconds. Words that people use for a thing but that its text lacks («patente» for the vehicle
//! permit) come from the procedure's own keywords, so they are data.

use std::collections::BTreeMap;

use copihue_core::text::fold;
use rust_stemmers::{Algorithm, Stemmer};

/// What a query may be, in characters; the rest is ignored.
pub const MAX_QUERY: usize = 200;

/// Words too common to find anything by.
const COMMON: &[&str] = &[
    "a", "al", "como", "con", "de", "del", "el", "en", "la", "las", "lo", "los", "mi", "o", "para", "por",
    "que", "se", "su", "tramite", "un", "una", "y",
];

/// One text of an entry, and how much a match in it counts.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The text.
    pub text: &'a str,
    /// Weight of a match: 8 for a title, 5 for a keyword, 1 for a body.
    pub weight: u32,
}

/// An index of entries that are numbered by their order of insertion.
#[derive(Default, Debug)]
pub struct Index {
    /// Stem → (entry, weight).
    postings: BTreeMap<String, Vec<(usize, u32)>>,
    entries: usize,
}

impl Index {
    /// Adds an entry; its number is the count of entries before it.
    pub fn add(&mut self, texts: &[Text<'_>]) {
        let mut weights: BTreeMap<String, u32> = BTreeMap::new();
        for text in texts {
            for stem in stems(text.text) {
                let weight = weights.entry(stem).or_default();
                *weight = (*weight).max(text.weight);
            }
        }
        for (stem, weight) in weights {
            self.postings.entry(stem).or_default().push((self.entries, weight));
        }
        self.entries += 1;
    }

    /// Entries that match, best first. More of the query's words beat fewer; then heavier matches.
    #[must_use]
    pub fn search(&self, query: &str) -> Vec<usize> {
        let query: String = query.chars().take(MAX_QUERY).collect();
        let mut found: BTreeMap<usize, (u32, u32)> = BTreeMap::new();
        for stem in stems(&query) {
            let mut of_this_word: BTreeMap<usize, u32> = BTreeMap::new();
            for (other, postings) in self.starting_with(&stem) {
                let exact = u32::from(*other == stem);
                for (entry, weight) in postings {
                    let score = of_this_word.entry(*entry).or_default();
                    *score = (*score).max(weight * 2 + exact * weight);
                }
            }
            for (entry, score) in of_this_word {
                let (words, sum) = found.entry(entry).or_default();
                *words += 1;
                *sum += score;
            }
        }
        let mut ranked: Vec<_> = found.into_iter().collect();
        ranked.sort_by_key(|(entry, (words, sum))| {
            (std::cmp::Reverse(*words), std::cmp::Reverse(*sum), *entry)
        });
        ranked.into_iter().map(|(entry, _)| entry).collect()
    }

    /// Postings whose stem begins with `stem`: the last word may not be typed to its end.
    fn starting_with<'a>(
        &'a self,
        stem: &'a str,
    ) -> impl Iterator<Item = (&'a String, &'a Vec<(usize, u32)>)> {
        self.postings.range(stem.to_owned()..).take_while(move |(other, _)| other.starts_with(stem))
    }
}

/// The stems of a text's words, folded, common words left out.
fn stems(text: &str) -> Vec<String> {
    let stemmer = Stemmer::create(Algorithm::Spanish);
    let folded = fold(text);
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !COMMON.contains(word))
        .map(|word| stemmer.stem(word).into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        let mut index = Index::default();
        for (title, keywords, body) in [
            (
                "Permiso de circulación",
                "patente auto vehículo camioneta moto",
                "Autoriza a su vehículo a circular por un año.",
            ),
            ("Certificado de residencia", "domicilio vivir casa", "Acredita dónde vive."),
            ("Patente comercial", "negocio almacén", "Autoriza a abrir un negocio."),
        ] {
            index.add(&[
                Text { text: title, weight: 8 },
                Text { text: keywords, weight: 5 },
                Text { text: body, weight: 1 },
            ]);
        }
        index
    }

    #[test]
    fn people_find_the_permit_by_the_words_they_use() {
        let index = index();
        assert_eq!(index.search("patente auto").first(), Some(&0));
        assert_eq!(index.search("PATENTES de autos").first(), Some(&0));
        assert_eq!(index.search("permisos circulacion").first(), Some(&0));
        assert_eq!(index.search("circul").first(), Some(&0));
        assert_eq!(index.search("negocios").first(), Some(&2));
        assert!(index.search("pasaporte").is_empty());
        assert!(index.search("de la para").is_empty());
    }
}

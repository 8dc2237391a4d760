//! What is offered: the procedures that institutions have published, ready to be listed and searched.

use std::collections::BTreeMap;

use copihue_core::text::fold;

use super::search::{Index, Text};

/// A procedure, in the words of its public page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Its id, as in the address.
    pub id: String,
    /// Its name.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// The topic under which it is listed.
    pub topic: String,
    /// What it is, a paragraph each.
    pub what: Vec<String>,
    /// Who may ask for it.
    pub who: Vec<String>,
    /// What it costs; empty when nothing.
    pub cost: Vec<String>,
    /// What to have at hand.
    pub needs: Vec<String>,
    /// How long it takes.
    pub time: String,
    /// Words that people search by.
    pub keywords: Vec<String>,
    /// Laws, by article.
    pub legal_basis: Vec<String>,
    /// Code in the catalogue of administrative procedures.
    pub code: String,
    /// Who offers it, by name.
    pub offered_by: Vec<Offer>,
}

/// An institution that offers a procedure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offer {
    /// Its name.
    pub name: String,
    /// Its code.
    pub institution: String,
}

/// All listings, with the index over them.
#[derive(Default, Debug)]
pub struct Catalogue {
    listings: Vec<Listing>,
    index: Index,
}

/// A heading under which listings are browsed, with how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// What the person reads.
    pub label: String,
    /// What the address carries: a topic folded with hyphens, or an institution's code.
    pub key: String,
    /// How many listings.
    pub count: usize,
}

impl Catalogue {
    /// Indexes these listings, in the order of their titles.
    #[must_use]
    pub fn new(mut listings: Vec<Listing>) -> Self {
        listings.sort_by_key(|l| fold(&l.title));
        let mut index = Index::default();
        for l in &listings {
            let (keywords, body) = (l.keywords.join(" "), [l.what.join(" "), l.needs.join(" ")].join(" "));
            index.add(&[
                Text { text: &l.title, weight: 8 },
                Text { text: &keywords, weight: 5 },
                Text { text: &l.topic, weight: 3 },
                Text { text: &l.summary, weight: 2 },
                Text { text: &body, weight: 1 },
            ]);
        }
        Self { listings, index }
    }

    /// All, by title.
    #[must_use]
    pub fn all(&self) -> &[Listing] {
        &self.listings
    }

    /// The one with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Listing> {
        self.listings.iter().find(|l| l.id == id)
    }

    /// Those that match a query, best first.
    #[must_use]
    pub fn search(&self, query: &str) -> Vec<&Listing> {
        self.index.search(query).into_iter().filter_map(|i| self.listings.get(i)).collect()
    }

    /// Topics, by name.
    #[must_use]
    pub fn topics(&self) -> Vec<Heading> {
        count(self.listings.iter().map(|l| (topic_key(&l.topic), l.topic.clone())))
    }

    /// Institutions, by name.
    #[must_use]
    pub fn institutions(&self) -> Vec<Heading> {
        count(
            self.listings.iter().flat_map(|l| &l.offered_by).map(|o| (o.institution.clone(), o.name.clone())),
        )
    }

    /// Those under a topic's key.
    #[must_use]
    pub fn under_topic(&self, key: &str) -> Vec<&Listing> {
        self.listings.iter().filter(|l| topic_key(&l.topic) == key).collect()
    }

    /// Those that an institution offers.
    #[must_use]
    pub fn of_institution(&self, code: &str) -> Vec<&Listing> {
        self.listings.iter().filter(|l| l.offered_by.iter().any(|o| o.institution == code)).collect()
    }
}

fn topic_key(topic: &str) -> String {
    fold(topic).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-")
}

fn count(pairs: impl Iterator<Item = (String, String)>) -> Vec<Heading> {
    let mut counted: BTreeMap<String, Heading> = BTreeMap::new();
    for (key, label) in pairs.filter(|(key, _)| !key.is_empty()) {
        let heading = counted.entry(key.clone()).or_insert(Heading { label, key, count: 0 });
        heading.count += 1;
    }
    let mut headings: Vec<_> = counted.into_values().collect();
    headings.sort_by_key(|h| fold(&h.label));
    headings
}

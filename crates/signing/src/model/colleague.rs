//! Who can be asked to sign, and whom a name means that somebody wrote.

use copihue_core::Id;
use copihue_core::text::fold;

/// Somebody who can be asked to sign.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Colleague {
    /// Their id.
    pub official: Id,
    /// Their name.
    pub name: String,
    /// Their post.
    pub post: String,
}

/// Whom a name means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Named<'a> {
    /// One person.
    One(&'a Colleague),
    /// No one.
    Nobody,
    /// More than one: more of the name, or the post, would tell them apart.
    Several(Vec<&'a Colleague>),
}

/// Whom a text means: words of the name and the post, each from its beginning, in any order and whatever the accents. Who is
/// called exactly so comes before those in whose name it also stands.
#[must_use]
pub fn named<'a>(all: &'a [Colleague], text: &str) -> Named<'a> {
    let words_of = |text: &str| -> Vec<String> {
        fold(&text.replace(',', " ")).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let asked = words_of(text);
    if asked.is_empty() {
        return Named::Nobody;
    }
    let is_called = |c: &&Colleague| words_of(&c.name) == asked;
    let is_meant = |c: &&Colleague| {
        let words = words_of(&format!("{} {}", c.name, c.post));
        asked.iter().all(|a| words.iter().any(|w| w.starts_with(a.as_str())))
    };
    let mut found: Vec<&Colleague> = all.iter().filter(is_called).collect();
    if found.is_empty() {
        found = all.iter().filter(is_meant).collect();
    }
    match found.as_slice() {
        [] => Named::Nobody,
        [one] => Named::One(one),
        _ => Named::Several(found),
    }
}

#[cfg(test)]
mod tests {
    use copihue_core::{Bucket, SeededRandom, Timestamp};

    use super::*;

    #[test]
    fn a_name_means_whom_people_mean_by_it() {
        let all: Vec<Colleague> = [
            ("Ana Peña", "Alcaldesa"),
            ("Ana Peña Soto", "Abogada"),
            ("José Muñoz", "Inspector"),
            ("José Muñoz", "Director de Tránsito"),
        ]
        .into_iter()
        .map(|(name, post)| {
            let official = Id::new(Timestamp::from_millis(1), Bucket::new(1), &SeededRandom::new(1));
            Colleague { official, name: name.into(), post: post.into() }
        })
        .collect();
        assert_eq!(named(&all, "ana pena"), Named::One(&all[0]), "exactly so");
        assert_eq!(named(&all, "Soto, Ana"), Named::One(&all[1]));
        assert_eq!(named(&all, "muñoz"), Named::Several(vec![&all[2], &all[3]]));
        assert_eq!(named(&all, "José Muñoz, Director"), Named::One(&all[3]));
        assert_eq!(named(&all, "Pedro"), Named::Nobody);
        assert_eq!(named(&all, " , "), Named::Nobody);
    }
}

//! `docs/conformance.md`: which requirement is proved by which tests, read from the tests' names.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::run::root;
use crate::{Outcome, attacks};

/// Families of requirement ids, and what each is about.
const FAMILIES: &[(&str, &str)] = &[
    ("RUN", "RUN and RUT"),
    ("CUT", "Territorial codes"),
    ("HOL", "Holidays"),
    ("TZ", "Time zones and clocks"),
    ("PLZ", "Deadlines"),
    ("PRO", "Administrative procedure (Ley 19.880)"),
    ("PRC", "Digital procedures"),
    ("EXP", "Case files"),
    ("DIR", "Institutions, officials and powers"),
    ("AUT", "Authentication (DS 9/2023)"),
    ("IDP", "Identity provider"),
    ("SIG", "Electronic signature"),
    ("LED", "Transparency log"),
    ("NTF", "Notices: product"),
    ("NOT", "Notices: law"),
    ("DDU", "Digital addresses"),
    ("EXC", "Exceptions to electronic means"),
    ("PAY", "Payments"),
    ("WEB", "Pages"),
    ("SEC", "Security"),
    ("DAT", "Personal data"),
    ("GRA", "Phases of the law"),
    ("CPA", "Catalogue of procedures"),
    ("PORT", "Portal"),
];

/// Attack → (test, file).
type Attacks = BTreeMap<(char, u32), Vec<(String, String)>>;

/// id → (test, file).
type Tests = BTreeMap<(usize, u32, String), Vec<(String, String)>>;

/// Writes the page, or with `check` fails when it is not what the tests say.
pub(crate) fn run(check: bool) -> Outcome {
    let page = page(&collect()?) + &attack_page(&collect_attacks()?)?;
    let path = root().join("docs/conformance.md");
    if check {
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        return if committed == page {
            Ok(())
        } else {
            Err("docs/conformance.md is not what the tests say: run `cargo xtask conformance`".into())
        };
    }
    std::fs::write(&path, page)?;
    Ok(())
}

fn collect() -> Outcome<Tests> {
    let mut tests = Tests::new();
    for path in sources(&root().join("crates"))? {
        let text = std::fs::read_to_string(&path)?;
        let file = path.strip_prefix(root())?.display().to_string();
        for name in test_names(&text) {
            if let Some(key) = requirement(name) {
                tests.entry(key).or_default().push((name.to_owned(), file.clone()));
            }
        }
    }
    Ok(tests)
}

/// Tests of the identity provider, by itself and in the whole program, by the attacks that they are named by.
fn collect_attacks() -> Outcome<Attacks> {
    let mut found = Attacks::new();
    for path in sources(&root().join("crates"))? {
        let file = path.strip_prefix(root())?.display().to_string();
        // Other checklists number their attacks with letters too.
        if !file.contains("identity") {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        for name in test_names(&text) {
            for id in attacks::of(name) {
                found.entry(id).or_default().push((name.to_owned(), file.clone()));
            }
        }
    }
    Ok(found)
}

/// The rows of the attack checklist: each with its tests, or with the reason why there is none.
fn attack_page(found: &Attacks) -> Outcome<String> {
    let mut page = String::from(
        "\n## Attacks on the identity provider\n\nEach row of its checklist is a test, or has a reason.\n",
    );
    for (group, rows, title) in attacks::GROUPS {
        let _ = write!(
            page,
            "\n### {group}: {title}\n\n| Attack | Test, or why there is none | In |\n| --- | --- | --- |\n"
        );
        for number in 1..=*rows {
            let id = format!("{group}{number}");
            let reason = attacks::REASONS.iter().find(|(known, _)| *known == id).map(|(_, why)| *why);
            match (found.get(&(*group, number)), reason) {
                (Some(tests), None) => tests.iter().for_each(|(name, file)| {
                    let _ = writeln!(page, "| {id} | `{name}` | `{file}` |");
                }),
                (None, Some(why)) => {
                    let _ = writeln!(page, "| {id} | {why} | |");
                }
                (Some(_), Some(_)) => {
                    return Err(format!("attack {id} has a test: take its reason away").into());
                }
                (None, None) => return Err(format!("attack {id} has neither a test nor a reason").into()),
            }
        }
    }
    Ok(page)
}

fn sources(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Names of functions in the text.
fn test_names(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let after = line.trim_start().trim_start_matches("async ").strip_prefix("fn ")?;
        after.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()
    })
}

/// `exp_14_one_party…` → (family's place, 14, "EXP-14").
fn requirement(name: &str) -> Option<(usize, u32, String)> {
    let mut words = name.splitn(3, '_');
    let (family, number) = (words.next()?, words.next()?);
    words.next()?;
    let place = FAMILIES.iter().position(|(id, _)| id.eq_ignore_ascii_case(family))?;
    let number: u32 = number.parse().ok()?;
    Some((place, number, format!("{}-{number:02}", FAMILIES[place].0)))
}

fn page(tests: &Tests) -> String {
    let mut page = String::from(
        "# Conformance\n\nWhich requirement of the law or of the product is proved by which tests. Generated by `cargo xtask conformance`\n\
         from the tests' names, and compared in `cargo xtask test`. A requirement that is not here is not claimed.\n",
    );
    let mut last = usize::MAX;
    for ((place, _, id), found) in tests {
        if *place != last {
            let (family, title) = FAMILIES[*place];
            let _ =
                write!(page, "\n## {family}: {title}\n\n| Requirement | Test | In |\n| --- | --- | --- |\n");
            last = *place;
        }
        for (name, file) in found {
            let _ = writeln!(page, "| {id} | `{name}` | `{file}` |");
        }
    }
    page
}

//! Entries, records and items.

use copihue_core::{Error, Result};
use copihue_ledger::Register;
use copihue_tlog::tile::decimal;
use copihue_web::Cx;
use serde_json::{Map, Value, json};

use super::answer::{Answered, Cache};
use crate::Registers;
use crate::model::definition::Definition;
use crate::model::entry::{Current, Entry};
use crate::model::item::ItemHash;

/// The contract's largest page.
const MOST: u64 = 5_000;
/// Entries of one key that are answered at once.
const HISTORY: u32 = 5_000;

const ENTRY: [&str; 8] = [
    "index-entry-number",
    "entry-number",
    "entry-timestamp",
    "key",
    "item-hash",
    "decided-by",
    "decision-reason",
    "decision-commitment",
];

fn entry_json(entry: &Entry) -> Map<String, Value> {
    let mut map = Map::new();
    let number = Value::from(entry.number.to_string());
    map.insert(ENTRY[0].to_owned(), number.clone());
    map.insert(ENTRY[1].to_owned(), number);
    map.insert(ENTRY[2].to_owned(), Value::from(entry.at.to_string()));
    map.insert(ENTRY[3].to_owned(), Value::from(entry.key.as_str()));
    map.insert(ENTRY[4].to_owned(), json!([entry.item.to_string()]));
    map.insert(ENTRY[5].to_owned(), Value::from(entry.decision.by.as_str()));
    map.insert(ENTRY[6].to_owned(), Value::from(entry.decision.reason.as_str()));
    let who = entry.decision.who.map(|who| Value::from(hex::encode(who)));
    map.extend(who.map(|who| (ENTRY[7].to_owned(), who)));
    map
}

fn entry_row(entry: &Entry) -> Vec<String> {
    vec![
        entry.number.to_string(),
        entry.number.to_string(),
        entry.at.to_string(),
        entry.key.clone(),
        entry.item.to_string(),
        entry.decision.by.clone(),
        entry.decision.reason.clone(),
        entry.decision.who.map(hex::encode).unwrap_or_default(),
    ]
}

fn of_entries(entries: &[Current], links: Vec<(String, &'static str)>, cache: Cache) -> Answered {
    Answered {
        json: entries.iter().map(|c| Value::Object(entry_json(&c.entry))).collect(),
        columns: ENTRY.map(str::to_owned).to_vec(),
        rows: entries.iter().map(|c| entry_row(&c.entry)).collect(),
        links,
        cache,
    }
}

fn of_records(
    register: Register,
    records: &[Current],
    links: Vec<(String, &'static str)>,
    cache: Cache,
) -> Answered {
    let fields: Vec<&str> = Definition::of(register).names().collect();
    let mut all = Map::new();
    let mut rows = Vec::new();
    for Current { entry, item } in records {
        let mut record = entry_json(entry);
        record.insert("item".to_owned(), json!([item]));
        all.insert(entry.key.clone(), Value::Object(record));
        let mut row = entry_row(entry);
        row.truncate(4);
        row.extend(fields.iter().map(|field| item.text(field)));
        rows.push(row);
    }
    let columns = ENTRY[..4].iter().chain(&fields).map(|name| (*name).to_owned()).collect();
    Answered { json: Value::Object(all), columns, rows, links, cache }
}

fn number(cx: &Cx, name: &str) -> Option<std::result::Result<u64, ()>> {
    cx.query(name).map(|text| decimal(&text).filter(|n| *n > 0 && *n < 1 << 53).ok_or(()))
}

/// `?start=N&limit=M`.
pub(super) async fn entries(registers: &Registers, register: Register, cx: &Cx) -> Result<Answered> {
    let bad =
        |()| Error::invalid("consulta_invalida", "«start» y «limit» deben ser números mayores que cero.");
    let start = number(cx, "start").transpose().map_err(bad)?.unwrap_or(1);
    let limit = number(cx, "limit").transpose().map_err(bad)?.unwrap_or(100).min(MOST);
    let totals = registers.totals(register).await?;
    let found = registers.entries(register, start, start + limit - 1).await?;
    let mut links = Vec::new();
    if start + limit <= totals.entries {
        links.push((format!("?start={}&limit={limit}", start + limit), "next"));
    }
    if start > 1 {
        let before = start.saturating_sub(limit).max(1);
        links.push((format!("?start={before}&limit={}", limit.min(start - before)), "previous"));
    }
    Ok(of_entries(&found, links, state(register, totals.entries)))
}

fn state(register: Register, entries: u64) -> Cache {
    Cache::Until(format!("{}-{entries}", register.name()))
}

pub(super) async fn entry(registers: &Registers, register: Register, number: u64) -> Result<Answered> {
    let found = registers.entries(register, number, number).await?;
    if found.is_empty() {
        return Err(Error::not_found());
    }
    Ok(of_entries(&found, Vec::new(), Cache::Immutable))
}

/// A page of records.
#[derive(Clone, Copy)]
pub(super) struct PageOf {
    index: u64,
    size: u64,
}

/// `?page-index=N&page-size=M`, or the contract's refusal.
pub(super) fn page(cx: &Cx) -> std::result::Result<PageOf, &'static str> {
    let index = number(cx, "page-index").unwrap_or(Ok(1));
    let size = number(cx, "page-size").unwrap_or(Ok(100));
    match (index, size) {
        (_, Ok(size)) if size > MOST => Err("page-size too big, maximum page size can be 5000."),
        (Ok(index), Ok(size)) => Ok(PageOf { index, size }),
        (Err(()), _) => Err("page-index must be greater than 0."),
        (_, Err(())) => Err("page-size must be greater than 0."),
    }
}

pub(super) async fn records(registers: &Registers, register: Register, page: PageOf) -> Result<Answered> {
    let PageOf { index, size } = page;
    let totals = registers.totals(register).await?;
    let after = (index - 1).saturating_mul(size);
    if index > 1 && after >= totals.records {
        return Err(Error::not_found());
    }
    let found = registers.records(register, after, size).await?;
    let mut links = Vec::new();
    if after.saturating_add(size) < totals.records {
        links.push((format!("?page-index={}&page-size={size}", index + 1), "next"));
    }
    if index > 1 {
        links.push((format!("?page-index={}&page-size={size}", index - 1), "previous"));
    }
    Ok(of_records(register, &found, links, state(register, totals.entries)))
}

/// The records with this value in this field, a page of them.
pub(super) async fn facet(
    registers: &Registers,
    register: Register,
    (field, value): (&str, &str),
    PageOf { index, size }: PageOf,
) -> Result<Answered> {
    let totals = registers.totals(register).await?;
    let found = registers.facet(register, field, value).await?;
    let after = usize::try_from((index - 1).saturating_mul(size)).unwrap_or(usize::MAX);
    let end = after.saturating_add(size as usize).min(found.len());
    let here =
        found.get(after..end).filter(|here| index == 1 || !here.is_empty()).ok_or_else(Error::not_found)?;
    let mut links = Vec::new();
    if end < found.len() {
        links.push((format!("?page-index={}&page-size={size}", index + 1), "next"));
    }
    if index > 1 {
        links.push((format!("?page-index={}&page-size={size}", index - 1), "previous"));
    }
    Ok(of_records(register, here, links, state(register, totals.entries)))
}

pub(super) async fn record(registers: &Registers, register: Register, key: &str) -> Result<Answered> {
    let found = registers.record(register, key).await?.ok_or_else(Error::not_found)?;
    let history = format!("/registers/{}/records/{key}/entries", register.name());
    let cache = Cache::Until(format!("{}-{key}-{}", register.name(), found.entry.number));
    Ok(of_records(register, &[found], vec![(history, "version-history")], cache))
}

pub(super) async fn history(registers: &Registers, register: Register, key: &str) -> Result<Answered> {
    let mut found = registers.history(register, key, i64::MAX as u64, HISTORY).await?;
    let last = found.first().ok_or_else(Error::not_found)?.entry.number;
    found.reverse();
    let cache = Cache::Until(format!("{}-{key}-{last}", register.name()));
    Ok(of_entries(&found, Vec::new(), cache))
}

pub(super) async fn item(registers: &Registers, register: Register, hash: ItemHash) -> Result<Answered> {
    let body = registers.item(register, hash).await?.ok_or_else(Error::not_found)?;
    let item = crate::model::item::Item::parse(&body)?;
    let fields: Vec<&str> = Definition::of(register).names().collect();
    Ok(Answered {
        json: serde_json::from_str(&body)?,
        rows: vec![fields.iter().map(|field| item.text(field)).collect()],
        columns: fields.into_iter().map(str::to_owned).collect(),
        links: Vec::new(),
        cache: Cache::Immutable,
    })
}

//! The machine contract under `/registers`, in the shapes of the first public registers: only GET, everything cacheable,
//! everything to be had as CSV.

mod address;
mod answer;
mod download;
mod proofs;
mod records;

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Error;
use copihue_ledger::Register;
use copihue_web::{Access, Cx, Failure, RouteSet, Routes};
use http::HeaderMap;
use serde_json::{Map, Value, json};

use crate::Registers;
use crate::model::definition::Definition;
use address::{Address, Resource};
use answer::{Answered, Cache, Request};

/// `/registers`, and all that lies below a register.
pub(crate) fn routes(registers: Registers) -> RouteSet {
    Routes::new(registers)
        .service("registers")
        .get("/registers", Access::Contract, list)
        .get("/registers/{register}", Access::Contract, alone)
        .get("/registers/{register}/{*path}", Access::Contract, show)
        .finish()
}

type Answer = std::result::Result<Response, Failure>;

fn named(name: &str) -> Result<Register, Error> {
    Register::named(name).ok_or_else(Error::not_found)
}

/// Every register, by name.
async fn list(State(registers): State<Registers>, cx: Cx, headers: HeaderMap) -> Answer {
    let (mut all, mut rows, mut entries) = (Map::new(), Vec::new(), 0);
    for register in Register::ALL {
        let one = about(&registers, &cx, register).await?;
        let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let number = |name: &str| one.get(name).and_then(Value::as_u64).unwrap_or_default();
        entries += number("total-entries");
        rows.push(vec![
            register.name().to_owned(),
            text("custodian"),
            number("total-entries").to_string(),
            number("total-records").to_string(),
            text("last-updated"),
        ]);
        all.insert(register.name().to_owned(), one);
    }
    let answered = Answered {
        json: Value::Object(all),
        columns: ["register", "custodian", "total-entries", "total-records", "last-updated"]
            .map(str::to_owned)
            .to_vec(),
        rows,
        links: Vec::new(),
        cache: Cache::Until(format!("registers-{entries}")),
    };
    Ok(answered.respond(&Request::new(&headers, None)))
}

/// What a register is, as `/registers/{name}` and `/registers/{name}/register`.
async fn about(registers: &Registers, cx: &Cx, register: Register) -> Result<Value, Error> {
    let totals = registers.totals(register).await?;
    let definition = Definition::of(register);
    let custodian = registers.custodian();
    Ok(json!({
        "domain": cx.web().config().base_url,
        "last-updated": totals.updated.map(|at| at.to_string()).unwrap_or_default(),
        "total-entries": totals.entries,
        "total-records": totals.records,
        "custodian": registers.custodian_name(),
        "license": custodian.map(|custodian| custodian.licence.as_str()),
        "log": format!("/ledger/{}", register.log()),
        "register-record": {
            "register": register.name(),
            "key": definition.key,
            "fields": definition.names().collect::<Vec<_>>(),
        },
    }))
}

async fn alone(
    State(registers): State<Registers>,
    cx: Cx,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Answer {
    let register = named(&name)?;
    described(&registers, &cx, register, &Request::new(&headers, None)).await
}

async fn described(registers: &Registers, cx: &Cx, register: Register, request: &Request) -> Answer {
    let json = about(registers, cx, register).await?;
    let fields = Definition::of(register).fields.iter();
    let rows = fields.map(|f| vec![f.name.to_owned(), format!("{:?}", f.many).to_lowercase()]).collect();
    let cache = Cache::Until(format!("{}-{}", register.name(), json["total-entries"]));
    let columns = vec!["field".to_owned(), "cardinality".to_owned()];
    Ok(Answered { json, columns, rows, links: Vec::new(), cache }.respond(request))
}

async fn show(
    State(registers): State<Registers>,
    cx: Cx,
    headers: HeaderMap,
    Path((name, path)): Path<(String, String)>,
) -> Answer {
    let register = named(&name)?;
    let Address { resource, format } = Address::parse(&path).ok_or_else(Error::not_found)?;
    let request = Request::new(&headers, format);
    let answered = match resource {
        Resource::Register => return described(&registers, &cx, register, &request).await,
        Resource::Download(range) => return download::file(&registers, register, range).await,
        Resource::Entries => records::entries(&registers, register, &cx).await?,
        Resource::Entry(number) => records::entry(&registers, register, number).await?,
        Resource::Records => match records::page(&cx) {
            Ok(page) => records::records(&registers, register, page).await?,
            Err(message) => return Ok(answer::bad_request(message)),
        },
        Resource::Facet { field, value } => match records::page(&cx) {
            Ok(page) => records::facet(&registers, register, (&field, &value), page).await?,
            Err(message) => return Ok(answer::bad_request(message)),
        },
        Resource::Record(key) => records::record(&registers, register, &key).await?,
        Resource::History(key) => records::history(&registers, register, &key).await?,
        Resource::Item(hash) => records::item(&registers, register, hash).await?,
        Resource::RootProof => proofs::root(&registers, register).await?,
        Resource::EntryProof { number, total } => proofs::entry(&registers, register, number, total).await?,
        Resource::ConsistencyProof { from, to } => {
            proofs::consistency(&registers, register, from, to).await?
        }
    };
    Ok(answered.respond(&request))
}

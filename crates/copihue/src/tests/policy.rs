//! Each route × role has an expected answer, in `policy.txt`. A route without a line fails, and so does a line without a route.
//!
//! Roles: nobody; a person; an official of another body; an official of the unit. Asked for a thing that isn't theirs or isn't there, so a
//! page of one case answers 404 to who may know of it, and 303 (log in) or 403 to the others. Posts carry a good token.

use std::collections::BTreeMap;

use copihue_core::{Acr, PersonRef, Run};
use copihue_web::testing::TestClient;
use copihue_web::{NewSession, RouteEntry, Verb};

use super::platform;
use crate::platform::Platform;

/// Whom we play: no session, or the session of this RUN.
const ROLES: [(&str, Option<u32>); 4] = [
    ("nobody", None),
    ("person", Some(44_444_444)),
    ("other body", Some(7_654_321)),
    ("official", Some(11_111_111)),
];

#[tokio::test(flavor = "multi_thread")]
async fn web_08_each_route_answers_each_role_as_the_table_says() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(folder.path()).await.unwrap();
    let mut entries = platform.web.own_entries();
    let sets = platform.routes();
    entries.extend(sets.iter().flat_map(|set| set.entries().iter().copied()));
    let router = platform.web.router(sets);

    let mut seen = BTreeMap::new();
    for (_, run) in ROLES {
        let mut client = TestClient::new(&router);
        if let Some(run) = run {
            client.log_in(&platform.web, session(&platform, run).await).await;
        }
        for entry in &entries {
            let status = ask(&mut client, entry).await;
            seen.entry(line(entry)).or_insert_with(Vec::new).push(status.to_string());
        }
    }
    let seen: String =
        seen.into_iter().map(|(route, answers)| format!("{route:<64} {}\n", answers.join(" "))).collect();
    if let Ok(path) = std::env::var("COPIHUE_WRITE_POLICY") {
        std::fs::write(path, format!("{HEADER}{seen}")).unwrap();
        return;
    }
    let expected = include_str!("policy.txt").strip_prefix(HEADER).unwrap();
    for (expected, seen) in expected.lines().zip(seen.lines()) {
        assert_eq!(seen, expected, "the answers to: nobody, person, other body, official");
    }
    assert_eq!(
        seen.lines().count(),
        expected.lines().count(),
        "a route without a line, or a line without a route"
    );
}

const HEADER: &str = "# Expected answers: nobody, person, official of another body, official of the unit.\n";

fn line(entry: &RouteEntry) -> String {
    format!("{:<7} {} [{:?}]", entry.method.as_str(), entry.path, entry.access)
}

async fn session(platform: &Platform, run: u32) -> NewSession {
    let run = Run::from_number(run).unwrap();
    let person = platform.identity.person_by_run(run).await.unwrap().unwrap();
    let person = PersonRef { id: person.id, run, name: "De Prueba".to_owned() };
    NewSession { person, acr: Acr::Low, amr: vec!["pwd".to_owned()], sid: None }
}

async fn ask(client: &mut TestClient, entry: &RouteEntry) -> u16 {
    let path = concrete(entry.path);
    let reply = match entry.method {
        Verb::Get => client.get_raw(&path).await,
        Verb::Post => client.post_raw(&path, &[]).await,
        other => client.send(other.into(), &path, Some("application/json"), b"{}".to_vec()).await,
    };
    reply.status.as_u16()
}

/// The pattern with things that nobody has.
fn concrete(pattern: &str) -> String {
    let mut path = String::new();
    for part in pattern.split('/').skip(1) {
        path.push('/');
        path.push_str(match part {
            "{iuie}" | "{case}" => "EXP-20260101-000001",
            "{n}" => "1",
            "{code}" => "0000000000000000",
            "{name}" => "identity",
            "{register}" => "communes",
            "{*path}" => "0/000",
            "{provider}" => "prueba",
            placeholder if placeholder.starts_with('{') => "01KB0000000000000000000000",
            fixed => fixed,
        });
    }
    path
}

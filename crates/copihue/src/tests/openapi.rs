//! The committed description of the machine API is the one that is served.

use crate::platform::openapi::document;

#[test]
fn the_committed_openapi_document_is_what_the_code_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let now = document().unwrap() + "\n";
    if std::env::var_os("COPIHUE_WRITE_OPENAPI").is_some() {
        std::fs::write(path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        committed, now,
        "run this test once with COPIHUE_WRITE_OPENAPI=1 and commit docs/openapi.json"
    );
}
